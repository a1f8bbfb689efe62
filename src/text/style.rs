//! How text looks: colours, weight, and the words to say it with.

use std::ops::BitOr;

pub use crossterm::style::Color;

/// The colours that have names, in the order of their codes: the dark ones, then the bright ones.
pub const NAMED: [Color; 16] = [
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

/// How characters look besides their colour; several at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modifier(u8);

impl Modifier {
    pub const BOLD: Self = Self(1);
    pub const DIM: Self = Self(1 << 1);
    pub const ITALIC: Self = Self(1 << 2);
    pub const UNDERLINED: Self = Self(1 << 3);
    pub const REVERSED: Self = Self(1 << 4);
    pub const CROSSED_OUT: Self = Self(1 << 5);

    pub const fn empty() -> Self {
        Self(0)
    }

    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Modifier {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Colours and modifiers; a colour that is not given stays what it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    pub fg: Option<Color>,
    pub bg: Option<Color>,
    pub modifier: Modifier,
}

impl Style {
    pub const fn new() -> Self {
        Self { fg: None, bg: None, modifier: Modifier::empty() }
    }

    pub const fn fg(self, color: Color) -> Self {
        Self { fg: Some(color), ..self }
    }

    pub const fn bg(self, color: Color) -> Self {
        Self { bg: Some(color), ..self }
    }

    pub fn add_modifier(self, modifier: Modifier) -> Self {
        Self { modifier: self.modifier | modifier, ..self }
    }

    /// This style with what another one says laid over it.
    pub fn patch(self, over: Self) -> Self {
        Self { fg: over.fg.or(self.fg), bg: over.bg.or(self.bg), modifier: self.modifier | over.modifier }
    }

    /// Where no colours are wanted: what has one is told apart by its weight.
    pub fn uncolored(self) -> Self {
        let weight = if self.fg.is_some() { Modifier::BOLD } else { Modifier::empty() };
        Self { fg: None, bg: None, modifier: self.modifier | weight }
    }

    pub const fn remove_modifier(self, modifier: Modifier) -> Self {
        Self { modifier: self.modifier.without(modifier), ..self }
    }
}

/// What can be made to look otherwise: a style, or a text, which becomes a span.
pub trait Stylize: Sized {
    type Styled;

    fn restyled(self, change: impl FnOnce(Style) -> Style) -> Self::Styled;

    fn bold(self) -> Self::Styled {
        self.restyled(|style| style.add_modifier(Modifier::BOLD))
    }

    fn dim(self) -> Self::Styled {
        self.restyled(|style| style.add_modifier(Modifier::DIM))
    }

    fn reversed(self) -> Self::Styled {
        self.restyled(|style| style.add_modifier(Modifier::REVERSED))
    }

    fn crossed_out(self) -> Self::Styled {
        self.restyled(|style| style.add_modifier(Modifier::CROSSED_OUT))
    }

    fn green(self) -> Self::Styled {
        self.restyled(|style| style.fg(Color::DarkGreen))
    }

    /// As failures are: red and bold.
    fn red(self) -> Self::Styled {
        self.restyled(|style| style.fg(Color::DarkRed).add_modifier(Modifier::BOLD))
    }

    fn cyan(self) -> Self::Styled {
        self.restyled(|style| style.fg(Color::DarkCyan))
    }

    fn yellow(self) -> Self::Styled {
        self.restyled(|style| style.fg(Color::DarkYellow))
    }
}

impl Stylize for Style {
    type Styled = Self;

    fn restyled(self, change: impl FnOnce(Style) -> Style) -> Self {
        change(self)
    }
}
