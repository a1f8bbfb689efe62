//! Colour, where a person sees it. It never carries a meaning that the words do not.

use std::io::IsTerminal;

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Colored,
}

impl Paint {
    /// Colour on a terminal that can, unless NO_COLOR is set (<https://no-color.org>).
    pub fn of_stdout() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_none_or(|term| term == "dumb");
        if std::io::stdout().is_terminal() && set("NO_COLOR").is_none() && !dumb { Self::Colored } else { Self::Plain }
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
            Self::Plain => text.to_owned(),
            Self::Colored => format!("\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"),
        }
    }

    fn code(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colored => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}
