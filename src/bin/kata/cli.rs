//! What can be typed.

mod help;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use std::path::PathBuf;

use crate::completions::SHELLS;
use crate::format::Format;
use crate::xray;

/// The parts of `dev check`, in the order in which they are done.
pub const PARTS: [&str; 6] = ["sync", "starters", "solutions", "variants", "mistakes", "style"];

/// Where the help shows what every command understands: behind its own.
const LAST: usize = 900;

/// The commands.
pub fn command() -> Command {
    let lesson = || Arg::new("lesson").value_name("LESSON").help("A lesson's number or name");
    let current = || lesson().help("A lesson's number or name; the current one, unless named");
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("kata")
        .about("System V shared memory, one failing test at a time")
        .after_help(help::SHORT)
        .after_long_help(help::LONG)
        .arg(
            Arg::new("root")
                .long("root")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .global(true)
                .display_order(LAST)
                .help("The kata, when it is not the current directory or above it"),
        )
        .arg(
            flag("plain", "Words alone, for a screen reader: no colour, no symbols, no columns")
                .global(true)
                .display_order(LAST),
        )
        .subcommand(
            Command::new("list")
                .about("Show the lessons, and where you are")
                .after_help("`kata list --help` has examples, and says what the names in its JSON mean.")
                .after_long_help(help::LIST)
                .arg(Format::argument()),
        )
        .subcommand(
            Command::new("check")
                .about("Run a lesson's tests: the current one's, unless named")
                .arg(lesson())
                .arg(flag("all", "Check every lesson").conflicts_with("lesson"))
                .after_help("`kata check --help` has examples, and says what the names in its JSON mean.")
                .after_long_help(help::CHECK)
                .arg(Format::argument()),
        )
        .subcommand(
            Command::new("watch")
                .about("Watch a lesson's files and check it after every save; `?` shows the keys")
                .long_about(help::ABOUT_WATCH)
                .after_help(help::WATCH)
                .arg(lesson()),
        )
        .subcommand(
            Command::new("hint")
                .about("Show a hint: a question first, then the call, then the shape")
                .after_help(help::HINT)
                .arg(current())
                .arg(level("level").index(2))
                .arg(level("deeper").long("level").conflicts_with("level").hide(true)),
        )
        .subcommand(
            Command::new("reset")
                .about("Put a lesson's files back as they were; yours are kept in .kata")
                .after_help(help::RESET)
                .arg(lesson().required(true))
                .arg(flag("yes", "Do not ask").short('y')),
        )
        .subcommand(
            Command::new("solution")
                .about("Show a lesson's solution, and why it is as it is")
                .after_help(help::SOLUTION)
                .arg(current())
                .arg(flag("apply", "Put it in the place of your files; yours are kept in .kata")),
        )
        .subcommand(
            Command::new("diff")
                .about("Show what differs between your files and the solution")
                .after_help(help::DIFF)
                .arg(current())
                .arg(flag("yes", "Do not ask, although the lesson has not passed yet").short('y')),
        )
        .subcommand(
            Command::new("book")
                .about("Open the walkthrough at a lesson's chapter: the current one's, unless named")
                .long_about(help::ABOUT_BOOK)
                .after_help(help::BOOK)
                .arg(lesson())
                .arg(flag("no-open", "Print the address, and leave the browser to you")),
        )
        .subcommand(
            Command::new("next").about("Show which lesson comes next, and where its task is").after_help(help::NEXT),
        )
        .subcommand(doctor())
        .subcommand(xray())
        .subcommand(
            Command::new("completions")
                .about("Print what a shell needs to complete commands and lessons at the Tab key")
                .after_help("`kata completions --help` says where it goes.")
                .after_long_help(help::COMPLETIONS)
                .arg(
                    Arg::new("shell")
                        .value_name("SHELL")
                        .required(true)
                        .value_parser(PossibleValuesParser::new(SHELLS))
                        .help("The shell that you type in"),
                ),
        )
        .subcommand(dev())
}

fn level(name: &'static str) -> Arg {
    Arg::new(name).value_name("LEVEL").value_parser(value_parser!(usize)).help("1, 2 or 3")
}

fn doctor() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("doctor")
        .about("Look for what could be in your way: toolchain, kernel, namespaces, segments left behind")
        .after_help("`kata doctor --help` says what the names in its JSON mean.")
        .after_long_help(help::DOCTOR)
        .arg(flag("clean", "Ask, then remove the segments that programs of yours left behind").conflicts_with("format"))
        .arg(flag("yes", "Do not ask").short('y').requires("clean"))
        .arg(Format::argument())
}

fn xray() -> Command {
    Command::new("xray")
        .about("Watch the System V segments: who has them mapped and where, and what changes in their bytes")
        .after_help("`kata xray --help` says what it touches, and what the names in its JSON mean.")
        .after_long_help(help::XRAY)
        .arg(Arg::new("once").long("once").action(ArgAction::SetTrue).help("Show one frame, then end"))
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("KEY")
                .value_parser(xray::parse_key)
                .allow_negative_numbers(true)
                .help("The segment with this key alone; decimal, or hexadecimal with 0x"),
        )
        .arg(
            Arg::new("id")
                .long("id")
                .value_name("ID")
                .value_parser(xray::parse_id)
                .help("The segment with this id alone"),
        )
        .arg(
            Arg::new("bytes")
                .long("bytes")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .default_value("256")
                .help("How many bytes of each segment one frame shows, from its first on"),
        )
        .arg(Format::argument())
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_sound() {
        super::command().debug_assert();
    }

    #[test]
    fn every_commands_help_has_an_example() {
        for command in super::command().get_subcommands_mut().filter(|command| command.get_name() != "dev") {
            let help = command.render_long_help().to_string();
            assert!(help.contains(&format!("cargo kata {}", command.get_name())), "{help}");
            assert!(help.lines().all(|line| line.chars().count() <= 120), "{help}");
        }
    }
}
