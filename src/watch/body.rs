//! What stands in the middle of the screen: what the last check found, or a panel.
//!
//! The evidence comes first, and what the test teaches after it: on a small screen the top is what is read.

use std::time::{Duration, Instant};

use crate::check::judge::Judgement;
use crate::check::verdict::{Outcome, Report, Verdict};
use crate::course::progress::Standing;
use crate::show::page::{WIDTH, page};
use crate::show::paint::Mark;
use crate::show::solution::comments_wrapped;
use crate::show::wording::lowercase_first;
use crate::show::{Scene, board, outcome};
use crate::text::line::raw;
use crate::text::style::Stylize;
use crate::text::{Line, Span};

use super::keys::KEYS;
use super::list::List;
use super::panel::{Panel, Text};
use super::state::{Found, Said, State};

/// What is shown, in lines of prose of at most `width` characters.
pub fn text(state: &State, now: Instant, width: usize) -> Vec<Line> {
    match &state.panel {
        Some(Panel::Keys) => keys(),
        Some(Panel::Lessons(list)) => lessons(state, list, width),
        Some(Panel::Text { text: Text { code, prose }, .. }) => {
            let code = comments_wrapped(code.clone(), width.saturating_sub(4)).into_iter();
            code.map(outcome::indented).chain(readably(prose, width)).collect()
        }
        // A run that takes long is what one wants to see: a test that hangs, for one.
        None if is_running(state, now) => running(state),
        None => match &state.found {
            Some(found) => said(state, found, width),
            // There is nothing to see of tests that do not run yet, and the task to read.
            None if state.tests().is_empty() => readably(&state.task, width).collect(),
            None => tests(state),
        },
    }
}

/// The panel's title; without one, whether what is shown is from before the run.
pub fn title(state: &State) -> String {
    match &state.panel {
        Some(Panel::Keys) => "keys".to_owned(),
        Some(Panel::Lessons(List { search: Some(search), typing, .. })) => {
            format!("lessons with: {search}{}", if *typing { "_" } else { "" })
        }
        Some(Panel::Lessons(_)) => "lessons".to_owned(),
        Some(Panel::Text { title, .. }) => title.clone(),
        None if state.run.is_some() && state.found.is_some() => "from before this run".to_owned(),
        None => String::new(),
    }
}

/// Markdown in lines of this width.
fn readably(markdown: &str, width: usize) -> impl Iterator<Item = Line> {
    page(markdown, room(width)).into_iter().map(outcome::indented)
}

/// What is left of a width for prose that is indented, and not longer than one likes to read.
fn room(width: usize) -> usize {
    width.saturating_sub(2).clamp(20, WIDTH)
}

fn keys() -> Vec<Line> {
    let key = |(key, _, what): &(&str, &str, &str)| {
        let line = Line::from(["  ".into(), format!("{key:>6}").bold(), format!("  {what}").into()]);
        // Without a screen nothing is closed and nothing scrolls.
        if key.chars().count() == 1 { line } else { line.unspoken() }
    };
    let marks = [
        (Mark::Passes, "passes"),
        (Mark::Fails, "fails, and is the one shown"),
        (Mark::FailsToo, "fails too, later in the file"),
        (Mark::Skipped, "skipped: it cannot show its point on this machine"),
        (Mark::Waits, "runs now, has not run yet, or was not run: another one hung"),
    ];
    let marks = marks
        .into_iter()
        .map(|(mark, what)| Line::from(["       ".into(), mark.span(), format!("  {what}").into()]).unspoken());
    let head = [Line::default().unspoken(), Line::raw("  Marks of tests, in the order of the file:").unspoken()];
    KEYS.iter().map(key).chain(head).chain(marks).collect()
}

fn lessons(state: &State, list: &List, width: usize) -> Vec<Line> {
    let left = list.left(&state.course);
    let name = board::longest(&state.course, |lesson| &lesson.name);
    let line = |place: &usize| {
        let lesson = &state.course.lessons[*place];
        let standing = state.standings[*place];
        let says = match standing {
            Standing::Done => "done",
            Standing::Partial => "partial",
            Standing::Changed => "changed",
            Standing::NotYet => "not yet",
        };
        let row = format!(" {:>2}  {:name$}  {says:7}  {}", lesson.number, lesson.name, lesson.idea);
        let row = board::cut(&row, width.saturating_sub(4));
        let chosen = *place == list.at;
        let spans = [
            " ".into(),
            if chosen { Mark::Here.span() } else { " ".into() },
            " ".into(),
            board::mark(standing, false).span(),
            if chosen { row.bold() } else { row.into() },
        ];
        Line::from(spans).spoken(board::in_words(lesson, standing, *place == state.lesson))
    };
    let mut text: Vec<_> = left.iter().map(line).collect();
    if left.is_empty() {
        text.push(Line::raw("  No lesson has that in its name or idea."));
    }
    let keys = Line::from(["  ".into(), "Enter goes there   / searches   Esc goes back".dim()]);
    text.extend([Line::default().unspoken(), keys.unspoken()]);
    text
}

/// After this time a run is shown as far as it is, in the place of what was before it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the run itself is shown.
pub fn is_running(state: &State, now: Instant) -> bool {
    // A failure that is known sooner is worth looking at, unless the end of the run is as near.
    let patience = if state.failed().is_some() { PATIENCE / 2 } else { PATIENCE };
    state.panel.is_none() && state.has_run_for(patience, now)
}

fn running(state: &State) -> Vec<Line> {
    let (mut text, advice) = match state.failed() {
        Some(report) => {
            (outcome::reported(&report.to_string()), "Other tests still run. Saving ends this run and starts over.")
        }
        None => (Vec::new(), "A test has ten seconds. Saving ends this run and starts over."),
    };
    text.extend(tests(state));
    text.extend([Line::default(), Line::from(["  ".into(), advice.dim()])]);
    text
}

/// The tests one below the other: what there is to see while they run for the first time.
pub fn tests(state: &State) -> Vec<Line> {
    state.tests().into_iter().map(|(name, mark, cases)| row(&name, mark, cases)).collect()
}

fn row(name: &str, mark: Mark, cases: usize) -> Line {
    let name = match mark {
        Mark::Fails => name.bold(),
        Mark::FailsToo | Mark::NotRun | Mark::Waits => name.dim(),
        _ => name.into(),
    };
    let count = (cases > 1).then(|| format!("  {cases} cases").dim());
    ["  ".into(), mark.span(), " ".into(), name].into_iter().chain(count).collect()
}

fn said(state: &State, found: &Found, width: usize) -> Vec<Line> {
    match &found.said {
        Said::Trouble { what, advice } => outcome::trouble(what, advice),
        Said::Judged(judgement) => {
            let mut text = judged(state, judgement, width);
            if let Some(error) = &judgement.unkept {
                let said = format!("  Your progress could not be kept in progress.txt: {error}");
                text.extend([Line::default(), Line::raw(said)]);
            }
            text
        }
    }
}

fn judged(state: &State, judgement: &Judgement, width: usize) -> Vec<Line> {
    let scene = Scene { width: room(width), ..Scene::new(&state.course, judgement) };
    match &judgement.verdict {
        Verdict::Passed(report) | Verdict::Partial(report) => passed(state, report, scene),
        Verdict::Failed(report) => failed(report, scene),
        Verdict::DoesNotCompile(errors) => {
            let mut text = Vec::new();
            if errors.lesson != state.lesson().name {
                let said = format!("Lesson {} does not compile, and this one builds on it.", errors.lesson);
                text.extend([Line::from(["  ".into(), said.red()]), Line::default()]);
            }
            text.extend(outcome::compilers(errors, errors.errors.len()));
            text
        }
    }
}

fn passed(state: &State, report: &Report, scene: Scene<'_>) -> Vec<Line> {
    let mut text = scene.fallback(report);
    text.push(scene.pass(report));
    for test in &report.tests {
        if let Outcome::Skipped(reason) = &test.outcome {
            text.push(Line::raw(format!("    {}  skipped: {reason}", test.name)));
        }
    }
    text.extend(scene.warnings(report));
    text.push(Line::default());
    match state.next() {
        Some(next) => {
            let next = &state.course.lessons[next];
            let idea = lowercase_first(&next.idea);
            let on = format!("Enter goes on to lesson {}, {}: {idea}.", next.number, next.name);
            let compare = "  d compares yours with the solution, s shows it and why it is as it is.";
            text.extend([Line::from(["  ".into(), on.bold()]), Line::raw(compare)]);
        }
        None => {
            let partial = state.standings.iter().filter(|standing| **standing == Standing::Partial).count();
            text.extend(board::all_done(&state.course, partial));
        }
    }
    text.push(Line::default());
    text.extend(tests(state));
    text
}

fn failed(report: &Report, scene: Scene<'_>) -> Vec<Line> {
    let mut text = [scene.fallback(report), scene.died(report)].concat();
    if let Some((test, failure)) = report.first_failure() {
        text.extend(outcome::evidence(&test.name, failure));
    }
    if !report.warnings.is_empty() {
        text.extend(scene.warnings(report));
        text.push(Line::default());
    }
    text.extend(scene.about());
    if let Some((earlier, said)) = scene.stopped(report) {
        let skip = format!("cargo kata solution {} --apply", earlier.name).cyan();
        let first = Span::raw("  Solve it first (l goes there), or put its solution in: ");
        text.extend([Line::raw(said), Line::from([first, skip]), Line::default()]);
    }
    if let Some((_, said)) = scene.rests_on(report) {
        text.extend(raw(&said).chain([Line::default()]));
    }
    text
}

/// Where to look after a failure, in a line that is always in sight.
pub fn places(state: &State) -> Option<Line> {
    let Some(Found { said: Said::Judged(judgement), .. }) = &state.found else { return None };
    let scene = Scene::new(&state.course, judgement);
    let open = ["open".dim(), " ".into(), scene.open()?.bold()];
    let test = scene.test_place().map(|test| ["  ".into(), "test".dim(), " ".into(), test]);
    Some(open.into_iter().chain(test.into_iter().flatten()).collect())
}
