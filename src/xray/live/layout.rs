//! How a window is shared out: which part of the view gets which rows, and how many bytes stand in a row.

use crate::terminal::canvas::Rect;
use crate::text::{Line, Span};

/// How many rows the parts have to show that may have many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    pub segments: usize,
    pub about: usize,
    pub mapped: usize,
    pub bytes: usize,
    pub events: usize,
}

/// From this width on the events have their own column, to the right of the selected segment.
const WIDE: u16 = 160;
/// The width of the selected segment's column then.
const LEFT: u16 = 84;
/// From this height on some events are shown before more bytes are.
const HIGH: usize = 20;
/// How many events then, and after how many rows of bytes.
const EVENTS: usize = 4;

/// The parts, from top to bottom; what has no room has no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub title: Rect,
    pub columns: Rect,
    pub table: Rect,
    pub rule: Rect,
    pub about: Rect,
    pub mapped: Rect,
    pub heading: Rect,
    pub bytes: Rect,
    /// The line above the events.
    pub log: Rect,
    pub events: Rect,
    pub keys: Rect,
}

impl Layout {
    /// How wide the selected segment's part of `area` is.
    pub fn width(area: Rect) -> u16 {
        if area.width >= WIDE { LEFT } else { area.width }
    }

    /// The least window shows the selected segment and a row of its bytes; everything else comes as there is room.
    pub fn of(area: Rect, wish: Wish) -> Self {
        let height = usize::from(area.height);
        let wide = area.width >= WIDE;
        let mut left = height;
        let mut grant = |rows: usize| {
            let granted = rows.min(left);
            left -= granted;
            granted
        };
        // Without a segment there is nothing to say but that.
        let some = wish.segments.min(1);
        let mut table = grant(some);
        let mut bytes = grant(some);
        let heading = grant(some);
        let title = grant(1);
        let keys = grant(1);
        let columns = grant(some);
        let rule = grant(some);
        let mut mapped = grant(wish.mapped.min(1));
        let about = grant(wish.about);
        table += grant(wish.segments.min(height / 4).saturating_sub(table));
        mapped += grant(wish.mapped.min(height / 4).saturating_sub(mapped));
        // Below the bytes, unless they have a column.
        let below = if wide || some + wish.events == 0 { 0 } else { wish.events + 1 };
        bytes += grant(wish.bytes.min(EVENTS).saturating_sub(bytes));
        let mut events = grant(if height >= HIGH { below.min(EVENTS + 1) } else { 0 });
        bytes += grant(wish.bytes.saturating_sub(bytes));
        events += grant(below.saturating_sub(events));
        mapped += grant(wish.mapped.saturating_sub(mapped));
        table += grant(wish.segments.saturating_sub(table));

        let mut y = area.y;
        let mut part = |rows: usize, width: u16| {
            let part = Rect { y, height: rows as u16, width, ..area };
            y += part.height;
            part
        };
        let [title, columns, table] = [title, columns, table].map(|rows| part(rows, area.width));
        let width = Self::width(area);
        let [rule, about, mapped, heading, bytes] = [rule, about, mapped, heading, bytes].map(|rows| part(rows, width));
        let mut log = part(events.min(1), width);
        let mut events = part(events.saturating_sub(1), width);
        let keys = Rect { y: area.bottom() - keys as u16, height: keys as u16, ..area };
        if wide {
            let right = Rect { x: area.x + LEFT + 2, width: area.width - LEFT - 2, ..area };
            log = Rect { y: rule.y, height: rule.height, ..right };
            events = Rect { y: log.bottom(), height: keys.y - log.bottom(), ..right };
        }
        Self { title, columns, table, rule, about, mapped, heading, bytes, log, events, keys }
    }
}

/// How bytes stand in a row: `00000000  48 65 …  |He…|`, closer together where it is narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Bytes in a row.
    pub columns: usize,
    /// Digits of an offset.
    pub digits: usize,
    /// Whether there is room for wider gaps.
    pub airy: bool,
}

impl Grid {
    /// For rows of `width` cells and a segment of `size` bytes.
    pub fn of(width: u16, size: usize) -> Self {
        let airy = Self { columns: 16, digits: 8, airy: true };
        let digits = format!("{:x}", size.saturating_sub(1)).len().max(4);
        let close = |columns| Self { columns, digits, airy: false };
        let fits = |grid: &Self| grid.width() <= usize::from(width);
        [airy, close(16), close(8), close(4), close(2)].into_iter().find(fits).unwrap_or(close(1))
    }

    /// The cells of a row.
    pub fn width(self) -> usize {
        let gaps = if self.airy { 3 } else { 0 };
        self.digits + 3 * self.columns + 1 + self.columns + 2 + gaps
    }

    /// How many rows `size` bytes take.
    pub fn rows(self, size: usize) -> usize {
        size.div_ceil(self.columns)
    }
}

/// `left`, and `right` at the other end of the row, if there is room for both.
pub fn sides(mut left: Vec<Span>, right: Span, width: u16) -> Line {
    let used = left.iter().map(Span::width).sum::<usize>() + right.width();
    if let Some(room) = usize::from(width).checked_sub(used).filter(|room| *room > 1) {
        left.extend([" ".repeat(room).into(), right]);
    }
    Line::from(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: Wish = Wish { segments: 100, about: 2, mapped: 30, bytes: 65536, events: 50 };

    fn heights(height: u16, wish: Wish) -> [u16; 11] {
        let Layout { title, columns, table, rule, about, mapped, heading, bytes, log, events, keys } =
            Layout::of(Rect::new(3, 5, 80, height), wish);
        [title, columns, table, rule, about, mapped, heading, bytes, log, events, keys].map(|part| part.height)
    }

    #[test]
    fn every_height_is_used_and_never_exceeded() {
        let few = Wish { segments: 1, about: 1, mapped: 1, bytes: 4, events: 1 };
        let none = Wish { segments: 0, about: 0, mapped: 0, bytes: 0, events: 0 };
        for height in 0..200 {
            assert_eq!(heights(height, MANY).iter().sum::<u16>(), height);
            for wish in [few, none] {
                assert!(heights(height, wish).iter().sum::<u16>() <= height);
            }
            let layout = Layout::of(Rect::new(3, 5, 80, height), few);
            assert_eq!((layout.title.y, layout.keys.bottom()), (5, 5 + height));
            assert!(layout.bytes.bottom() <= layout.keys.y && layout.events.bottom() <= layout.keys.y);
        }
    }

    #[test]
    fn the_bytes_come_before_what_is_beyond_a_quarter() {
        assert_eq!(heights(24, MANY), [1, 1, 6, 1, 2, 6, 1, 4, 1, 0, 1]);
        assert_eq!(heights(19, MANY), [1, 1, 4, 1, 2, 4, 1, 4, 0, 0, 1]);
        assert_eq!(heights(3, MANY), [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0]);
        let small = Wish { segments: 30, about: 1, mapped: 2, bytes: 2, events: 0 };
        assert_eq!(heights(24, small), [1, 1, 13, 1, 1, 2, 1, 2, 1, 0, 1]);
    }

    #[test]
    fn a_wide_window_has_the_events_beside_the_segment() {
        let layout = Layout::of(Rect::new(0, 0, 200, 50), Wish { segments: 2, bytes: 3, ..MANY });
        assert_eq!((layout.table.width, layout.bytes.width, Layout::width(Rect::new(0, 0, 200, 50))), (200, 84, 84));
        assert_eq!(layout.log, Rect { x: 86, width: 114, ..layout.rule });
        assert_eq!((layout.events.y, layout.events.bottom()), (layout.log.bottom(), layout.keys.y));
        // As many as the bytes and the mappings leave, and more.
        assert!(layout.events.height > 40);
    }

    #[test]
    fn a_row_holds_as_many_bytes_as_fit() {
        let columns = |width, size| {
            let grid = Grid::of(width, size);
            (grid.columns, grid.digits, grid.airy)
        };
        assert_eq!(columns(200, 1024), (16, 8, true));
        assert_eq!(columns(78, 1024), (16, 8, true));
        assert_eq!(columns(77, 1024), (16, 4, false));
        assert_eq!(columns(70, 1024), (8, 4, false));
        assert_eq!(columns(40, 1 << 20), (8, 5, false));
        assert_eq!(columns(38, 1024), (4, 4, false));
        assert_eq!(columns(1, 0), (1, 4, false));
        assert_eq!((Grid::of(80, 0).rows(0), Grid::of(80, 17).rows(17)), (0, 2));
    }
}
