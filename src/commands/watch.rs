//! `kata watch`: stays on the terminal and checks after every save.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, asked, lesson};
use crate::exit::Answer;
use crate::trouble::{Trouble, cannot};
use crate::{terminal, watch};

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("watch")
        .about("Watch a lesson's files and check it after every save; `?` shows the keys")
        .long_about(ABOUT)
        .after_help(HELP)
        .arg(lesson())
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let course = context.course()?;
    if !terminal::is_there() {
        return Err(cannot("there is no terminal to watch on", "Once, without one: cargo run -- check"));
    }
    watch::run(course, asked(matches), context.paint)
}

const ABOUT: &str = "\
Watches a lesson's files and checks it after every save: the current lesson, unless named. This is what `cargo run`
alone does on a terminal. `?` shows the keys, q quits.

Where no file events come (some shared folders), the files are looked at four times a second; KATA_POLL=1 does so
from the start. r always runs.";

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata watch                 the current lesson
  cargo kata watch shmat           lesson 3
  cargo kata watch shmat --plain   line by line; the same letters, each followed by Enter";
