//! `kata next`: the lesson that comes next, and its task. Marks nothing.

use std::fs;

use clap::{ArgMatches, Command};

use super::context::{Context, Entry};
use crate::course::progress::{Board, Standing};
use crate::exit::Answer;
use crate::out::emit;
use crate::show::board;
use crate::text::Line;
use crate::text::style::Stylize;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("next").about("Show which lesson is next and where its task is").after_help(HELP)
}

fn run(_: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let (course, paint) = (context.course()?, context.paint);
    let board = Board::read(course)?;
    let Some(lesson) = board.current.map(|current| &course.lessons[current]) else {
        emit(&paint.text(&board::all_done(course, board.count(Standing::Partial))));
        return Ok(Answer::Yes);
    };
    let task = fs::read_to_string(course.dir(lesson).join("README.md")).unwrap_or_default();
    let title = task.lines().find_map(|line| line.strip_prefix("# ")).map(str::to_owned);
    let title = title.unwrap_or_else(|| format!("{} · {}: {}", lesson.number, lesson.name, lesson.idea));
    let words = title.replace(" · ", ", ");
    emit(&paint.text(&[
        Line::from([title.bold().spoken(words)]),
        Line::default(),
        Line::row("read", [format!("lessons/{}/README.md", lesson.folder).into()]),
        Line::row("check", [format!("cargo kata check {}", lesson.name).cyan()]),
    ]));
    Ok(Answer::Yes)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Example:
  cargo kata next    Shows the title, the file with the task, and the command that checks it.

Exit codes: 0 the lesson was shown, 2 it could not be.";
