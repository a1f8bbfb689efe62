//! What is shown instead of the verdict, and what is asked.

use super::list::List;
use crate::text::Line;

/// What is shown instead of the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Panel {
    Keys,
    /// The lessons, to go to one.
    Lessons(List),
    /// A text, with its title.
    Text {
        kind: Kind,
        title: String,
        text: Text,
    },
}

/// A text of the lesson's: code, then prose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Lines as they are.
    pub code: Vec<Line>,
    /// Markdown, to be wrapped.
    pub prose: String,
}

/// What a text is, for the key that shows more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A hint, and how deep it goes.
    Hint(usize),
    Task,
    Solution,
    Difference,
    /// Shapes that pass and are wrong.
    Shapes,
}

/// What a key is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Reset,
    /// The lesson has not passed yet.
    ShowSolution,
    ShowDifference,
}
