//! The whole command line.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, find_course, flag, root};
use super::{book, check, completions, dev, diff, doctor, hint, list, next, reset, solution, watch, xray};
use crate::exit::Answer;
use crate::show::paint::Paint;
use crate::terminal;
use crate::trouble::Trouble;

/// The commands, in the order in which `--help` lists them.
const ALL: [Entry; 13] = [
    list::ENTRY,
    check::ENTRY,
    watch::ENTRY,
    hint::ENTRY,
    reset::ENTRY,
    solution::ENTRY,
    diff::ENTRY,
    book::ENTRY,
    next::ENTRY,
    doctor::ENTRY,
    xray::ENTRY,
    completions::ENTRY,
    dev::ENTRY,
];

/// Where the help shows what every command understands: behind its own.
const LAST: usize = 900;

/// The whole command line.
pub fn definition() -> Command {
    Command::new("kata")
        .about("System V shared memory, one failing test at a time")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(SHORT)
        .after_long_help(LONG)
        .arg(root().display_order(LAST))
        .arg(
            flag("plain", "Words alone, for a screen reader: no colour, no symbols, no columns")
                .global(true)
                .display_order(LAST),
        )
        .subcommands(ALL.iter().map(|entry| (entry.definition)()))
}

/// Does what was typed.
pub fn run(matches: &ArgMatches, command: Command) -> Result<Answer, Trouble> {
    let paint = if matches.get_flag("plain") { Paint::Words } else { Paint::of_stdout() };
    let context = Context { found: find_course(matches), paint, command };
    let Some((name, matches)) = matches.subcommand() else {
        return if terminal::is_there() {
            crate::watch::run(context.course()?, None, paint)
        } else {
            check::home(&context)
        };
    };
    let entry = ALL.iter().find(|entry| (entry.definition)().get_name() == name);
    (entry.expect("clap knows no command but these").run)(matches, &context)
}

const SHORT: &str = "\
Without a command: the current lesson. `kata --help` says how to begin, and what to do when you are stuck.";

const LONG: &str = "\
How to begin:
  cargo run                  your lesson, its first failing test, and which line to open. On a terminal it stays,
                             and checks again after every save; `?` shows its keys.
  lessons/00_warmup/         the first lesson: README.md is the task, src/lib.rs is yours. Each todo! is a blank.
  cargo kata next            the next lesson, once this one passes; `cargo kata list` shows them all.

When you are stuck:
  cargo kata hint key        a question; `hint key 2` is the call, `hint key 3` the shape of the code.
  test PATH:LINE             in the report: open it. A test is short, and says above what it wants.
  KATA_SEED=0x... cargo test ...
                             in the report: that test again, with the same keys and sizes.
  cargo kata xray            the segments, live: who has each mapped, and what changes in its bytes.
  cargo kata book            the walkthrough: the idea, with pictures.
  cargo kata doctor          whether it is the machine and not you.
  cargo kata solution key    the kata's way, and why. With --apply it goes into your files, and yours are kept.

`cargo kata ARGS` is short for `cargo run -- ARGS`. A lesson goes by its number, name or folder.
Exit codes: 0 the lesson passes, 1 it does not, 2 the kata could not run.
With --plain, or where TERM=dumb, what marks and columns say is said in words, and nothing moves.";

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_sound() {
        super::definition().debug_assert();
    }

    #[test]
    fn every_commands_help_has_an_example() {
        for command in super::definition().get_subcommands_mut().filter(|command| command.get_name() != "dev") {
            let help = command.render_long_help().to_string();
            assert!(help.contains(&format!("cargo kata {}", command.get_name())), "{help}");
            assert!(help.lines().all(|line| line.chars().count() <= 120), "{help}");
        }
    }
}
