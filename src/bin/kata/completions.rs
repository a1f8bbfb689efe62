//! `kata completions`: what a shell offers at the Tab key.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command};
use clap_complete::aot::{Shell, generate};

use crate::course::{Course, Lesson};
use crate::trouble::Trouble;
use crate::{Answer, cli, emit};

/// The shells that are offered.
pub const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// `kata completions SHELL`: the script, on standard output.
pub fn run(course: &Course, shell: &str) -> Result<Answer, Trouble> {
    let shell = shell.parse().unwrap_or(Shell::Bash);
    let mut script = Vec::new();
    generate(shell, &mut offering(cli::command(), course), "kata", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Fish {
        script += &lessons_for_fish(course);
    }
    emit(&script);
    Ok(Answer::Yes)
}

/// clap_complete's script for fish knows commands and options, and nothing of what stands without a name.
fn lessons_for_fish(course: &Course) -> String {
    let command = cli::command();
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
