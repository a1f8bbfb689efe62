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
        .about("Show the lessons, and where you are")
        .after_help("`kata list --help` has examples, and says what the names in its JSON mean.")
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
  cargo kata list                  the board
  cargo kata list --format json    for scripts

With --format json, {\"lessons\": [...]}, each with these fields, whose names stay:
  number, name, idea        as on the board
  folder                    the lesson's, from the kata's root
  standing                  done; partial: passed as far as this machine can show; changed: passed, and its
                            files have changed since; not-yet
  current                   whether `cargo run` checks it next; with every lesson passed, none is

Exit codes: 0 shown, 2 not.";
