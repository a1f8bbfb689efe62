//! `kata hint`: a question first, then the call, then the shape.

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, lesson_or_current, level, prose};
use crate::course::material;
use crate::exit::Answer;
use crate::out::emit;
use crate::show::page::page;
use crate::text::Line;
use crate::text::style::Stylize;
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("hint")
        .about("Show a hint: first a question, then the call, then the shape of the code")
        .after_help(HELP)
        .arg(lesson_or_current())
        .arg(level("level").index(2))
        .arg(level("deeper").long("level").conflicts_with("level").hide(true))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let (course, lesson) = context.lesson(matches)?;
    let level = matches.get_one::<usize>("level").or(matches.get_one("deeper")).copied().unwrap_or(1);
    let hints = material::hints(course, lesson)?;
    let hint = material::hint(lesson, &hints, level)?;
    let head = format!("{}, hint {level} of {}: {}", lesson.name, hints.len(), hint.title);
    let mut text = vec![Line::from([head.bold()]), Line::default()];
    text.extend(page(&hint.text, prose()));
    if level < hints.len() {
        let mut deeper = Line::row("deeper", [format!("cargo kata hint {} {}", lesson.name, level + 1).cyan()]);
        // As the hint's own text it begins at the edge.
        deeper.spans.remove(0);
        text.extend([Line::default(), deeper]);
    }
    emit(&context.paint.text(&text));
    Ok(Answer::Yes)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata hint shmget      Shows the first hint of lesson 2: a question.
  cargo kata hint shmget 2    Names the call to make. Hint 3 shows the shape of the code.

Exit codes: 0 the hint was shown, 2 it could not be.";
