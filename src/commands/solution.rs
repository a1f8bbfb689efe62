//! `kata solution`: the code, then why it is as it is.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, columns, flag, lesson_or_current, may_show, prose, show_unasked};
use crate::course::starter::{self, Reading};
use crate::course::{exchange, material};
use crate::exit::Answer;
use crate::out::emit;
use crate::show::page::page;
use crate::show::solution;
use crate::text::Line;
use crate::text::style::Stylize;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("solution")
        .about("Show a solution and the reasons for it (asks first if the lesson has not passed)")
        .after_help(HELP)
        .arg(lesson_or_current())
        .arg(flag("apply", "Put it into your files without showing it (your code is kept in .kata)"))
        .arg(show_unasked().conflicts_with("apply"))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let (course, lesson) = context.lesson(matches)?;
    if matches.get_flag("apply") {
        let files = starter::generate(&course.root, &course.solution(lesson), Reading::Solution)?;
        emit(&exchange::put(course, lesson, &files)?);
        emit(&format!("To mark the lesson as done: cargo kata check {}\n", lesson.name));
        return Ok(Answer::Yes);
    }
    if !may_show(matches, course, lesson, "solution")? {
        return Ok(Answer::No);
    }
    emit(&context.paint.text(&solution::comments_wrapped(solution::code(course, lesson)?, columns())));
    if let Some(why) = material::why(course, lesson) {
        let head = Line::from(["Why".bold()]);
        let text: Vec<_> = [head, Line::default()].into_iter().chain(page(&why, prose())).collect();
        emit(&context.paint.text(&text));
    }
    Ok(Answer::Yes)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata solution shmget            Shows the code, then why it is written so.
  cargo kata solution shmget --apply    Puts it into your files, so that you can go on with a later lesson, and prints
                                        the command that gets your code back.

Exit codes: 0 done, 1 you said no, 2 it could not be done.";
