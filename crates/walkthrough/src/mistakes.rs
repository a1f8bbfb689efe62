//! One section of a `mistakes.md`, of which a chapter shows the report, or what is wrong and the diff.
//!
//! Whether the file is well formed is for `kata dev check` to say.

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
    /// If there is no such section, or it has no such piece.
    pub fn of(self, file: &str, name: &str) -> Result<String, String> {
        let mut kept = Vec::new();
        let mut section = "";
        // The fence and the language of the block that a line is in.
        let mut block = None;
        let mut found = false;
        for line in file.lines() {
            let ticks = line.len() - line.trim_start_matches('`').len();
            let was = block;
            block = match block {
                Some((fence, _)) if line.trim_end() == fence => None,
                None if ticks >= 3 => Some((&line[..ticks], line[ticks..].trim())),
                same => same,
            };
            if let (None, Some(name)) = (was, line.strip_prefix("## ")) {
                section = name.trim();
            } else if section == name {
                found = true;
                let in_report = was.or(block).is_some_and(|(_, language)| language == "text");
                let is_fence = was.is_some() != block.is_some();
                match self {
                    Self::Mistake if !in_report => kept.push(line),
                    Self::Report if in_report && !is_fence => kept.push(line),
                    _ => {}
                }
            }
        }
        let kept = kept.join("\n");
        match kept.trim().is_empty() {
            false if self == Self::Mistake => Ok(kept.trim().to_owned()),
            false => Ok(kept),
            true if found && self == Self::Report => Err("its report is not written down yet".to_owned()),
            true if found => Err("nothing is there".to_owned()),
            true => Err(format!("it has no section `## {name}`")),
        }
    }
}
