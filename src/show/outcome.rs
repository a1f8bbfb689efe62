//! What a verdict consists of, as text: a test, its failure, the compiler's errors.

use crate::check::verdict::{Errors, Failure, Outcome, Test};
use crate::show::paint::Mark;
use crate::show::spoken;
use crate::text::line::raw;
use crate::text::style::Stylize;
use crate::text::{Line, Span, ansi};

/// One test function with all its cases. `failed` is how many have failed so far.
pub fn test(cases: &[Test], failed: &mut usize) -> Line {
    let line = |mark: Mark, rest: Vec<Span>| ["  ".into(), mark.span(), " ".into()].into_iter().chain(rest).collect();
    let count = cases.len();
    let count = (count > 1).then(|| format!("  {count} cases").dim().spoken(format!(", {count} cases")));
    let is_failure = |test: &&Test| matches!(test.outcome, Outcome::Failed(_) | Outcome::Missing);
    if let Some(worst) = cases.iter().find(is_failure) {
        *failed += 1;
        if *failed == 1 {
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

/// What the failing test reports. Of one that ran into a blank itself, the table and the seed say nothing: there
/// the task is all.
pub fn evidence(test: &str, failure: &Failure) -> Vec<Line> {
    let report = if failure.is_a_blank() { failure.head().join("\n") } else { failure.text() };
    if report.is_empty() {
        return vec![Line::raw(format!("  {test} failed and said nothing.")), Line::default()];
    }
    reported(&report)
}

/// A report's lines, the first one such that it is seen at once.
pub fn reported(report: &str) -> Vec<Line> {
    let said = spoken::report(&report.lines().collect::<Vec<_>>());
    let lines = report.lines().map(|line| if line.is_empty() { String::new() } else { format!("  {line}") });
    let lines = lines.enumerate().map(|(index, line)| if index == 0 { line.red() } else { line.into() });
    let lines = lines.map(|span| Line::from([span])).zip(said).map(|(line, said)| match said {
        Some(said) if said.is_empty() => line.unspoken(),
        Some(said) => line.spoken(format!("  {said}")),
        None => line,
    });
    lines.chain([Line::default()]).collect()
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
