//! What a verdict consists of, as text: a test, its failure, the compiler's errors.

use std::time::Duration;

use kata::report::{AGAIN, sentence};

use crate::check::verdict::{Errors, Outcome, Parts, Test};
use crate::show::page::command;
use crate::show::paint::Mark;
use crate::show::spoken;
use crate::text::line::raw;
use crate::text::style::Stylize;
use crate::text::{Line, Span, ansi};

/// After this time tests that run and do not fail are slow.
pub const LONG: Duration = Duration::from_secs(10);
/// What there is to say of that.
pub const SLOW: &str = "Each test runs in a new process, so a slow first call is slow in every test.";

/// One test function with all its cases. `failed` is how many have failed so far.
pub fn test(cases: &[Test], shown_below: bool) -> Line {
    let line = |mark: Mark, rest: Vec<Span>| ["  ".into(), mark.span(), " ".into()].into_iter().chain(rest).collect();
    let count = cases.len();
    let count = (count > 1).then(|| format!("  {count} cases").dim().spoken(format!(", {count} cases")));
    if let Some(worst) = cases.iter().find(|test| test.fails()) {
        if shown_below {
            return line(Mark::Fails, vec![worst.name.as_str().bold()]);
        }
        return line(Mark::FailsToo, [worst.function().dim()].into_iter().chain(count).collect());
    }
    if cases.iter().any(|test| matches!(test.outcome, Outcome::NotRun(_))) {
        return line(Mark::NotRun, [cases[0].function().dim()].into_iter().chain(count).collect());
    }
    for test in cases {
        if let Outcome::Skipped(reason) = &test.outcome {
            let colon = Span::raw("  skipped: ").spoken(": ");
            return line(Mark::Skipped, vec![test.name.as_str().into(), colon, reason.as_str().into()]);
        }
    }
    line(Mark::Passes, [cases[0].function().into()].into_iter().chain(count).collect())
}

/// What is said of a failure: how the test ended, what it teaches (`about`), what happened; then the evidence, dimmed. A
/// command goes on in a next line where it is longer than `width`.
pub fn failure(name: &str, parts: &Parts, about: Vec<Line>, width: usize) -> Vec<Line> {
    let line = |text: &String| indented(Line::from([text.as_str().into()]));
    let silent = parts.story.is_empty() && parts.evidence.is_empty();
    let bare =
        || if silent { format!("{name} failed and said nothing.") } else { format!("failed: {}", sentence(name)) };
    let head = parts.head.clone().unwrap_or_else(bare);
    let mut text = vec![indented(Line::from([head.red()]))];
    if !about.is_empty() {
        text.extend(about.into_iter().chain([Line::default()]));
    }
    text.extend(parts.story.iter().map(line).chain([Line::default()]));
    let dimmed = |text: &str| if text.is_empty() { Line::default() } else { indented(Line::from([text.dim()])) };
    if !parts.evidence.is_empty() {
        let lines: Vec<_> = parts.evidence.iter().map(String::as_str).collect();
        let said = spoken::report(&lines).into_iter();
        let lines = lines.into_iter().zip(said).map(|(line, said)| match said {
            Some(said) if said.is_empty() => dimmed(line).unspoken(),
            Some(said) => dimmed(line).spoken(format!("  {said}")),
            None => dimmed(line),
        });
        text.extend(lines.chain([Line::default()]));
    }
    if let Some(again) = &parts.again {
        text.push(dimmed(AGAIN));
        let command = command(again, width.saturating_sub(4)).into_iter();
        text.extend(command.map(|line| indented(dimmed(&line))).chain([Line::default()]));
    }
    text
}

/// The first `count` errors as the compiler prints them, an empty line between two.
pub fn compilers(errors: &Errors, count: usize) -> Vec<Line> {
    let mut text = Vec::new();
    for error in errors.errors.iter().take(count) {
        if !text.is_empty() {
            text.push(Line::default());
        }
        let lines = ansi::lines(&error.rendered).into_iter();
        text.extend(lines.map(|line| {
            let words = spoken::diagnostic(&line.to_string()).unwrap_or_default();
            line.spoken(words)
        }));
    }
    text
}

/// What kept the kata from running a lesson: lines as they are.
pub fn trouble(what: &str, advice: &str) -> Vec<Line> {
    let head = Line::from(["  ".into(), "The kata could not run the lesson.".red()]);
    let head = [head.spoken("The kata could not run the lesson."), Line::default().unspoken()];
    let advice = [Line::default().unspoken()].into_iter().chain(raw(advice));
    head.into_iter().chain(raw(what)).chain(advice).collect()
}

/// A line two cells further in.
pub fn indented(mut line: Line) -> Line {
    if !line.spans.is_empty() {
        line.spans.insert(0, "  ".into());
    }
    line
}
