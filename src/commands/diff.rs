//! `kata diff`: the learner's files beside the solution's.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, flag, lesson_or_current};
use crate::course::progress::{Board, Standing};
use crate::exit::Answer;
use crate::out::{agreed, emit};
use crate::show::solution;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("diff")
        .about("Show what differs between your files and the solution")
        .after_help(HELP)
        .arg(lesson_or_current())
        .arg(flag("yes", "Do not ask, although the lesson has not passed yet").short('y'))
}

/// [`Answer::Yes`] when nothing differs.
fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let (course, lesson) = context.lesson(matches)?;
    let text = solution::difference(course, lesson)?;
    if text.is_empty() {
        emit(&format!("Lesson {}: yours and the solution are the same.\n", lesson.name));
        return Ok(Answer::Yes);
    }
    let standing = Board::read(course)?.standings[course.place(lesson)];
    if !matches.get_flag("yes") && standing == Standing::NotYet {
        let question = format!("Lesson {} has not passed yet, and this shows its solution. Show it?", lesson.name);
        let command = format!("kata diff {} --yes", lesson.name);
        if !agreed(&question, "the solution stays unseen: the lesson has not passed yet", &command)? {
            emit("Nothing was shown.\n");
            return Ok(Answer::No);
        }
    }
    emit(&context.paint.text(&text));
    Ok(Answer::No)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Example:
  cargo kata diff shmget    - is a line of yours, + one of the solution's; asks before the lesson passes

Exit codes: 0 nothing differs, 1 something does, 2 it could not be shown.";
