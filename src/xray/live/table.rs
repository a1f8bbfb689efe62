//! The segments as rows, and which of them is selected.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use kata::kernel::Segment;
use libc::c_int;

use crate::xray::wanted::Wanted;

/// How long a segment that is gone stays in the table, as such.
const MOURNED: Duration = Duration::from_secs(3);

/// A segment in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub segment: Segment,
    /// When it came; not known of those that were there from the first.
    pub came: Option<Instant>,
    /// When its nattch was last seen to change.
    pub recounted: Option<Instant>,
    /// When it was first missed.
    pub gone: Option<Instant>,
}

/// The rows in the kernel's order, and the selected segment.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    selected: Option<c_int>,
    /// Whether the user has chosen it.
    chosen: bool,
    /// Whether it has been looked at before: what is there at the first look is not new.
    known: bool,
}

impl Table {
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many segments there are; those that are gone do not count.
    pub fn count(&self) -> usize {
        self.rows.iter().filter(|row| row.gone.is_none()).count()
    }

    /// Where the selected row stands; none without a row.
    pub fn position(&self) -> Option<usize> {
        self.rows.iter().position(|row| Some(row.segment.id) == self.selected)
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&Row> {
        self.position().map(|position| &self.rows[position])
    }

    /// Selects the row `by` further down, or the outermost; whether that is another one.
    pub fn move_by(&mut self, by: isize) -> bool {
        self.chosen = true;
        let before = self.selected;
        let position = self.position().unwrap_or(0).saturating_add_signed(by);
        self.select(position);
        self.selected != before
    }

    fn select(&mut self, position: usize) {
        let last = self.rows.len().saturating_sub(1);
        self.selected = self.rows.get(position.min(last)).map(|row| row.segment.id);
    }

    /// Takes over what the kernel's table says at `now`.
    ///
    /// A segment that was wanted stays so as long as it lives: marked for removal, it has lost its key.
    pub fn update(&mut self, wanted: Wanted, segments: Vec<Segment>, now: Instant) {
        let position = self.position();
        let old = std::mem::take(&mut self.rows);
        let before: HashMap<c_int, &Row> =
            old.iter().filter(|row| row.gone.is_none()).map(|row| (row.segment.id, row)).collect();
        let mut there = HashSet::new();
        for segment in segments {
            let before = before.get(&segment.id);
            if before.is_none() && !wanted.includes(&segment) {
                continue;
            }
            let recounted = before
                .and_then(|before| if before.segment.nattch == segment.nattch { before.recounted } else { Some(now) });
            let came = before.map_or(self.known.then_some(now), |before| before.came);
            there.insert(segment.id);
            self.rows.push(Row { segment, came, recounted, gone: None });
        }
        for (position, row) in old.into_iter().enumerate() {
            let gone = row.gone.unwrap_or(now);
            if !there.contains(&row.segment.id) && now.duration_since(gone) < MOURNED {
                self.rows.insert(position.min(self.rows.len()), Row { gone: Some(gone), ..row });
            }
        }
        self.known = true;
        // Until the user chooses a segment, a new one is selected.
        if !self.chosen
            && let Some(newest) = self.rows.iter().rfind(|row| row.came == Some(now))
        {
            self.selected = Some(newest.segment.id);
        }
        if self.position().is_none() {
            // The one that was selected is gone for good: what has moved into its place.
            self.select(position.unwrap_or(0));
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A segment as others see it.
    pub fn segment(id: c_int) -> Segment {
        Segment {
            key: 0x929 + id,
            id,
            mode: 0o600,
            marked_for_removal: false,
            locked: false,
            size: 1024,
            cpid: 4711,
            lpid: 0,
            nattch: 0,
            uid: 1000,
            gid: 1000,
            cuid: 1000,
            cgid: 1000,
            atime: 0,
            dtime: 0,
            ctime: 0,
            memory: None,
        }
    }

    /// A row that was there from the first.
    pub fn row(segment: Segment) -> Row {
        Row { segment, came: None, recounted: None, gone: None }
    }

    fn table(ids: &[c_int], now: Instant) -> Table {
        let mut table = Table::default();
        update(&mut table, ids, now);
        table
    }

    fn update(table: &mut Table, ids: &[c_int], now: Instant) {
        table.update(Wanted::default(), ids.iter().map(|id| segment(*id)).collect(), now);
    }

    fn ids(table: &Table) -> Vec<c_int> {
        table.rows().iter().map(|row| row.segment.id).collect()
    }

    #[test]
    fn the_selection_follows_the_segment_and_not_the_row() {
        let now = Instant::now();
        let mut table = table(&[1, 2, 3], now);
        assert_eq!(table.selected, Some(1));
        assert!(table.move_by(1));
        update(&mut table, &[7, 8, 1, 2, 3], now);
        assert_eq!((table.selected, table.position()), (Some(2), Some(3)));
        assert!(table.move_by(9) && !table.move_by(1));
        assert_eq!(table.selected, Some(3));
        assert!(table.move_by(-9));
        assert_eq!(table.selected, Some(7));
    }

    #[test]
    fn one_that_is_gone_is_shown_as_such_for_a_moment_and_then_its_neighbour_is_selected() {
        let now = Instant::now();
        let mut table = table(&[1, 2, 3], now);
        table.move_by(1);
        update(&mut table, &[1, 3], now);
        assert_eq!((ids(&table), table.count(), table.selected), (vec![1, 2, 3], 2, Some(2)));
        assert_eq!(table.selected().unwrap().gone, Some(now));
        update(&mut table, &[1, 3], now + MOURNED - Duration::from_millis(1));
        assert_eq!(table.selected().unwrap().gone, Some(now), "the moment of the first miss");
        update(&mut table, &[1, 3], now + MOURNED);
        assert_eq!((ids(&table), table.selected), (vec![1, 3], Some(3)));
        update(&mut table, &[], now);
        update(&mut table, &[], now + MOURNED);
        assert_eq!((ids(&table), table.selected, table.move_by(1)), (vec![], None, false));
    }

    #[test]
    fn what_comes_is_new_and_what_was_there_is_not() {
        let now = Instant::now();
        let later = now + Duration::from_millis(100);
        let mut table = table(&[1], now);
        let mut attached = segment(1);
        attached.nattch = 1;
        table.update(Wanted::default(), vec![attached.clone(), segment(2)], later);
        table.update(Wanted::default(), vec![attached, segment(2)], later + Duration::from_millis(100));
        let known: Vec<_> = table.rows().iter().map(|row| (row.came, row.recounted)).collect();
        assert_eq!(known, [(None, Some(later)), (Some(later), None)]);
    }

    #[test]
    fn one_wanted_by_its_key_stays_wanted_when_it_loses_the_key() {
        let now = Instant::now();
        let mut table = Table::default();
        let wanted = Wanted { key: Some(0x929 + 1), id: None };
        table.update(wanted, vec![segment(1), segment(2)], now);
        assert_eq!(ids(&table), [1]);
        let marked = Segment { key: 0, marked_for_removal: true, nattch: 1, ..segment(1) };
        table.update(wanted, vec![marked, segment(2)], now);
        assert_eq!((ids(&table), table.selected().unwrap().gone), (vec![1], None));
        let unknown = Segment { key: 0, ..segment(3) };
        table.update(wanted, vec![unknown], now);
        assert_eq!((ids(&table), table.count()), (vec![1], 0));
    }

    #[test]
    fn a_segment_that_comes_is_looked_at_until_somebody_chooses() {
        let mut table = Table::default();
        let start = Instant::now();
        let update = |table: &mut Table, ids: &[c_int], seconds| {
            let segments = ids.iter().map(|id| segment(*id)).collect();
            table.update(Wanted::default(), segments, start + Duration::from_secs(seconds));
            table.selected().map(|row| row.segment.id)
        };
        assert_eq!(update(&mut table, &[1, 2], 0), Some(1));
        assert_eq!(update(&mut table, &[1, 2, 3], 1), Some(3));
        assert_eq!(update(&mut table, &[1, 2, 3], 2), Some(3));
        table.move_by(-1);
        assert_eq!(update(&mut table, &[1, 2, 3, 4], 3), Some(2));
    }
}
