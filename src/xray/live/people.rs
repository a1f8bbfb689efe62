//! Who has segments mapped, and what users are called: asked for as seldom as a live view can do with.

use std::time::{Duration, Instant};

use kata::kernel::{self, Holder};
use libc::{c_int, uid_t};

use super::table::Row;
use crate::users;
use crate::xray::text::visible;

/// How old an answer may become.
const STALE: Duration = Duration::from_secs(1);
/// How many times as long as a scan took nothing is scanned after it: of a processor it takes a fortieth at most.
const REST: u32 = 39;

/// What in the table says that a process has come or gone: id, nattch, marked for removal.
type Count = Vec<(c_int, u64, bool)>;

/// The processes that have segments mapped, as of the last scan of `/proc`.
#[derive(Debug, Default)]
pub struct Holders {
    found: Vec<Holder>,
    last: Option<Scan>,
}

#[derive(Debug)]
struct Scan {
    began: Instant,
    took: Duration,
    of: Count,
}

impl Holders {
    pub fn found(&self) -> &[Holder] {
        &self.found
    }

    /// What the scan of this moment found, if there was one.
    pub fn fresh(&self, now: Instant) -> Option<&[Holder]> {
        self.last.as_ref().filter(|last| last.began == now).map(|_| &self.found[..])
    }

    /// Looks again, when that is due.
    ///
    /// # Errors
    /// Those of [`kernel::holders`].
    pub fn update(&mut self, rows: &[Row], now: Instant) -> kernel::Result<()> {
        let of = count(rows);
        if self.is_due(&of, now) {
            let start = Instant::now();
            self.found = kernel::holders()?;
            self.last = Some(Scan { began: now, took: start.elapsed(), of });
        }
        Ok(())
    }

    /// Whether no process has come to this segment or gone from it since; otherwise it is not known who.
    pub fn know(&self, row: &Row) -> bool {
        let now = count(std::slice::from_ref(row));
        self.last.as_ref().is_some_and(|last| now.iter().all(|count| last.of.contains(count)))
    }

    fn is_due(&self, of: &Count, now: Instant) -> bool {
        let Some(last) = &self.last else { return !of.is_empty() };
        let age = now.duration_since(last.began);
        !of.is_empty() && (last.of != *of || age >= STALE) && age >= last.took * (REST + 1)
    }
}

fn count(rows: &[Row]) -> Count {
    let there = rows.iter().filter(|row| row.gone.is_none()).map(|row| &row.segment);
    there.map(|segment| (segment.id, segment.nattch, segment.marked_for_removal)).collect()
}

/// Users' names, each asked for once.
#[derive(Debug, Default)]
pub struct Users(pub(super) Vec<(uid_t, String)>);

impl Users {
    /// Asks for the name, unless it is known.
    pub fn ask(&mut self, uid: uid_t) {
        if !self.0.iter().any(|(known, _)| *known == uid) {
            self.0.push((uid, visible(&users::name(uid))));
        }
    }

    /// The name that was asked for; the number where there is none.
    pub fn name(&self, uid: uid_t) -> &str {
        self.0.iter().find(|(known, _)| *known == uid).map_or("", |(_, name)| name)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::xray::live::table::tests::{row, segment};
    use kata::kernel::Segment;

    /// Those of a scan that was made when the table was as it is.
    pub fn holders(found: Vec<Holder>, rows: &[Row], began: Instant) -> Holders {
        Holders { found, last: Some(Scan { began, took: Duration::ZERO, of: count(rows) }) }
    }

    fn scanned(took: Duration, began: Instant) -> Holders {
        Holders { found: Vec::new(), last: Some(Scan { began, took, of: of(&[segment(1)]) }) }
    }

    fn of(segments: &[Segment]) -> Count {
        count(&rows(segments))
    }

    fn rows(segments: &[Segment]) -> Vec<Row> {
        segments.iter().cloned().map(row).collect()
    }

    #[test]
    fn a_scan_is_due_when_the_table_has_changed_or_a_second_has_passed() {
        let (now, ms) = (Instant::now(), Duration::from_millis);
        let holders = scanned(ms(1), now);
        let same = of(&[segment(1)]);
        assert!(!holders.is_due(&same, now + ms(999)));
        assert!(holders.is_due(&same, now + ms(1000)));
        let attached = Segment { nattch: 1, ..segment(1) };
        let marked = Segment { marked_for_removal: true, ..segment(1) };
        for changed in [of(&[attached]), of(&[marked]), of(&[segment(1), segment(2)]), of(&[segment(2)])] {
            assert!(holders.is_due(&changed, now + ms(100)), "{changed:?}");
        }
    }

    #[test]
    fn what_another_segment_does_leaves_this_one_known() {
        let holders = holders(Vec::new(), &rows(&[segment(1), segment(2)]), Instant::now());
        let attached = row(Segment { nattch: 1, ..segment(2) });
        assert!(holders.know(&row(segment(1))) && holders.know(&row(segment(2))) && !holders.know(&attached));
        assert!(!Holders::default().know(&row(segment(1))));
    }

    #[test]
    fn a_slow_scan_is_followed_by_a_long_rest() {
        let (now, ms) = (Instant::now(), Duration::from_millis);
        let holders = scanned(ms(100), now);
        for of in [of(&[segment(1)]), of(&[segment(2)])] {
            assert!(!holders.is_due(&of, now + ms(3999)));
            assert!(holders.is_due(&of, now + ms(4000)));
        }
    }

    #[test]
    fn without_a_segment_nothing_is_scanned() {
        let now = Instant::now();
        let gone = Row { gone: Some(now), ..row(segment(1)) };
        for holders in [Holders::default(), scanned(Duration::ZERO, now)] {
            assert!(!holders.is_due(&count(&[]), now + 10 * STALE));
            assert!(!holders.is_due(&count(std::slice::from_ref(&gone)), now + 10 * STALE));
            assert!(holders.is_due(&of(&[segment(2)]), now));
        }
    }
}
