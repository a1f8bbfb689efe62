//! The pieces that text is made of.

use std::fmt::{self, Display, Formatter};

use unicode_width::UnicodeWidthChar;

use super::style::{Style, Stylize};
use crate::check::guide::Spot;

/// How many cells a character takes: none, one, or two.
pub fn cells(symbol: char) -> usize {
    // Most are ASCII, and need no table.
    if symbol.is_ascii() { usize::from(!symbol.is_ascii_control()) } else { symbol.width().unwrap_or(0) }
}

/// Text of one style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    pub content: String,
    pub style: Style,
    /// The place in a file that it names.
    pub link: Option<Spot>,
    /// What is said in its place where there are words alone.
    pub spoken: Option<String>,
}

impl Span {
    pub fn raw(content: impl Into<String>) -> Self {
        Self::styled(content, Style::new())
    }

    pub fn styled(content: impl Into<String>, style: Style) -> Self {
        Self { content: content.into(), style, ..Self::default() }
    }

    /// With other words where there are words alone; with no words it is left out there.
    pub fn spoken(self, words: impl Into<String>) -> Self {
        Self { spoken: Some(words.into()), ..self }
    }

    /// The name of a place, and the way to it.
    pub fn place(spot: Spot) -> Self {
        Self { content: spot.to_string(), link: Some(spot), ..Self::default() }
    }

    /// In cells.
    pub fn width(&self) -> usize {
        self.content.chars().map(cells).sum()
    }
}

impl<T: Into<String>> From<T> for Span {
    fn from(content: T) -> Self {
        Self::raw(content)
    }
}

impl Stylize for Span {
    type Styled = Self;

    fn restyled(self, change: impl FnOnce(Style) -> Style) -> Self {
        Self { style: change(self.style), ..self }
    }
}

impl Stylize for &str {
    type Styled = Span;

    fn restyled(self, change: impl FnOnce(Style) -> Style) -> Span {
        Span::styled(self, change(Style::new()))
    }
}

impl Stylize for String {
    type Styled = Span;

    fn restyled(self, change: impl FnOnce(Style) -> Style) -> Span {
        Span::styled(self, change(Style::new()))
    }
}

/// A line of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub spans: Vec<Span>,
    /// What is said in its place where there are words alone; where that is empty, no line is.
    pub spoken: Option<String>,
}

impl Line {
    pub fn raw(content: impl Into<String>) -> Self {
        Self::from(vec![Span::raw(content)])
    }

    /// With other words where there are words alone.
    pub fn spoken(self, words: impl Into<String>) -> Self {
        Self { spoken: Some(words.into()), ..self }
    }

    /// Left out where there are words alone.
    pub fn unspoken(self) -> Self {
        self.spoken("")
    }

    /// `  open     PATH`, or `  open: PATH` in words.
    pub fn row(word: &str, rest: impl IntoIterator<Item = Span>) -> Self {
        let head = ["  ".into(), format!("{word:8}").dim().spoken(format!("{word}:")), " ".into()];
        head.into_iter().chain(rest).collect()
    }

    pub fn push_span(&mut self, span: Span) {
        self.spans.push(span);
    }

    /// In cells.
    pub fn width(&self) -> usize {
        self.spans.iter().map(Span::width).sum()
    }
}

impl From<Vec<Span>> for Line {
    fn from(spans: Vec<Span>) -> Self {
        Self { spans, spoken: None }
    }
}

impl<const N: usize> From<[Span; N]> for Line {
    fn from(spans: [Span; N]) -> Self {
        Self::from(Vec::from(spans))
    }
}

impl FromIterator<Span> for Line {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        Self::from(spans.into_iter().collect::<Vec<_>>())
    }
}

/// Plain lines, one for each of the text's.
pub fn raw(text: &str) -> impl Iterator<Item = Line> {
    text.lines().map(Line::raw)
}

impl Display for Line {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.spans.iter().try_for_each(|span| f.write_str(&span.content))
    }
}
