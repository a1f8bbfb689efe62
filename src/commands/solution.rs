//! `kata solution`: the code, then why it is as it is.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, columns, flag, lesson_or_current, may_show, show_unasked};
use crate::course::starter::{self, Reading};
use crate::course::{exchange, material};
use crate::exit::Answer;
use crate::out::emit;
use crate::show::solution;
use crate::show::wording::{WIDTH, readable};
use crate::text::Line;
use crate::text::line::raw;
use crate::text::style::Stylize;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("solution")
        .about("Show a lesson's solution, and why it is as it is")
        .after_help(HELP)
        .arg(lesson_or_current())
        .arg(flag("apply", "Put it in the place of your files; yours are kept in .kata"))
        .arg(show_unasked().conflicts_with("apply"))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let (course, lesson) = context.lesson(matches)?;
    if matches.get_flag("apply") {
        let files = starter::generate(&course.root, &course.solution(lesson), Reading::Solution)?;
        emit(&exchange::put(course, lesson, &files)?);
        emit(&format!("next     cargo kata check {}  then it counts as done\n", lesson.name));
        return Ok(Answer::Yes);
    }
    if !may_show(matches, course, lesson, "solution")? {
        return Ok(Answer::No);
    }
    emit(&context.paint.text(&solution::comments_wrapped(solution::code(course, lesson)?, columns())));
    if let Some(why) = material::why(course, lesson) {
        let head = Line::from(["Why".bold()]);
        let text: Vec<_> =
            [head, Line::default()].into_iter().chain(raw(&readable(&why, WIDTH.min(columns())))).collect();
        emit(&context.paint.text(&text));
    }
    Ok(Answer::Yes)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata solution shmget            the code, then why it is as it is
  cargo kata solution shmget --apply    puts it in, to begin with a later lesson; says how yours comes back

Exit codes: 0 done, 2 not.";
