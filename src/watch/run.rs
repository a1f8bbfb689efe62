//! Which of the two loops it is.

use super::{lines, screen};
use crate::course::Course;
use crate::exit::Answer;
use crate::show::paint::Paint;
use crate::trouble::Trouble;

/// Watches the lesson that `asked` means, or the current one, until the learner has enough.
pub fn run(course: &Course, asked: Option<&str>, paint: Paint) -> Result<Answer, Trouble> {
    if paint == Paint::Words {
        lines::run(course, asked)?
    } else {
        screen::run(course, asked, paint)?
    }
    Ok(Answer::Yes)
}
