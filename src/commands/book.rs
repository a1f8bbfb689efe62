//! `kata book`: the walkthrough, at the chapter of a lesson.

use std::os::unix::process::ExitStatusExt;

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, asked, flag, lesson};
use crate::check::cargo;
use crate::course::progress::Board;
use crate::exit::Answer;
use crate::process::child::Stopped;
use crate::trouble::{self, Trouble, cannot};

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("book")
        .about("Open the walkthrough at a lesson's chapter: the current one's, unless named")
        .long_about(ABOUT)
        .after_help(HELP)
        .arg(lesson())
        .arg(flag("no-open", "Print the address, and leave the browser to you"))
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
Builds the walkthrough when it is older than its sources, serves it on 127.0.0.1 and opens it in the browser at the
chapter of the lesson. Ctrl-C ends it. The first time compiles mdBook, which takes a minute or two; an mdbook of your
own does as well: mdbook serve book";

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata book                    the chapter of your lesson, in the browser
  cargo kata book shmat --no-open    the address alone, for a browser elsewhere

Exit codes: 0 it was shown, 2 it could not be.";
