//! What every command is given, and the arguments that several commands share.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::course::progress::{self, Board, Standing};
use crate::course::{Course, Lesson};
use crate::exit::Answer;
use crate::out::{agreed, emit, is_terminal};
use crate::show::page::WIDTH;
use crate::show::paint::Paint;
use crate::terminal;
use crate::trouble::Trouble;

/// A command: how it is typed, and what it does.
pub struct Entry {
    /// Its name, arguments and help.
    pub definition: fn() -> Command,
    /// Does it.
    pub run: fn(&ArgMatches, &Context) -> Result<Answer, Trouble>,
}

/// What a command works with besides its own arguments.
pub struct Context {
    /// The kata, or why there is none here: what asks only the machine works without one.
    pub found: Result<Course, Trouble>,
    /// For what kind of reader.
    pub paint: Paint,
    /// The whole command line's definition.
    pub command: Command,
}

impl Context {
    /// The kata.
    pub fn course(&self) -> Result<&Course, Trouble> {
        self.found.as_ref().map_err(Clone::clone)
    }

    /// The kata, and the lesson that the arguments name; the current one where they name none.
    pub fn lesson(&self, matches: &ArgMatches) -> Result<(&Course, &Lesson), Trouble> {
        let course = self.course()?;
        Ok((course, progress::lesson(course, asked(matches))?))
    }
}

/// How many characters a line of code has at most: as many as the terminal has columns. A file has no such limit.
pub fn columns() -> usize {
    let area = is_terminal().then(terminal::area);
    area.and_then(Result::ok).map_or(usize::MAX, |area| area.width.into())
}

/// How many characters a line of prose has at most.
pub fn prose() -> usize {
    WIDTH.min(columns())
}

/// The option `--yes` of a command that shows a solution.
pub fn show_unasked() -> Arg {
    flag("yes", "Do not ask, although the lesson has not passed yet").short('y')
}

/// Whether the lesson's solution may be shown: it asks while the lesson has not passed, unless there is a `--yes`.
pub fn may_show(matches: &ArgMatches, course: &Course, lesson: &Lesson, command: &str) -> Result<bool, Trouble> {
    let standing = Board::read(course)?.standings[course.place(lesson)];
    if matches.get_flag("yes") || standing != Standing::NotYet {
        return Ok(true);
    }
    let question = format!("Lesson {} has not passed yet, and this shows its solution. Show it?", lesson.name);
    let command = format!("kata {command} {} --yes", lesson.name);
    let may = agreed(&question, "the solution is not shown: the lesson has not passed yet", &command)?;
    if !may {
        emit("Nothing was shown.\n");
    }
    Ok(may)
}

/// The option `--root`, which every command understands.
pub fn root() -> Arg {
    Arg::new("root")
        .long("root")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .global(true)
        .help("The folder of the kata, if you are not in it")
}

/// The kata that `--root` or `KATA_ROOT` names, or the one that this directory lies in.
pub fn find_course(matches: &ArgMatches) -> Result<Course, Trouble> {
    let root = matches.get_one::<PathBuf>("root").cloned();
    Course::find(root.or_else(|| std::env::var_os("KATA_ROOT").map(PathBuf::from)).as_deref())
}

/// What was typed for LESSON.
pub fn asked(matches: &ArgMatches) -> Option<&str> {
    matches.get_one::<String>("lesson").map(String::as_str)
}

/// The argument LESSON.
pub fn lesson() -> Arg {
    Arg::new("lesson").value_name("LESSON").help("A lesson's number or name")
}

/// The argument LESSON of a command that means the current lesson unless one is named.
pub fn lesson_or_current() -> Arg {
    lesson().help("A lesson's number or name [default: your current lesson]")
}

/// An option that takes no value.
pub fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// The option `--format`.
pub fn format() -> Arg {
    Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(PossibleValuesParser::new(["text", "json"]))
        .default_value("text")
        .help("Text for a person, or JSON for a script")
}

/// Whether `--format json` was asked for.
pub fn wants_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("format").is_some_and(|format| format == "json")
}

/// The argument LEVEL.
pub fn level(name: &'static str) -> Arg {
    Arg::new(name)
        .value_name("LEVEL")
        .value_parser(value_parser!(usize))
        .help("1 (a question), 2 (the call) or 3 (the shape of the code)")
}
