//! The whole command line of `kata dev`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};

use super::{check, new, sync};
use shm_kata::course::Course;
use shm_kata::exit::Answer;
use shm_kata::show::paint::Paint;
use shm_kata::trouble::Trouble;

/// The whole command line.
pub fn definition() -> Command {
    Command::new("staff")
        .bin_name("kata dev")
        .about("For authors of lessons")
        .subcommand_required(true)
        .arg(
            Arg::new("root")
                .long("root")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .global(true)
                .help("The kata, when it is not the current directory or above it"),
        )
        .subcommands([new::definition(), sync::definition(), check::definition()])
}

/// Does what was typed.
pub fn run(matches: &ArgMatches) -> Result<Answer, Trouble> {
    let root = matches.get_one::<PathBuf>("root").cloned();
    let course = Course::find(root.or_else(|| std::env::var_os("KATA_ROOT").map(PathBuf::from)).as_deref())?;
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
