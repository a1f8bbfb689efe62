//! What the compiler prints for a terminal, as lines: its colours become styles.

use super::line::{Line, Span};
use super::style::{Color, Modifier, NAMED, Style};

/// The lines of `painted`; a style goes on over a line's end.
pub fn lines(painted: &str) -> Vec<Line> {
    let mut reader = Reader::default();
    painted.lines().map(|line| reader.line(line)).collect()
}

/// Reads text with the escape sequences that rustc writes. Others are left out.
#[derive(Default)]
struct Reader {
    style: Style,
}

impl Reader {
    fn line(&mut self, text: &str) -> Line {
        let mut line = Line::default();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("\x1b[") {
                let end = after.find(|c: char| ('@'..='~').contains(&c)).unwrap_or(after.len());
                if after[end..].starts_with('m') {
                    self.select(&after[..end]);
                }
                rest = after.get(end + 1..).unwrap_or("");
                continue;
            }
            // The sequence that links are made of. Source: the OSC 8 convention.
            if let Some(after) = rest.strip_prefix("\x1b]8;;") {
                rest = after.split_once("\x1b\\").map_or("", |(_, after)| after);
                continue;
            }
            if let Some(after) = rest.strip_prefix('\x1b') {
                rest = after;
                continue;
            }
            let end = rest.find('\x1b').unwrap_or(rest.len());
            line.spans.push(Span::styled(&rest[..end], self.style));
            rest = &rest[end..];
        }
        line
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
    NAMED[usize::from(if code >= 90 { code - 90 + 8 } else { code - 30 })]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_styles_and_go_on_over_the_lines_end() {
        let lines = lines("a\x1b[1;31mb\nc\x1b[0md\x1b[38;5;9me\x1b[2Kf");
        let spans: Vec<_> = lines.iter().flat_map(|line| &line.spans).collect();
        let red = Style::new().fg(Color::DarkRed).add_modifier(Modifier::BOLD);
        let nine = Style::new().fg(Color::AnsiValue(9));
        let expected = [("a", Style::new()), ("b", red), ("c", red), ("d", Style::new()), ("e", nine), ("f", nine)];
        assert_eq!(spans.iter().map(|span| (span.content.as_str(), span.style)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_cut_off_or_no_colour_is_left_out() {
        let plain = |text: &str| lines(text).iter().map(Line::to_string).collect::<Vec<_>>();
        assert_eq!(plain("a\x1b[31"), ["a"]);
        assert_eq!(plain("a\x1b[2Jb\x1b"), ["ab"]);
        assert_eq!(plain("\x1b]8;;file:///a\x1b\\text\x1b]8;;\x1b\\ on"), ["text on"]);
        assert_eq!(plain("é\x1bü"), ["éü"]);
    }
}
