//! `staff`, for authors: starters from solutions, new lessons from templates, and the lessons themselves put to the test.
//!
//! The runner starts it for `kata dev ...`; no learner compiles it. [`commands`] says what can be typed, [`rules`] what a
//! lesson and its chapter must be, [`parts`] what its starter, solution, variants and mistakes must do, and [`generated`]
//! what is written by the kata and not by an author.

mod commands;
mod findings;
mod generated;
mod manifest;
mod mistakes;
mod overlay;
mod packages;
mod parts;
mod patch;
mod rules;
mod scratch;
mod snapshot;
mod style;
mod tables;
mod templates;
mod undo;
mod variants;

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use commands::{check, new, sync};
use shm_kata::commands::{find_course, root};
use shm_kata::exit::{self, Answer};
use shm_kata::show::paint::Paint;
use shm_kata::trouble::Trouble;

fn main() -> ExitCode {
    exit::code(run(&definition().get_matches()))
}

/// The whole command line of `kata dev`.
fn definition() -> Command {
    Command::new("staff")
        .bin_name("kata dev")
        .about("For authors of lessons")
        .subcommand_required(true)
        .arg(root())
        .subcommands([new::definition(), sync::definition(), check::definition()])
}

/// Does what was typed.
fn run(matches: &ArgMatches) -> Result<Answer, Trouble> {
    let course = find_course(matches)?;
    match matches.subcommand() {
        Some(("new", matches)) => new::run(&course, matches),
        Some(("sync", _)) => sync::run(&course),
        Some(("check", matches)) => check::run(&course, matches, Paint::of_stdout()),
        other => unreachable!("clap knows no such command: {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_sound() {
        super::definition().debug_assert();
    }
}
