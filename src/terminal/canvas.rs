//! What a screen is drawn on: cells with a character and a style.
//!
//! No more than the runner's screens need. A library for it (ratatui-core) took 12 of the 26 seconds of a first build.

use std::ops::{Index, IndexMut};

use crate::text::style::{Color, Modifier, Style};
use crate::text::{Line, Span, cells};

/// A part of the screen, in cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rect {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

impl Rect {
    pub const ZERO: Self = Self::new(0, 0, 0, 0);

    pub const fn new(x: u16, y: u16, width: u16, height: u16) -> Self {
        Self { x, y, width, height }
    }

    pub const fn top(self) -> u16 {
        self.y
    }

    /// The first line below it.
    pub const fn bottom(self) -> u16 {
        self.y.saturating_add(self.height)
    }

    /// The first column to its right.
    pub const fn right(self) -> u16 {
        self.x.saturating_add(self.width)
    }

    /// What both have.
    pub fn intersection(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = self.right().min(other.right()).saturating_sub(x);
        let height = self.bottom().min(other.bottom()).saturating_sub(y);
        Self { x, y, width, height }
    }
}

/// A character on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// NUL in the second cell of a wide character.
    pub symbol: char,
    pub fg: Color,
    pub bg: Color,
    pub modifier: Modifier,
}

impl Cell {
    const EMPTY: Self = Self { symbol: ' ', fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    pub fn set_char(&mut self, symbol: char) -> &mut Self {
        self.symbol = symbol;
        self
    }

    pub fn set_style(&mut self, style: Style) -> &mut Self {
        self.fg = style.fg.unwrap_or(self.fg);
        self.bg = style.bg.unwrap_or(self.bg);
        self.modifier = self.modifier | style.modifier;
        self
    }
}

/// A screen's cells, line by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buffer {
    pub area: Rect,
    content: Vec<Cell>,
}

impl Buffer {
    pub fn empty(area: Rect) -> Self {
        Self { area, content: vec![Cell::EMPTY; usize::from(area.width) * usize::from(area.height)] }
    }

    /// The place of a cell in the content, if it is on the screen.
    fn index_of(&self, x: u16, y: u16) -> Option<usize> {
        let (column, row) = (x.checked_sub(self.area.x)?, y.checked_sub(self.area.y)?);
        let inside = column < self.area.width && row < self.area.height;
        inside.then(|| usize::from(row) * usize::from(self.area.width) + usize::from(column))
    }

    /// Puts text at a place, as much as fits into `width` cells; where it ends.
    pub fn set_span(&mut self, x: u16, y: u16, span: &Span, width: u16) -> u16 {
        self.set_styled(x, y, &span.content, span.style, width)
    }

    /// As [`set_span`](Self::set_span).
    pub fn set_styled(&mut self, x: u16, y: u16, text: &str, style: Style, width: u16) -> u16 {
        let end = x.saturating_add(width).min(self.area.right());
        let mut x = x;
        for symbol in text.chars() {
            let cells = cells(symbol) as u16;
            let Some(index) = self.index_of(x, y).filter(|_| cells > 0 && x.saturating_add(cells) <= end) else {
                // What takes no cell is left out; where nothing fits any more, that was all.
                if cells == 0 {
                    continue;
                }
                break;
            };
            self.content[index] = Cell::EMPTY;
            self.content[index].set_char(symbol).set_style(style);
            if cells == 2 {
                self.content[index + 1] = Cell { symbol: '\0', ..self.content[index] };
            }
            x += cells;
        }
        x
    }

    pub fn set_line(&mut self, x: u16, y: u16, line: &Line, width: u16) {
        let end = x.saturating_add(width);
        line.spans.iter().fold(x, |x, span| self.set_span(x, y, span, end.saturating_sub(x)));
    }

    pub fn set_string(&mut self, x: u16, y: u16, text: &str, style: Style) {
        self.set_styled(x, y, text, style, u16::MAX);
    }

    pub fn set_style(&mut self, area: Rect, style: Style) {
        let area = area.intersection(self.area);
        for y in area.top()..area.bottom() {
            for x in area.x..area.right() {
                self[(x, y)].set_style(style);
            }
        }
    }

    /// The cells in which `next`, of the same size, is otherwise.
    pub fn difference(&self, next: &Self) -> Vec<(u16, u16, Cell)> {
        let width = usize::from(next.area.width.max(1));
        let differs = |index: usize| self.content[index] != next.content[index];
        let is_tail = |index: usize| next.content.get(index).is_some_and(|cell| cell.symbol == '\0');
        // The two cells of a wide character go together.
        let places = (0..next.content.len()).filter(|index| !is_tail(*index));
        let places = places.filter(|index| differs(*index) || (is_tail(index + 1) && differs(index + 1)));
        places.map(|index| ((index % width) as u16, (index / width) as u16, next.content[index])).collect()
    }
}

impl Index<(u16, u16)> for Buffer {
    type Output = Cell;

    /// # Panics
    /// Off the screen.
    fn index(&self, (x, y): (u16, u16)) -> &Cell {
        &self.content[self.index_of(x, y).expect("a cell of the screen")]
    }
}

impl IndexMut<(u16, u16)> for Buffer {
    fn index_mut(&mut self, (x, y): (u16, u16)) -> &mut Cell {
        let index = self.index_of(x, y).expect("a cell of the screen");
        &mut self.content[index]
    }
}

#[cfg(test)]
impl Buffer {
    pub fn content(&self) -> &[Cell] {
        &self.content
    }

    /// The lines as they are read, blanks at their ends too.
    pub fn lines(&self) -> Vec<String> {
        let line = |cells: &[Cell]| cells.iter().map(|cell| cell.symbol).filter(|symbol| *symbol != '\0').collect();
        self.content.chunks(usize::from(self.area.width.max(1))).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::style::Stylize;

    #[test]
    fn text_is_put_where_it_fits_and_nowhere_else() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 2));
        buffer.set_line(4, 0, &Line::from(vec!["ab".bold(), "c".into()]), 9);
        buffer.set_string(0, 1, "日本語x", Style::new());
        buffer.set_string(9, 0, "off", Style::new());
        buffer.set_string(0, 9, "off", Style::new());
        assert_eq!(buffer.lines(), ["    ab", "日本語"]);
        assert_eq!(buffer[(4, 0)].modifier, Modifier::BOLD);
        buffer.set_string(0, 0, "a\u{301}\u{7}日", Style::new());
        assert_eq!(buffer.set_span(5, 0, &Span::raw("日"), 1), 5, "half of a wide character is none");
        assert_eq!(buffer.lines()[0], "a日 ab");
    }

    #[test]
    fn a_style_is_laid_over_another() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2, 1));
        buffer.set_string(0, 0, "ab", Style::new().fg(Color::DarkRed).bold());
        buffer.set_style(Rect::new(1, 0, 9, 9), Style::new().dim());
        assert_eq!((buffer[(0, 0)].fg, buffer[(0, 0)].modifier), (Color::DarkRed, Modifier::BOLD));
        assert_eq!((buffer[(1, 0)].fg, buffer[(1, 0)].modifier), (Color::DarkRed, Modifier::BOLD | Modifier::DIM));
    }

    #[test]
    fn the_difference_is_what_is_otherwise() {
        let area = Rect::new(0, 0, 4, 1);
        let with = |text: &str| {
            let mut buffer = Buffer::empty(area);
            buffer.set_string(0, 0, text, Style::new());
            buffer
        };
        let places = |old: &str, new: &str| {
            with(old).difference(&with(new)).iter().map(|(x, _, cell)| (*x, cell.symbol)).collect::<Vec<_>>()
        };
        assert_eq!(places("abcd", "axcy"), [(1, 'x'), (3, 'y')]);
        assert_eq!(places("日b", "xb"), [(0, 'x'), (1, 'b'), (2, ' ')]);
        assert_eq!(places("xyb", "日b"), [(0, '日')]);
        assert_eq!(places("日b", "日b"), []);
    }

    #[test]
    fn parts_of_the_screen_meet() {
        let part = Rect::new(1, 2, 3, 4);
        assert_eq!(part.intersection(Rect::new(2, 0, 9, 3)), Rect::new(2, 2, 2, 1));
        assert_eq!(part.intersection(Rect::new(9, 9, 1, 1)).width, 0);
    }
}
