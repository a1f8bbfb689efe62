//! `kata list`: the lessons, and where the learner is.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, format, wants_json};
use crate::course::progress::Board;
use crate::exit::Answer;
use crate::out::emit;
use crate::show::{board, facts};
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("list")
        .about("List the lessons and show which one is yours now")
        .after_help("`kata list --help` shows examples and explains the JSON.")
        .after_long_help(HELP)
        .arg(format())
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let course = context.course()?;
    let standings = Board::read(course)?;
    if wants_json(matches) {
        emit(&format!("{}\n", facts::board(course, &standings)));
    } else {
        emit(&context.paint.text(&board::board(course, &standings)));
    }
    Ok(Answer::Yes)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata list                  A line for each lesson.
  cargo kata list --format json    The same for scripts.

--format json prints {\"lessons\": [...]}. Each lesson has these fields, and their names will not change:
  number, name, idea        as in the list
  folder                    the lesson's folder, seen from the kata's root
  standing                  done; partial: every test passed that can run on this machine; changed: it passed, and
                            its files have changed since; not-yet
  current                   whether `cargo kata` checks it next; no lesson is current when all have passed

Exit codes: 0 the lessons were listed, 2 they could not be.";
