//! Text in lines of a screen: long lines are wrapped.

use crate::text::{Line, Span, cells};

/// A character with its place among the line's spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Glyph {
    symbol: char,
    span: usize,
}

/// `lines` in rows of at most `width` cells. A line that goes on is indented as it began.
pub fn rows(lines: &[Line], width: u16) -> Vec<Line> {
    lines.iter().flat_map(|line| wrap(line, usize::from(width.max(1)))).collect()
}

/// What can be shown of a line: control characters, which a terminal would obey, are left out.
fn glyphs(line: &Line) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    for (span, Span { content, .. }) in line.spans.iter().enumerate() {
        for symbol in content.chars() {
            match symbol {
                '\t' => glyphs.extend([Glyph { symbol: ' ', span }; 4]),
                symbol if symbol.is_control() => {}
                symbol => glyphs.push(Glyph { symbol, span }),
            }
        }
    }
    glyphs
}

/// The line in rows of `width`, broken at spaces where there are some.
fn wrap(line: &Line, width: usize) -> Vec<Line> {
    let glyphs = glyphs(line);
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
        rows.push(row(line, &rest[..end], lead));
        let end = end + rest[end..].iter().take_while(blank).count();
        left -= measure(&rest[..end]);
        rest = &rest[end..];
        lead = indent;
        if rest.is_empty() {
            return rows;
        }
    }
    rows.push(row(line, rest, lead));
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

fn row(line: &Line, glyphs: &[Glyph], indent: usize) -> Line {
    let lead = (indent > 0).then(|| Span::raw(" ".repeat(indent)));
    let runs = glyphs.chunk_by(|one, next| one.span == next.span);
    let spans = runs.map(|run| {
        let content = run.iter().map(|glyph| glyph.symbol).collect();
        Span { content, ..line.spans[run[0].span].clone() }
    });
    lead.into_iter().chain(spans).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide::Spot;

    fn plain(text: &str, width: u16) -> Vec<String> {
        let lines: Vec<_> = text.lines().map(Line::raw).collect();
        rows(&lines, width).iter().map(Line::to_string).collect()
    }

    #[test]
    fn a_link_goes_with_its_text() {
        let spot = Spot { path: "src/lib.rs".into(), line: Some(3) };
        let line = Line::from(["open ".into(), Span::place(spot.clone()), " now".into()]);
        let rows = rows(&[line], 11);
        assert_eq!(rows.iter().map(Line::to_string).collect::<Vec<_>>(), ["open", "src/lib.rs:", "3 now"]);
        let links = rows.iter().flat_map(|row| &row.spans).filter(|span| span.link == Some(spot.clone()));
        assert_eq!(links.map(|span| span.content.as_str()).collect::<Vec<_>>(), ["src/lib.rs:", "3"]);
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
    fn a_line_of_a_megabyte_takes_no_longer_than_its_rows() {
        let start = std::time::Instant::now();
        assert_eq!(plain(&"x".repeat(1 << 20), 64).len(), (1 << 20) / 64);
        assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
    }

    #[test]
    fn what_would_move_the_cursor_is_left_out() {
        assert_eq!(plain("a\x07\x1b[2Jb\tc\x1b", 80), ["a[2Jb    c"]);
    }
}
