//! `kata dev`: the author's commands. They are a separate package, which no learner compiles.

use clap::{Arg, ArgMatches, Command};

use super::context::{Context, Entry};
use crate::check::cargo;
use crate::exit::Answer;
use crate::process::child::Stopped;
use crate::trouble::{self, Trouble, cannot};

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("dev").about("Commands for authors of lessons").disable_help_flag(true).arg(
        Arg::new("arguments")
            .num_args(0..)
            .trailing_var_arg(true)
            .allow_hyphen_values(true)
            .value_name("ARGUMENTS")
            .help("What `cargo run -p staff` is given; `kata dev --help` lists it"),
    )
}

/// Hands over to the package `staff`, which says everything else.
fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let course = context.course()?;
    let mut cargo = cargo::command(&course.root);
    cargo.args(["run", "--quiet", "--package", "staff", "--"]);
    cargo.args(matches.get_many::<String>("arguments").unwrap_or_default());
    match cargo.status().map(|status| status.code()) {
        Ok(Some(0)) => Ok(Answer::Yes),
        Ok(Some(1)) => Ok(Answer::No),
        Ok(_) => Err(cannot("the author's command could not be run", "What was said above tells why.")),
        Err(error) => Err(trouble::program("cargo", cargo::INSTALL, Stopped::NotStarted(error))),
    }
}
