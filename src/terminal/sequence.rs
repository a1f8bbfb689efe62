//! Cells as the escape sequences that put them on a terminal.

use std::io;

use crossterm::cursor::MoveTo;
use crossterm::queue;
use crossterm::style::{Attribute, Colored, Print, SetAttribute, SetBackgroundColor, SetForegroundColor};

use super::canvas::Cell;
use crate::text::cells;
use crate::text::style::{Color, Modifier};

/// Cells of one line that lead somewhere when clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub url: String,
}

/// Writes the cells, each at its place and with the link that it is part of.
pub fn write(out: &mut Vec<u8>, changed: &[(u16, u16, Cell)], links: &[Link]) -> io::Result<()> {
    let mut at = None;
    let mut style = (Color::Reset, Color::Reset, Modifier::empty());
    let mut link: Option<&Link> = None;
    for &(x, y, cell) in changed {
        if at != Some((x, y)) {
            queue!(out, MoveTo(x, y))?;
        }
        let under = links.iter().find(|link| link.y == y && (link.x..link.x + link.width).contains(&x));
        if under != link {
            // Source: the OSC 8 convention for hyperlinks in terminal emulators.
            let url = under.map_or("", |link| link.url.as_str());
            queue!(out, Print(format!("\x1b]8;;{url}\x1b\\")))?;
            link = under;
        }
        let wanted = (cell.fg, cell.bg, cell.modifier);
        if wanted != style {
            restyle(out, style, wanted)?;
            style = wanted;
        }
        queue!(out, Print(cell.symbol))?;
        // Not every terminal moves the cursor alike behind a wide character; the next cell says where it is.
        at = (cells(cell.symbol) == 1).then_some((x + 1, y));
    }
    if link.is_some() {
        queue!(out, Print("\x1b]8;;\x1b\\"))?;
    }
    queue!(out, SetAttribute(Attribute::Reset))
}

fn restyle(out: &mut Vec<u8>, old: (Color, Color, Modifier), new: (Color, Color, Modifier)) -> io::Result<()> {
    const ATTRIBUTES: [(Modifier, Attribute); 6] = [
        (Modifier::BOLD, Attribute::Bold),
        (Modifier::DIM, Attribute::Dim),
        (Modifier::ITALIC, Attribute::Italic),
        (Modifier::UNDERLINED, Attribute::Underlined),
        (Modifier::REVERSED, Attribute::Reverse),
        (Modifier::CROSSED_OUT, Attribute::CrossedOut),
    ];
    let mut old = old;
    if !new.2.contains(old.2) {
        queue!(out, SetAttribute(Attribute::Reset))?;
        old = (Color::Reset, Color::Reset, Modifier::empty());
    }
    for (modifier, attribute) in ATTRIBUTES {
        if new.2.contains(modifier) && !old.2.contains(modifier) {
            queue!(out, SetAttribute(attribute))?;
        }
    }
    // Where NO_COLOR is set crossterm writes a colour's sequence without the colour, which takes the attributes back.
    let colors = !Colored::ansi_color_disabled_memoized();
    if colors && new.0 != old.0 {
        queue!(out, SetForegroundColor(new.0))?;
    }
    if colors && new.1 != old.1 {
        queue!(out, SetBackgroundColor(new.1))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::canvas::{Buffer, Rect};
    use crate::text::Line;
    use crate::text::style::Stylize;

    fn written(line: Line, links: &[Link]) -> String {
        let area = Rect::new(0, 0, 8, 1);
        let mut next = Buffer::empty(area);
        next.set_line(0, 0, &line, 8);
        let mut out = Vec::new();
        write(&mut out, &Buffer::empty(area).difference(&next), links).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_style_ends_where_its_cells_end() {
        let line = Line::from(vec![
            "a".bold(),
            "b".bold().restyled(|style| style.add_modifier(Modifier::UNDERLINED)),
            "c".into(),
        ]);
        assert_eq!(written(line, &[]), "\x1b[1;1H\x1b[1ma\x1b[4mb\x1b[0mc\x1b[0m");
    }

    #[test]
    fn without_colours_a_colour_does_not_take_the_rest_back() {
        let mut out = Vec::new();
        let style = |fg| (fg, Color::Reset, Modifier::BOLD);
        Colored::set_ansi_color_disabled(true);
        restyle(&mut out, (Color::Reset, Color::Reset, Modifier::empty()), style(Color::Yellow)).unwrap();
        Colored::set_ansi_color_disabled(false);
        assert_eq!(out, b"\x1b[1m");
    }

    #[test]
    fn a_link_is_opened_and_closed_around_its_cells() {
        let links = [Link { x: 1, y: 0, width: 2, url: "file:///a".into() }];
        let line = Line::raw("abcd");
        assert_eq!(written(line, &links), "\x1b[1;1Ha\x1b]8;;file:///a\x1b\\bc\x1b]8;;\x1b\\d\x1b[0m");
    }

    #[test]
    fn a_wide_symbol_is_no_reason_to_lose_the_place() {
        assert_eq!(written(Line::raw("ab"), &[]), "\x1b[1;1Hab\x1b[0m");
        let wide = written(Line::raw("日b"), &[]);
        assert!(wide.starts_with("\x1b[1;1H日") && wide.contains("\x1b[1;3Hb"), "{wide:?}");
    }
}
