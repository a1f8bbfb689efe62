//! Painted text as lines of a screen: colours and links become styles, and long lines are wrapped.
//!
//! What a command prints on a terminal and what the screen shows are the same text this way.

use super::canvas::{Line, Span, cells};
use super::style::{Color, Modifier, Style};

/// One line of a screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub line: Line,
    /// Where a link begins in the line, how many cells it has, and where it leads.
    pub links: Vec<(u16, u16, String)>,
}

/// A character with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Glyph {
    symbol: char,
    style: Style,
    link: Option<String>,
}

/// `painted` in lines of at most `width` cells. A line that goes on is indented as it began.
pub fn rows(painted: &str, width: u16) -> Vec<Row> {
    let mut reader = Reader::default();
    painted.lines().flat_map(|line| wrap(reader.line(line), usize::from(width.max(1)))).collect()
}

/// Reads text with the escape sequences that [`crate::show::paint`] and rustc write; the style goes on over the line's end.
#[derive(Default)]
struct Reader {
    style: Style,
    link: Option<String>,
}

impl Reader {
    fn line(&mut self, text: &str) -> Vec<Glyph> {
        let mut glyphs: Vec<Glyph> = Vec::new();
        let mut rest = text;
        while let Some(symbol) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("\x1b[") {
                let end = after.find(|c: char| ('@'..='~').contains(&c)).unwrap_or(after.len());
                if after[end..].starts_with('m') {
                    self.select(&after[..end]);
                }
                rest = after.get(end + 1..).unwrap_or("");
                continue;
            }
            if let Some(after) = rest.strip_prefix("\x1b]8;;") {
                let (url, after) = after.split_once("\x1b\\").unwrap_or((after, ""));
                // Of anything else a terminal would obey what it finds there.
                let is_url = !url.is_empty() && url.bytes().all(|byte| byte.is_ascii_graphic());
                self.link = is_url.then(|| url.to_owned());
                rest = after;
                continue;
            }
            rest = &rest[symbol.len_utf8()..];
            let mut push = |symbol| glyphs.push(Glyph { symbol, style: self.style, link: self.link.clone() });
            match symbol {
                '\t' => (0..4).for_each(|_| push(' ')),
                symbol if symbol.is_control() => {}
                symbol => push(symbol),
            }
        }
        glyphs
    }

    /// Select Graphic Rendition, as far as it is used. Source: ECMA-48, 8.3.117; console_codes(4).
    fn select(&mut self, codes: &str) {
        let mut codes = codes.split(';').map(|code| code.parse::<u8>().unwrap_or(0));
        while let Some(code) = codes.next() {
            let style = std::mem::take(&mut self.style);
            self.style = match code {
                0 => Style::new(),
                1 => style.add_modifier(Modifier::BOLD),
                2 => style.add_modifier(Modifier::DIM),
                3 => style.add_modifier(Modifier::ITALIC),
                4 => style.add_modifier(Modifier::UNDERLINED),
                7 => style.add_modifier(Modifier::REVERSED),
                22 => style.remove_modifier(Modifier::BOLD | Modifier::DIM),
                30..=37 | 90..=97 => style.fg(named(code)),
                40..=47 | 100..=107 => style.bg(named(code - 10)),
                38 if codes.next() == Some(5) => style.fg(Color::AnsiValue(codes.next().unwrap_or(0))),
                39 => style.fg(Color::Reset),
                _ => style,
            };
        }
    }
}

fn named(code: u8) -> Color {
    const NAMED: [Color; 16] = [
        Color::Black,
        Color::DarkRed,
        Color::DarkGreen,
        Color::DarkYellow,
        Color::DarkBlue,
        Color::DarkMagenta,
        Color::DarkCyan,
        Color::Grey,
        Color::DarkGrey,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::White,
    ];
    NAMED[usize::from(if code >= 90 { code - 90 + 8 } else { code - 30 })]
}

/// The glyphs in rows of `width`, broken at spaces where there are some.
fn wrap(glyphs: Vec<Glyph>, width: usize) -> Vec<Row> {
    // Not more than half of a row, or nothing would fit.
    let blank = |glyph: &&Glyph| glyph.symbol == ' ';
    let indent = glyphs.iter().take_while(blank).count().min(width / 2);
    let mut rows = Vec::new();
    let mut rest = glyphs.as_slice();
    let mut lead = 0;
    // Counted down and not anew for every row: a line may hold a megabyte.
    let mut left = measure(rest);
    while left + lead > width {
        let fits = fitting(rest, width - lead);
        // A break within the indentation would leave a row without a word.
        let words = rest.iter().take_while(blank).count();
        let space = (words..=fits).rev().find(|at| rest.get(*at).is_some_and(|glyph| glyph.symbol == ' '));
        let end = space.filter(|at| *at > words).unwrap_or(fits).max(1);
        rows.push(row(&rest[..end], lead));
        let end = end + rest[end..].iter().take_while(blank).count();
        left -= measure(&rest[..end]);
        rest = &rest[end..];
        lead = indent;
        if rest.is_empty() {
            return rows;
        }
    }
    rows.push(row(rest, lead));
    rows
}

fn measure(glyphs: &[Glyph]) -> usize {
    glyphs.iter().map(|glyph| cells(glyph.symbol)).sum()
}

/// How many glyphs fit into `width` cells.
fn fitting(glyphs: &[Glyph], width: usize) -> usize {
    let mut used = 0;
    glyphs
        .iter()
        .take_while(|glyph| {
            used += cells(glyph.symbol);
            used <= width
        })
        .count()
}

fn row(glyphs: &[Glyph], indent: usize) -> Row {
    let mut row = Row { line: Line::raw(" ".repeat(indent)), links: Vec::new() };
    let mut x = indent;
    for run in glyphs.chunk_by(|one, next| one.style == next.style && one.link == next.link) {
        let width = measure(run);
        let text: String = run.iter().map(|glyph| glyph.symbol).collect();
        row.line.push_span(Span::styled(text, run[0].style));
        if let Some(url) = &run[0].link {
            row.links.push((x as u16, width as u16, url.clone()));
        }
        x += width;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(painted: &str, width: u16) -> Vec<String> {
        rows(painted, width).iter().map(|row| row.line.to_string()).collect()
    }

    #[test]
    fn colours_become_styles_and_go_on_over_the_lines_end() {
        let rows = rows("a\x1b[1;31mb\nc\x1b[0md\x1b[38;5;9me\x1b[2Kf", 80);
        let spans: Vec<_> = rows.iter().flat_map(|row| &row.line.spans).filter(|span| span.width() > 0).collect();
        let red = Style::new().fg(Color::DarkRed).add_modifier(Modifier::BOLD);
        let expected = [("a", Style::new()), ("b", red), ("c", red), ("d", Style::new())];
        for (span, (text, style)) in spans.iter().zip(expected) {
            assert_eq!((span.content.as_ref(), span.style), (text, style));
        }
        assert_eq!((spans[4].content.as_ref(), spans[4].style), ("ef", Style::new().fg(Color::AnsiValue(9))));
    }

    #[test]
    fn a_link_is_known_by_its_cells() {
        let rows = rows("  open \x1b]8;;file:///a\x1b\\src/lib.rs:3\x1b]8;;\x1b\\ now", 80);
        assert_eq!(rows[0].line.to_string(), "  open src/lib.rs:3 now");
        assert_eq!(rows[0].links, [(7, 12, "file:///a".to_owned())]);
    }

    #[test]
    fn long_lines_go_on_indented_as_they_began() {
        assert_eq!(plain("  one two three four", 12), ["  one two", "  three four"]);
        assert_eq!(plain("  unbreakable", 6), ["  unbr", "  eaka", "  ble"]);
        assert_eq!(plain("12345 ", 5), ["12345"]);
        assert_eq!(plain("日本語日本", 5), ["日本", "語日", "本"]);
        assert_eq!(plain("          deep", 8), ["        ", "    deep"]);
        assert_eq!(plain("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(plain("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn a_link_that_holds_more_than_an_address_is_none() {
        for url in ["x\x07\x1b]2;title\x07", "x\x1b[2J", "file:///\u{9b}2J", "a b"] {
            let rows = rows(&format!("\x1b]8;;{url}\x1b\\text\x1b]8;;\x1b\\"), 80);
            assert_eq!((rows[0].line.to_string().as_str(), rows[0].links.len()), ("text", 0), "{url:?}");
        }
    }

    #[test]
    fn a_line_of_a_megabyte_takes_no_longer_than_its_rows() {
        let start = std::time::Instant::now();
        assert_eq!(plain(&"x".repeat(1 << 20), 64).len(), (1 << 20) / 64);
        assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
    }

    #[test]
    fn what_would_move_the_cursor_is_left_out() {
        assert_eq!(plain("a\x07\x1b[2Jb\tc\x1b", 80), ["ab    c"]);
        assert_eq!(plain("a\x1b[31", 80), ["a"]);
    }
}
