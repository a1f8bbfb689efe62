//! The runner that a learner lives in: it watches the lesson's files, checks the lesson after every save, and takes keys
//! all the while.
//!
//! One loop takes [`Event`]s in turn and changes the [`state`]; [`draw`] shows the state on a screen, [`lines`] tells it
//! line by line. [`work`] checks, [`files`] watches, [`keys`] says what a key means and [`app`] does it.

mod app;
mod bars;
mod body;
mod book;
mod draw;
mod files;
mod keys;
mod lines;
mod links;
mod list;
mod screen;
mod state;
mod work;

use crate::course::Course;
use crate::exit::Answer;
use crate::show::paint::Paint;
use crate::terminal;
use crate::trouble::Trouble;

/// What the loop takes in turn.
#[derive(Debug)]
pub enum Event {
    /// A key, a signal, another size.
    Terminal(terminal::Event),
    /// The check that runs, or an earlier one.
    Work(work::Report),
    /// A save, or how saves are noticed; and the number of the watch that says so.
    Files(u64, Result<(), files::How>),
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

/// Watches the lesson that `asked` means, or the current one, until the learner has enough.
pub fn run(course: &Course, asked: Option<&str>, paint: Paint) -> Result<Answer, Trouble> {
    if paint == Paint::Words {
        lines::run(course, asked)?
    } else {
        screen::run(course, asked, paint)?
    }
    Ok(Answer::Yes)
}
