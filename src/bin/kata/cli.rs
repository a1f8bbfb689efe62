//! What can be typed.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use std::path::PathBuf;

/// The parts of `dev check`, in the order in which they are done.
pub const PARTS: [&str; 6] = ["sync", "starters", "solutions", "variants", "mistakes", "style"];

/// The commands.
pub fn command() -> Command {
    let lesson = || Arg::new("lesson").value_name("LESSON").help("A lesson's number or name");
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("kata")
        .about("System V shared memory, one failing test at a time")
        .after_help(AFTER_HELP)
        .arg(
            Arg::new("root")
                .long("root")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .global(true)
                .help("The kata, when it is not the current directory or above it"),
        )
        .subcommand(Command::new("list").about("Show the lessons, and where you are"))
        .subcommand(
            Command::new("check")
                .about("Run a lesson's tests: the current one's, unless named")
                .arg(lesson())
                .arg(flag("all", "Check every lesson").conflicts_with("lesson")),
        )
        .subcommand(
            Command::new("hint")
                .about("Show a hint: a question first, then the call, then the shape")
                .arg(lesson().required(true))
                .arg(level("level").index(2))
                .arg(level("deeper").long("level").conflicts_with("level")),
        )
        .subcommand(
            Command::new("reset")
                .about("Put a lesson's files back as they were; yours are kept in .kata")
                .arg(lesson().required(true))
                .arg(flag("yes", "Do not ask").short('y')),
        )
        .subcommand(
            Command::new("solution")
                .about("Show a lesson's solution")
                .arg(lesson().required(true))
                .arg(flag("apply", "Put it in the place of your files; yours are kept in .kata")),
        )
        .subcommand(
            Command::new("diff")
                .about("Show what differs between your files and the solution")
                .after_help("Exit codes: 0 nothing differs, 1 something does, 2 it could not be shown.")
                .arg(lesson().required(true))
                .arg(flag("yes", "Do not ask, although the lesson has not passed yet").short('y')),
        )
        .subcommand(Command::new("next").about("Show which lesson comes next, and where its task is"))
        .subcommand(dev())
}

fn level(name: &'static str) -> Arg {
    Arg::new(name).value_name("LEVEL").value_parser(value_parser!(usize)).help("1, 2 or 3")
}

fn dev() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("dev")
        .about("For authors of lessons")
        .subcommand_required(true)
        .subcommand(Command::new("sync").about("Write the starters that the solutions generate into lessons/*/src"))
        .subcommand(
            Command::new("check")
                .about("Check the lessons themselves")
                .arg(Arg::new("lesson").value_name("LESSON").help("This lesson alone"))
                .arg(
                    Arg::new("only")
                        .long("only")
                        .value_name("PART")
                        .action(ArgAction::Append)
                        .value_parser(PossibleValuesParser::new(PARTS))
                        .help("This part alone"),
                )
                .arg(flag("bless", "Write down what the mistakes' failures say now"))
                .arg(flag("deny-skips", "Take a test that skips for a failure")),
        )
}

const AFTER_HELP: &str = "\
Without a command: the board, and the current lesson's tests.

Exit codes: 0 the lesson passes, 1 it does not, 2 the kata could not run.
`cargo kata ARGS` is short for `cargo run -- ARGS`.";

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_sound() {
        super::command().debug_assert();
    }
}
