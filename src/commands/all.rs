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
            flag("plain", "For a screen reader: words instead of symbols, colours and columns")
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
Without a command, kata checks your current lesson. `kata --help` says how to begin and what to do when you are stuck.";

const LONG: &str = "\
How to begin:
  cargo kata                 Shows your lesson, its first failing test and the line to open. On a terminal it stays,
                             and checks again after every save; `?` shows the keys.
  lessons/00_warmup/         The first lesson. README.md is the task; in src/lib.rs you replace each todo!.
  cargo kata next            Names the next lesson, once this one passes. `cargo kata list` shows all lessons.

When you are stuck:
  cargo kata hint key        Asks a question; `hint key 2` names the call, `hint key 3` shows the shape of the code.
  test PATH:LINE             In the report: open this test. It is short, and the comment above it says what it wants.
  KATA_SEED=0x... cargo test ...
                             In the report: runs that test again with the same keys and sizes.
  cargo kata xray            Shows the segments, live: which processes have attached them, and what they store.
  cargo kata book            Opens the walkthrough, which explains the idea with pictures.
  cargo kata doctor          Says whether your machine is the cause.
  cargo kata solution key    Shows a solution and the reasons for it. --apply puts it into your files and keeps yours.

`cargo kata` works in every folder of the clone. LESSON is a lesson's number, name or folder.
Exit codes: 0 the lesson passes, 1 it does not pass, 2 kata could not run.
With --plain, or where TERM=dumb, words say what symbols and columns show, and nothing on the screen moves.";

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
