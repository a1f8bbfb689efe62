//! What the loop takes in turn.

use std::time::Duration;

use super::files::How;
use crate::check::News;
use crate::check::judge::Judgement;
use crate::terminal;
use crate::trouble::Trouble;

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A key, a signal, another size.
    Terminal(terminal::Event),
    /// What comes from a check: its number, so that an old one's last words are known as such, and what it says.
    Work(u64, Said),
    /// A save, or how saves are noticed; and the number of the watch that says so.
    Files(u64, Result<(), How>),
    /// What the walkthrough's server says.
    Book(String),
    /// A line that was typed, where there is no screen; `None` when there will be no more.
    Line(Option<String>),
}

impl From<terminal::Event> for Event {
    fn from(event: terminal::Event) -> Self {
        Self::Terminal(event)
    }
}

/// What a check says.
#[derive(Debug)]
pub enum Said {
    News(News),
    /// It has ended, after this time.
    Ended(Box<Result<Judgement, Trouble>>, Duration),
}
