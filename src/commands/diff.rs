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
        .about("Compare your code with the solution (asks first if the lesson has not passed)")
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
  cargo kata diff shmget    Marks your lines with - and the solution's with +.

Your lines are shown as you wrote them. A difference of layout alone is not shown.

Exit codes: 0 there is no difference, 1 there is one, or you said no, 2 the two could not be compared.";
