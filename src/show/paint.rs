//! Colour and marks, where a person sees them. Neither carries a meaning that words do not carry as well.

use crate::out;

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

    /// The mark; with [`Words`](Self::Words) the word for it and a colon.
    pub fn mark(self, mark: Mark) -> String {
        let (word, symbol) = match mark {
            Mark::Passes => ("passes", self.green("✓")),
            Mark::Fails => ("fails, shown below", self.red("✗")),
            Mark::FailsToo => ("fails too", self.dim("·")),
            Mark::Skipped => ("skipped", self.yellow("~")),
            Mark::Waits => ("waits", self.dim("…")),
            Mark::Partial => ("partial", self.yellow("~")),
            Mark::Changed => ("changed since it passed", self.yellow("≠")),
            Mark::Here => ("you are here", self.cyan("▸")),
            Mark::NotYet => ("not yet", self.dim("·")),
            Mark::Fine => ("fine", self.green("✓")),
            Mark::Note => ("note", self.yellow("!")),
            Mark::Mend => ("to mend", self.red("✗")),
        };
        if self == Self::Words { format!("{word}:") } else { symbol }
    }

    /// A line that begins with a word of its own: `open     PATH`, or `open: PATH`.
    pub fn row(self, word: &str, rest: &str) -> String {
        if self == Self::Words {
            format!("  {word}: {rest}\n")
        } else {
            format!("  {} {rest}\n", self.dim(&format!("{word:8}")))
        }
    }

    pub fn bold(self, text: &str) -> String {
        self.code("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.code("2", text)
    }

    pub fn green(self, text: &str) -> String {
        self.code("32", text)
    }

    pub fn red(self, text: &str) -> String {
        self.code("1;31", text)
    }

    pub fn yellow(self, text: &str) -> String {
        self.code("33", text)
    }

    pub fn cyan(self, text: &str) -> String {
        self.code("36", text)
    }

    /// A link that a terminal can follow; without colours the text alone. Source: the OSC 8 convention.
    pub fn link(self, url: &str, text: &str) -> String {
        match self {
            Self::Words | Self::Plain => text.to_owned(),
            Self::Colored => format!("\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"),
        }
    }

    fn code(self, code: &str, text: &str) -> String {
        match self {
            Self::Words | Self::Plain => text.to_owned(),
            Self::Colored => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}
