//! One section of a `mistakes.md`, of which a chapter shows the report, or what is wrong and the diff.
//!
//! Whether the mistake is well formed is for `kata dev check` to say.

use crate::sections::find;

/// A part of the section `## name`.
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
        let section = find(file, name)?;
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
