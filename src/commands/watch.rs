//! `kata watch`: stays on the terminal and checks after every save.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, asked, lesson_or_current};
use crate::exit::Answer;
use crate::trouble::{Trouble, cannot};
use crate::{terminal, watch};

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("watch")
        .about("Check a lesson now and after every save; `?` shows the keys")
        .long_about(ABOUT)
        .after_help(HELP)
        .arg(lesson_or_current())
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let course = context.course()?;
    if !terminal::is_there() {
        return Err(cannot("there is no terminal to watch on", "Once, without one: cargo kata check"));
    }
    watch::run(course, asked(matches), context.paint)
}

const ABOUT: &str = "\
Checks a lesson now and after every save. `cargo kata` alone does this on a terminal, with your current lesson. `?`
shows the keys, q quits.

In some shared folders no events tell that a file has changed. There, kata looks at the files four times a second.
KATA_POLL=1 makes it do so from the start. The key r runs the tests at any time.";

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata watch                 Watches your current lesson.
  cargo kata watch shmat           Watches lesson 3.
  cargo kata watch shmat --plain   Prints line by line. The keys are the same, each followed by Enter.

Exit codes: 0 you left it, 2 it could not run.";
