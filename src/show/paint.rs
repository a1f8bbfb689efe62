//! Colour and marks, where a person sees them. Neither carries a meaning that words do not carry as well.

use crate::out;
use crate::text::style::{Color, Modifier, NAMED, Style, Stylize};
use crate::text::{Line, Span};

/// For what kind of reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// `--plain`, for a screen reader or a dumb terminal: no colour, words in the place of marks, no columns.
    Words,
    Plain,
    Colored,
}

/// How it stands with something, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Passes,
    /// It fails, and is what is shown below.
    Fails,
    FailsToo,
    Skipped,
    /// It has not run yet.
    Waits,
    /// It did not run, or not to its end, because a test before it had used up the time.
    NotRun,
    Partial,
    Changed,
    Here,
    NotYet,
    Fine,
    Note,
    Mend,
}

impl Paint {
    /// Colour on a terminal that can, unless NO_COLOR is set (<https://no-color.org>); words on one that can nothing.
    pub fn of_stdout() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_none_or(|term| term == "dumb");
        match (out::is_terminal(), dumb, set("NO_COLOR").is_some()) {
            (true, true, _) => Self::Words,
            (true, false, false) => Self::Colored,
            (true, false, true) | (false, ..) => Self::Plain,
        }
    }

    /// The text as it is printed, each line with its end.
    pub fn text<'a>(self, lines: impl IntoIterator<Item = &'a Line>) -> String {
        let mut text = String::new();
        for line in lines {
            match &line.spoken {
                Some(words) if self == Self::Words && words.is_empty() => continue,
                Some(words) if self == Self::Words => text += words,
                _ => text += &self.spans(&line.spans),
            }
            text += "\n";
        }
        text
    }

    /// Pieces of a line as they are printed.
    pub fn spans(self, spans: &[Span]) -> String {
        spans.iter().map(|span| self.span(span)).collect()
    }

    fn span(self, span: &Span) -> String {
        match (self, &span.spoken) {
            (Self::Words, Some(words)) => words.clone(),
            (Self::Colored, _) if span.style != Style::new() && !span.content.is_empty() => {
                format!("\x1b[{}m{}\x1b[0m", codes(span.style), span.content)
            }
            _ => span.content.clone(),
        }
    }
}

impl Mark {
    /// The mark; in words the word for it and a colon.
    pub fn span(self) -> Span {
        let (word, symbol) = match self {
            Self::Passes => ("passes", "✓".green()),
            Self::Fails => ("fails, shown below", "✗".red()),
            Self::FailsToo => ("fails too", "·".dim()),
            Self::Skipped => ("skipped", "~".yellow()),
            Self::Waits => ("waits", "…".dim()),
            Self::NotRun => ("not run", "…".dim()),
            Self::Partial => ("partial", "~".yellow()),
            Self::Changed => ("changed since it passed", "≠".yellow()),
            Self::Here => ("you are here", "▸".cyan()),
            Self::NotYet => ("not yet", "·".dim()),
            Self::Fine => ("fine", "✓".green()),
            Self::Note => ("note", "!".yellow()),
            Self::Mend => ("problem", "✗".red()),
        };
        symbol.spoken(format!("{word}:"))
    }
}

/// The parameters of Select Graphic Rendition. Source: ECMA-48, 8.3.117; console_codes(4).
fn codes(style: Style) -> String {
    const MODIFIERS: [(Modifier, &str); 6] = [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::REVERSED, "7"),
        (Modifier::CROSSED_OUT, "9"),
    ];
    let modifiers = MODIFIERS.iter().filter(|(modifier, _)| style.modifier.contains(*modifier));
    let mut codes: Vec<String> = modifiers.map(|(_, code)| (*code).to_owned()).collect();
    codes.extend(style.fg.map(|color| color_code(color, 30)));
    codes.extend(style.bg.map(|color| color_code(color, 40)));
    codes.join(";")
}

/// `first` is 30 for a foreground and 40 for a background.
fn color_code(color: Color, first: u8) -> String {
    match (NAMED.iter().position(|named| *named == color), color) {
        (Some(place), _) if place < 8 => (first + place as u8).to_string(),
        (Some(place), _) => (first + 60 + (place - 8) as u8).to_string(),
        (None, Color::AnsiValue(value)) => format!("{};5;{value}", first + 8),
        _ => (first + 9).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::ansi;

    #[test]
    fn each_reader_gets_what_is_meant_for_it() {
        let lines = [
            Line::from(["  ".into(), Mark::Passes.span(), " opens".into(), "  2 cases".dim().spoken(", 2 cases")]),
            Line::raw("✓ passes").unspoken(),
            Line::default(),
            Line::raw("a  b").spoken("a and b"),
        ];
        assert_eq!(Paint::Plain.text(&lines), "  ✓ opens  2 cases\n✓ passes\n\na  b\n");
        assert_eq!(Paint::Words.text(&lines), "  passes: opens, 2 cases\n\na and b\n");
        let colored = "  \x1b[32m✓\x1b[0m opens\x1b[2m  2 cases\x1b[0m\n✓ passes\n\na  b\n";
        assert_eq!(Paint::Colored.text(&lines), colored);
    }

    #[test]
    fn what_the_compiler_paints_is_painted_so_again() {
        for painted in ["\x1b[1;91merror\x1b[0m: no\n", "\x1b[33;44ma\x1b[0m\n", "\x1b[4;38;5;9me\x1b[0m\n"] {
            assert_eq!(Paint::Colored.text(&ansi::lines(painted)), painted);
        }
    }
}
