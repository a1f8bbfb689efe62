//! The bytes on screen, and which of them have changed since they were last looked at.

use std::ops::Range;
use std::time::{Duration, Instant};

use libc::c_int;

use crate::text::style::{Color, Style, Stylize};

/// How long a changed byte stands out, and how long after that it is still marked.
const FRESH: Duration = Duration::from_millis(300);
const FADING: Duration = Duration::from_millis(1300);

/// How much a byte stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    Fresh,
    Fading,
    None,
}

/// How what has changed looks.
pub fn changed(emphasis: Emphasis) -> Style {
    match emphasis {
        Emphasis::Fresh => Style::new().bold().reversed(),
        Emphasis::Fading => Style::new().bold().fg(Color::DarkYellow),
        Emphasis::None => Style::new(),
    }
}

/// What one look found changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub at: Instant,
    /// How many bytes.
    pub count: usize,
    /// From the first of them to the last.
    pub range: Range<usize>,
}

/// A stretch of a segment's bytes.
#[derive(Debug, Default)]
pub struct Watched {
    id: Option<c_int>,
    offset: usize,
    bytes: Vec<u8>,
    /// When each was last seen to change.
    changed: Vec<Option<Instant>>,
    last: Option<Change>,
}

impl Watched {
    /// The bytes of the segment `id` from `offset` on, as they are at `now`. Those that were in sight before are compared.
    pub fn update(&mut self, id: c_int, offset: usize, bytes: Vec<u8>, now: Instant) {
        let before = std::mem::take(self);
        let same = before.id == Some(id);
        let mut found: Option<Change> = None;
        let changed = bytes.iter().enumerate().map(|(index, byte)| {
            let place = offset + index;
            let index = place.checked_sub(before.offset).filter(|_| same)?;
            if before.bytes.get(index)? == byte {
                return before.changed[index];
            }
            let found = found.get_or_insert(Change { at: now, count: 0, range: place..place });
            found.count += 1;
            found.range.end = place + 1;
            Some(now)
        });
        let changed = changed.collect();
        // Of what is out of sight it is not known whether it has changed again.
        let sight = offset..offset + bytes.len();
        let seen = |last: &Change| same && sight.start <= last.range.start && last.range.end <= sight.end;
        let last = found.or(before.last.filter(seen));
        *self = Self { id: Some(id), offset, bytes, changed, last };
    }

    /// The bytes of the segment `id`, if they are in sight: where they begin, and they.
    pub fn bytes(&self, id: c_int) -> Option<(usize, &[u8])> {
        (self.id == Some(id)).then_some((self.offset, &self.bytes[..]))
    }

    /// The last change seen, if it has been in sight ever since.
    pub fn last(&self) -> Option<&Change> {
        self.last.as_ref()
    }

    /// The change that the update of this moment found, and the bytes of its range.
    pub fn found(&self, now: Instant) -> Option<(&Change, &[u8])> {
        let change = self.last.as_ref().filter(|change| change.at == now)?;
        let Range { start, end } = change.range;
        Some((change, self.bytes.get(start.checked_sub(self.offset)?..end - self.offset)?))
    }

    /// How much the byte at `index` of those in sight stands out.
    pub fn emphasis(&self, index: usize, now: Instant) -> Emphasis {
        emphasis(self.changed.get(index).copied().flatten(), now)
    }
}

/// How much something stands out that has changed at this moment.
pub fn emphasis(changed: Option<Instant>, now: Instant) -> Emphasis {
    match changed.map(|at| now.duration_since(at)) {
        Some(age) if age < FRESH => Emphasis::Fresh,
        Some(age) if age < FADING => Emphasis::Fading,
        _ => Emphasis::None,
    }
}

impl Change {
    /// `changed 0.3 s ago: 12 bytes from 0x00`.
    pub fn words(&self, now: Instant) -> String {
        let Range { start, end } = self.range;
        let what = match self.count {
            1 => format!("1 byte at {start:#04x}"),
            count if count == end - start => format!("{count} bytes from {start:#04x}"),
            count => format!("{count} bytes between {start:#04x} and {:#04x}", end - 1),
        };
        format!("changed {} ago: {what}", age(now.duration_since(self.at)))
    }
}

/// A time as long as a person wants to know it.
pub fn age(age: Duration) -> String {
    match age.as_secs() {
        0..10 => format!("{:.1} s", age.as_millis() as f64 / 1000.0),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::Emphasis::{Fading, Fresh};
    use super::*;

    const NONE: Emphasis = Emphasis::None;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn changed_bytes_stand_out_and_fade() {
        let now = Instant::now();
        let mut watched = Watched::default();
        watched.update(1, 0, b"....".to_vec(), now);
        assert_eq!(watched.last(), None);
        watched.update(1, 0, b".ab.".to_vec(), now + SECOND);
        let all = |watched: &Watched, now| [0, 1, 2, 3, 9].map(|index| watched.emphasis(index, now));
        assert_eq!(all(&watched, now + SECOND), [NONE, Fresh, Fresh, NONE, NONE]);
        watched.update(1, 0, b".aB.".to_vec(), now + 2 * SECOND);
        assert_eq!(all(&watched, now + 2 * SECOND), [NONE, Fading, Fresh, NONE, NONE]);
        assert_eq!(all(&watched, now + SECOND + FADING), [NONE, NONE, Fading, NONE, NONE]);
        assert_eq!(all(&watched, now + 4 * SECOND), [NONE; 5]);
        assert_eq!(watched.last().unwrap().words(now + 2 * SECOND + SECOND / 2), "changed 0.5 s ago: 1 byte at 0x02");
    }

    #[test]
    fn scrolling_and_another_segment_are_no_change() {
        let now = Instant::now();
        let mut watched = Watched::default();
        watched.update(1, 16, b"abcd".to_vec(), now);
        watched.update(1, 18, b"cDef".to_vec(), now + SECOND);
        assert_eq!((0..4).map(|index| watched.emphasis(index, now + SECOND)).collect::<Vec<_>>()[..2], [NONE, Fresh]);
        assert_eq!(watched.emphasis(2, now + SECOND), NONE, "not seen before");
        assert_eq!(watched.last().unwrap().range, 19..20);
        watched.update(1, 16, b"zzcD".to_vec(), now + SECOND);
        assert_eq!((watched.emphasis(0, now + SECOND), watched.emphasis(3, now + SECOND)), (NONE, Fresh));
        watched.update(2, 16, b"....".to_vec(), now + SECOND);
        assert_eq!((watched.last(), watched.emphasis(3, now + SECOND)), (None, NONE));
        assert_eq!((watched.bytes(1), watched.bytes(2)), (None, Some((16, &b"...."[..]))));
    }

    #[test]
    fn a_change_is_said_in_words() {
        let at = Instant::now();
        let words = |count, range, seconds| Change { at, count, range }.words(at + SECOND * seconds);
        assert_eq!(words(12, 0..12, 0), "changed 0.0 s ago: 12 bytes from 0x00");
        assert_eq!(words(3, 16..320, 12), "changed 12 s ago: 3 bytes between 0x10 and 0x13f");
        assert_eq!(words(1, 7..8, 200), "changed 3 min ago: 1 byte at 0x07");
        assert_eq!(age(2 * 3600 * SECOND), "2 h");
    }

    #[test]
    fn what_was_out_of_sight_is_not_known() {
        let now = Instant::now();
        let mut watched = Watched::default();
        watched.update(1, 0, b"....".to_vec(), now);
        watched.update(1, 0, b"a...".to_vec(), now);
        assert!(watched.last().is_some());
        watched.update(1, 4, b"....".to_vec(), now);
        assert!(watched.last().is_none());
        watched.update(1, 0, b"b...".to_vec(), now);
        assert!(watched.last().is_none(), "nobody saw when");
    }
}
