//! `kata`, the runner: shows the lessons, checks them, and says what to do next.
//!
//! Data flows one way: [`course`] finds the lessons, [`check`] builds and runs one, [`verdict`] is what came of it,
//! [`show`] turns that into text. Printing and exit codes happen here, at the edge. On a terminal [`watch`] goes round and
//! round so, one check after every save, and [`terminal`] is what it draws on.

mod ask;
mod board;
mod cargo;
mod check;
mod child;
mod cli;
mod commands;
mod compare;
mod completions;
mod course;
mod dev;
mod difference;
mod doctor;
mod exchange;
mod facts;
mod format;
mod guide;
mod hints;
mod json;
mod judge;
mod libtest;
mod material;
mod overlay;
mod paint;
mod progress;
mod show;
mod signals;
mod source;
mod spoken;
mod starter;
mod store;
mod terminal;
mod trouble;
mod users;
mod verdict;
mod watch;
mod wording;
mod xray;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::ArgMatches;

use course::Course;
use format::Format;
use paint::Paint;
use trouble::{Trouble, cannot};

/// What a command found; whatever kept it from finding out is [`Trouble`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Exit code 0.
    Yes,
    /// Exit code 1.
    No,
}

fn main() -> ExitCode {
    let matches = cli::command().get_matches();
    let answer = run(&matches);
    let answer = match signals::caught() {
        Some(signal) => Err(Trouble::Interrupted(signal)),
        None => answer,
    };
    match answer {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(Trouble::Cannot { what, advice }) => {
            warn(&what);
            if !advice.is_empty() {
                _ = writeln!(io::stderr(), "{advice}");
            }
            ExitCode::from(2)
        }
        // Only the watching runner stops what it began, and goes on.
        Err(Trouble::Unwanted) => ExitCode::from(2),
        Err(Trouble::Interrupted(signal)) => {
            signals::outlive_descendants(Duration::from_secs(2));
            ExitCode::from(128 + signal as u8)
        }
    }
}

fn run(matches: &ArgMatches) -> Result<Answer, Trouble> {
    // What asks the machine works wherever one is.
    let paint = if matches.get_flag("plain") { Paint::Words } else { Paint::of_stdout() };
    let root = matches.get_one::<PathBuf>("root").cloned();
    let root = root.or_else(|| std::env::var_os("KATA_ROOT").map(PathBuf::from));
    let course = Course::find(root.as_deref());
    match matches.subcommand() {
        Some(("xray", matches)) => return xray::run(matches, paint),
        Some(("doctor", matches)) => return doctor::run(matches, course.as_ref().ok(), paint),
        _ => {}
    }
    let course = course?;
    let Some((name, matches)) = matches.subcommand() else {
        return if terminal::is_there() { watch::run(&course, None, paint) } else { commands::home(&course, paint) };
    };
    let text = |name| matches.get_one::<String>(name).map(String::as_str);
    let asked = || text("lesson").unwrap_or_default();
    let lesson = || progress::lesson(&course, text("lesson"));
    match name {
        "list" => commands::list(&course, Format::of(matches), paint),
        "check" => match (Format::of(matches), matches.get_flag("all")) {
            (Format::Json, all) => commands::check_for_scripts(&course, text("lesson"), all),
            (Format::Text, true) => commands::check_all(&course, paint),
            (Format::Text, false) => commands::check(&course, text("lesson"), paint),
        },
        "hint" => {
            let level = matches.get_one::<usize>("level").or(matches.get_one("deeper")).copied();
            commands::hint(&course, lesson()?, level.unwrap_or(1), paint)
        }
        "reset" => commands::reset(&course, asked(), matches.get_flag("yes")),
        "solution" => commands::solution(&course, lesson()?, matches.get_flag("apply"), paint),
        "diff" => compare::diff(&course, lesson()?, matches.get_flag("yes"), paint),
        "book" => commands::book(&course, text("lesson"), !matches.get_flag("no-open")),
        "watch" if !terminal::is_there() => {
            Err(cannot("there is no terminal to watch on", "Once, without one: cargo run -- check"))
        }
        "watch" => watch::run(&course, text("lesson"), paint),
        "next" => commands::next(&course, paint),
        "completions" => completions::run(&course, text("shell").unwrap_or_default()),
        "dev" => dev::run(&course, matches, paint),
        other => unreachable!("clap knows no command {other}"),
    }
}

/// Prints to standard output. A reader that has gone away (`kata list | head -1`) ends the runner quietly.
pub fn emit(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        std::process::exit(if error.kind() == io::ErrorKind::BrokenPipe { 0 } else { 2 });
    }
}

/// Says on standard error what is not the answer but should be known.
pub fn warn(text: &str) {
    _ = writeln!(io::stderr(), "kata: {text}");
}
