//! `kata completions`: what a shell offers at the Tab key.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgMatches, Command};
use clap_complete::aot::{Shell, generate};

use super::context::{Context, Entry};
use crate::course::{Course, Lesson};
use crate::exit::Answer;
use crate::out::emit;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

/// The shells that are offered.
const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

fn definition() -> Command {
    Command::new("completions")
        .about("Print a script that lets your shell complete commands and lessons with Tab")
        .after_help("`kata completions --help` says how to install it.")
        .after_long_help(HELP)
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(PossibleValuesParser::new(SHELLS))
                .help("Your shell"),
        )
}

/// The script, on standard output.
fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let course = context.course()?;
    let shell = matches.get_one::<String>("shell").and_then(|shell| shell.parse().ok()).unwrap_or(Shell::Bash);
    let mut script = Vec::new();
    generate(shell, &mut offering(context.command.clone(), course), "kata", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Fish {
        script += &lessons_for_fish(&context.command, course);
    }
    emit(&script);
    Ok(Answer::Yes)
}

/// clap_complete's script for fish knows commands and options, and nothing of what stands without a name.
fn lessons_for_fish(command: &Command, course: &Course) -> String {
    let wants = |command: &&Command| command.get_positionals().any(|arg| is_named(arg, "LESSON"));
    let mut script = String::new();
    for command in command.get_subcommands().filter(wants) {
        let here = format!("__fish_kata_using_subcommand {}", command.get_name());
        for lesson in &course.lessons {
            let idea = lesson.idea.replace('\\', "\\\\").replace('\'', "\\'");
            script += &format!("complete -c kata -n \"{here}\" -f -a \"{}\" -d '{idea}'\n", lesson.name);
        }
    }
    script
}

/// The command with the lessons and the levels as all there is to choose from. What is typed is never read by this one:
/// a lesson's number or folder will do as well.
fn offering(command: Command, course: &Course) -> Command {
    let lesson = |lesson: &Lesson| PossibleValue::new(lesson.name.clone()).help(lesson.idea.clone());
    let offer = |arg: Arg| {
        if is_named(&arg, "LESSON") {
            arg.value_parser(PossibleValuesParser::new(course.lessons.iter().map(lesson)))
        } else if is_named(&arg, "LEVEL") {
            arg.value_parser(["1", "2", "3"])
        } else {
            arg
        }
    };
    command.mut_args(offer).mut_subcommands(|command| offering(command, course))
}

/// Whether the argument's value goes by this name in the help.
fn is_named(arg: &Arg, name: &str) -> bool {
    arg.get_value_names().is_some_and(|names| names.iter().any(|found| found == name))
}

/// What `--help` says below the arguments.
const HELP: &str = "\
A shell completes the command `kata`, so you need a function of that name. For your shell, type these two lines in the
kata's folder. Type the first one again when there is a new lesson or command:

  bash   cargo kata completions bash > ~/.kata.bash
         echo 'kata() { cargo kata \"$@\"; }; . ~/.kata.bash' >> ~/.bashrc
  zsh    cargo kata completions zsh > ~/.kata.zsh
         echo 'kata() { cargo kata \"$@\"; }; autoload -U compinit; compinit; . ~/.kata.zsh' >> ~/.zshrc
  fish   cargo kata completions fish > ~/.kata.fish
         echo 'function kata; cargo kata $argv; end; source ~/.kata.fish' >> ~/.config/fish/config.fish

In a new shell `kata hint <Tab>` then offers the lessons. The function works in every folder of the clone.";
