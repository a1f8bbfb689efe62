//! `kata reset`: a lesson's files as they were.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, asked, flag, lesson};
use crate::course::exchange;
use crate::exit::Answer;
use crate::out::{agreed, emit, warn};
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("reset")
        .about("Reset a lesson to its starter (asks first; your code is kept in .kata)")
        .after_help(HELP)
        .arg(lesson().required(true))
        .arg(flag("yes", "Do not ask").short('y'))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let course = context.course()?;
    let lesson = course.lesson(asked(matches).unwrap_or_default())?;
    if exchange::is_untouched(course, lesson)? {
        emit(&format!("Lesson {} is its starter already.\n", lesson.name));
        return Ok(Answer::Yes);
    }
    let question = format!("Reset lessons/{}/src to the starter? Your code is kept in .kata.", lesson.folder);
    let (follows, command) =
        (format!("lesson {} stays as it is", lesson.name), format!("kata reset {} --yes", lesson.name));
    if !matches.get_flag("yes") && !agreed(&question, &follows, &command)? {
        emit("Nothing was changed.\n");
        return Ok(Answer::No);
    }
    let (said, kept) = exchange::reset(course, lesson)?;
    emit(&said);
    if let Err(error) = kept {
        warn(&format!("your progress could not be kept in progress.txt: {error}"));
    }
    Ok(Answer::Yes)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Example:
  cargo kata reset shmget    Asks, resets lesson 2, and prints the command that gets your code back.

Exit codes: 0 the lesson is its starter now, 1 you said no, 2 it could not be reset.";
