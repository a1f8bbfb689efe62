//! `kata diff`: the learner's files beside the solution's.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, columns, lesson_or_current, may_show, show_unasked};
use crate::exit::Answer;
use crate::out::emit;
use crate::show::solution;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("diff")
        .about("Show what differs between your files and the solution")
        .after_help(HELP)
        .arg(lesson_or_current())
        .arg(show_unasked())
}

/// [`Answer::Yes`] when nothing differs.
fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let (course, lesson) = context.lesson(matches)?;
    let text = solution::difference(course, lesson)?;
    if text.is_empty() {
        emit(&format!("Lesson {}: yours and the solution are the same.\n", lesson.name));
        return Ok(Answer::Yes);
    }
    if may_show(matches, course, lesson, "diff")? {
        emit(&context.paint.text(&solution::comments_wrapped(text, columns())));
    }
    Ok(Answer::No)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Example:
  cargo kata diff shmget    - is a line of yours, + one of the solution's; asks before the lesson passes

Exit codes: 0 nothing differs, 1 something does, 2 it could not be shown.";
