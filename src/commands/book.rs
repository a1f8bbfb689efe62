//! `kata book`: the walkthrough, at the chapter of a lesson.

use std::os::unix::process::ExitStatusExt;

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, asked, flag, lesson_or_current};
use crate::check::cargo;
use crate::course::progress::Board;
use crate::exit::Answer;
use crate::process::child::Stopped;
use crate::trouble::{self, Trouble, cannot};

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("book")
        .about("Open the walkthrough in the browser, at the chapter of a lesson")
        .long_about(ABOUT)
        .after_help(HELP)
        .arg(lesson_or_current())
        .arg(flag("no-open", "Print the address and do not open a browser"))
}

/// Hands over to the package `book`, which lives as long as the reader wants it.
fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let course = context.course()?;
    let lesson = match asked(matches) {
        Some(asked) => Some(course.lesson(asked)?),
        None => Board::read(course)?.current.map(|current| &course.lessons[current]),
    };
    let page = lesson.map_or("index.html".to_owned(), |lesson| format!("lessons/{}.html", lesson.folder));
    let mut cargo = cargo::book(&course.root, &page);
    cargo.args((!matches.get_flag("no-open")).then_some("--open"));
    match cargo.status() {
        // Ctrl-C is how a reader ends it.
        Ok(status) if status.success() || status.signal().is_some() => Ok(Answer::Yes),
        Ok(_) => Err(cannot("the walkthrough could not be shown", "What was said above tells why.")),
        Err(error) => Err(trouble::program("cargo", cargo::INSTALL, Stopped::NotStarted(error))),
    }
}

const ABOUT: &str = "\
Builds the walkthrough if its sources have changed, serves it on 127.0.0.1 and opens it in the browser at the lesson's
chapter. Ctrl-C stops it. The first time compiles mdBook, which takes a minute or two. If you have mdbook installed, you
can use that instead: mdbook serve book";

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata book                    Opens the chapter of your current lesson.
  cargo kata book shmat --no-open    Prints the address of lesson 3's chapter, for a browser elsewhere.

Exit codes: 0 the walkthrough was shown, 2 it could not be.";
