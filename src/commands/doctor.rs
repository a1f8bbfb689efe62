//! `kata doctor`: what could keep a learner from working.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, flag, format, wants_json};
use crate::doctor;
use crate::exit::Answer;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("doctor")
        .about("Look for problems on this machine: toolchain, kernel, namespaces, forgotten segments")
        .after_help("`kata doctor --help` shows examples and explains the JSON.")
        .after_long_help(HELP)
        .arg(flag("clean", "Remove the segments that your programs left behind (asks first)").conflicts_with("format"))
        .arg(flag("yes", "Do not ask").short('y').requires("clean"))
        .arg(format())
}

/// Works without a kata: it then looks at the machine alone.
fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    if matches.get_flag("clean") {
        return doctor::clean(matches.get_flag("yes"));
    }
    doctor::look(context.found.as_ref().ok(), wants_json(matches), context.paint)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata doctor            Prints a line for each thing it checks, and what to do about each problem.
  cargo kata doctor --clean    Asks, then removes the segments that your programs left behind.

A segment counts as left behind if one of your processes created it, that process has ended, and no process is attached.
It may be a message that waits for its reader, so --clean asks. It removes no other segment.

--format json prints {\"to_mend\": how many problems, \"findings\": [...]}. These fields' names will not change:
  name      cargo, rustc, linker, kernel, machine, limits, namespaces, lesson (one for each lesson of the kata: whether
            its tests get the namespaces that they need), ipcs, perl, or left-behind (one for each segment)
  health    fine; note: the kata works, and this is worth knowing; mend: a problem
  says      what was found
  advice    what follows from it and what to do, or null

Exit codes: 0 no problem was found, 1 there are problems, 2 it could not look, or had no terminal to ask on.";
