//! `kata doctor`: what could keep a learner from working.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, flag, format, wants_json};
use crate::doctor;
use crate::exit::Answer;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("doctor")
        .about("Look for what could be in your way: toolchain, kernel, namespaces, segments left behind")
        .after_help("`kata doctor --help` says what the names in its JSON mean.")
        .after_long_help(HELP)
        .arg(flag("clean", "Ask, then remove the segments that programs of yours left behind").conflicts_with("format"))
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
  cargo kata doctor            a line for each thing it looks at, and what to do where something is wrong
  cargo kata doctor --clean    asks, then removes what your programs left behind

A segment is left behind when a program of yours made it, the process that made it has ended, and nobody is
attached. It may be a message that still waits for its reader, so --clean asks. It removes no other segment.

With --format json, {\"to_mend\": how many, \"findings\": [...]}, each with these fields, whose names stay:
  name      cargo, rustc, linker, kernel, machine, limits, namespaces, lesson (one a lesson, in the kata: whether
            its tests get the namespaces that they want), ipcs, perl, or left-behind (one a segment)
  health    fine; note: the kata works, and something is worth knowing; mend: it wants to be mended
  says      what was found
  advice    what follows, and what to do, or null

Exit codes: 0 nothing to mend, 1 something, 2 it could not look, or had nobody to ask.";
