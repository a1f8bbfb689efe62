//! Inclusions, as mdBook reads them: `{{#include FILE}}`, of a whole file, of lines, or between two anchors. And those
//! of our own: a part of a `mistakes.md`, `{{#include FILE:NAME:report}}` or `{{#include FILE:NAME:mistake}}`, and a
//! session of a page in a folder `output`, `{{#include output/PAGE.md:NAME}}` or an excerpt, `...:NAME:EXCERPT`.
//!
//! mdBook goes on where a file is missing, shows nothing for a missing anchor, and shows the rest of the file for one
//! that does not end. Here each of these is a fault.

use crate::{sections, sessions};

/// One inclusion in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion<'a> {
    /// Where it stands in the text, braces included.
    pub span: std::ops::Range<usize>,
    pub path: &'a str,
    pub part: Part<'a>,
}

/// What of a file is included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    Whole,
    /// From line to line, counted from 1, both included.
    Lines(usize, usize),
    Anchor(&'a str),
    /// A part of the mistake of this name.
    Mistake(&'a str, Piece),
    /// The session of this name, or the part of it between two anchors.
    Session(&'a str, Option<&'a str>),
}

/// The inclusions in a text, in its order. One behind a backslash is text about inclusions.
pub fn inclusions(text: &str) -> impl Iterator<Item = Inclusion<'_>> {
    text.match_indices("{{").filter(|(at, _)| !text[..*at].ends_with('\\')).filter_map(move |(at, _)| {
        let inner = &text[at + 2..at + text[at..].find("}}")?];
        let (kind, target) = inner.trim_start().strip_prefix('#')?.split_once(char::is_whitespace)?;
        if !matches!(kind, "include" | "rustdoc_include" | "playground") {
            return None;
        }
        let target = target.split_whitespace().next()?;
        let (path, part) = target.split_once(':').unwrap_or((target, ""));
        Some(Inclusion { span: at..at + inner.len() + 4, path, part: Part::read(path, part) })
    })
}

impl<'a> Part<'a> {
    fn read(path: &str, text: &'a str) -> Self {
        if sessions::is_page(path) {
            let (name, excerpt) = text.split_once(':').map_or((text, None), |(name, excerpt)| (name, Some(excerpt)));
            return Part::Session(name, excerpt);
        }
        let line = |text: &str, or: usize| if text.is_empty() { Some(or) } else { text.parse().ok() };
        let (from, to) = text.split_once(':').unwrap_or((text, text));
        if let Some(piece) = Piece::read(to).filter(|_| from != text) {
            return Part::Mistake(from, piece);
        }
        match (line(from, 1), line(to, usize::MAX)) {
            _ if text.is_empty() => Part::Whole,
            (Some(from), Some(to)) => Part::Lines(from, to),
            _ => Part::Anchor(text),
        }
    }

    /// This part of `file`, or what is wrong with it.
    pub fn of(self, file: &str) -> Result<String, String> {
        let kept = match self {
            Part::Whole => plain(file)?,
            Part::Lines(from, to) => {
                let lines: Vec<_> = file.lines().take(to).skip(from.saturating_sub(1)).collect();
                if to != usize::MAX && file.lines().count() < to {
                    return Err(format!("it has fewer than {to} lines"));
                }
                plain(&lines.join("\n"))?
            }
            Part::Anchor(name) => anchored(file, name)?,
            Part::Mistake(name, piece) => piece.of(file, name)?,
            Part::Session("", _) => return Err("name one of its sessions: `PAGE.md:NAME`".to_owned()),
            Part::Session(name, None) => without_anchors(sessions::find(file, name)?.text.lines()),
            Part::Session(name, Some(excerpt)) => anchored(&sessions::find(file, name)?.text, excerpt)?,
        };
        if kept.trim().is_empty() { Err("nothing is there".to_owned()) } else { Ok(kept) }
    }
}

/// A part of the section `## name` of a `mistakes.md`. Whether the mistake is well formed is for `kata dev check` to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// `FILE:NAME:mistake`: what is wrong, the test that catches it, and the diff in its fence.
    Mistake,
    /// `FILE:NAME:report`: what the learner then reads, without its fence.
    Report,
}

impl Piece {
    /// `report` or `mistake`.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "mistake" => Some(Self::Mistake),
            "report" => Some(Self::Report),
            _ => None,
        }
    }

    /// This piece of the section `name`.
    ///
    /// # Errors
    /// If there is no such section, something is wrong in it, or it has no report yet.
    pub fn of(self, file: &str, name: &str) -> Result<String, String> {
        let section = sections::find(file, name)?;
        let report = section.blocks.iter().find(|block| block.language == "text");
        match self {
            Self::Report => report
                .map(|block| block.lines.join("\n"))
                .ok_or_else(|| "its report is not written down yet".to_owned()),
            Self::Mistake => {
                let lines = file.lines().zip(1..).filter(|(_, number)| {
                    let in_section = section.line < *number && *number < section.end;
                    in_section && !report.is_some_and(|block| block.place.contains(number))
                });
                Ok(lines.map(|(line, _)| line).collect::<Vec<_>>().join("\n").trim().to_owned())
            }
        }
    }
}

/// A text without anchors: mdBook leaves them out only where it includes by one.
fn plain(text: &str) -> Result<String, String> {
    match text.lines().find(|line| anchor(line).is_some()) {
        Some(line) => Err(format!("its anchor would be shown: {}", line.trim())),
        None => Ok(text.lines().collect::<Vec<_>>().join("\n")),
    }
}

/// What stands between the two ends of an anchor, other anchors left out.
fn anchored(file: &str, name: &str) -> Result<String, String> {
    let ends = |end: Anchor| file.lines().filter(|line| anchor(line) == Some(end)).count();
    match (ends(Anchor::Begin(name)), ends(Anchor::End(name))) {
        (1, 1) => {}
        (0, _) => return Err("the anchor is not there".to_owned()),
        (1, 0) => return Err("the anchor does not end".to_owned()),
        (begins, ends) => return Err(format!("the anchor begins {begins} times and ends {ends} times")),
    }
    let inside = file.lines().skip_while(|line| anchor(line) != Some(Anchor::Begin(name)));
    let inside = inside.take_while(|line| anchor(line) != Some(Anchor::End(name)));
    Ok(without_anchors(inside))
}

fn without_anchors<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.filter(|line| anchor(line).is_none()).collect::<Vec<_>>().join("\n")
}

/// One end of an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor<'a> {
    Begin(&'a str),
    End(&'a str),
}

/// The anchor that a line carries, in whatever comment.
pub fn anchor(line: &str) -> Option<Anchor<'_>> {
    let after = |mark: &str| line.split_once(mark).map(|(_, rest)| name(rest)).filter(|name| !name.is_empty());
    after("ANCHOR:").map(Anchor::Begin).or_else(|| after("ANCHOR_END:").map(Anchor::End))
}

fn name(rest: &str) -> &str {
    let rest = rest.trim_start();
    rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).next().unwrap_or_default()
}
