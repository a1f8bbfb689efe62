//! What the middle of the screen shows: what the last check found, the card, or a panel.

use std::time::{Duration, Instant};

use crate::check::verdict::Parts;
use crate::course::progress::Standing;
use crate::show::page::{page, room};
use crate::show::paint::Mark;
use crate::show::solution::comments_wrapped;
use crate::show::{board, outcome};
use crate::text::Line;
use crate::text::style::Stylize;

use super::found;
use super::keys::KEYS;
use super::panel::{Kind, List, Panel, Text};
use super::state::State;

/// What is shown, in lines of prose of at most `width` characters. With the card `beside` it, the card is not shown here.
pub fn text(state: &State, now: Instant, width: usize, beside: bool) -> Vec<Line> {
    match &state.panel {
        Some(Panel::Keys) => return keys(),
        Some(Panel::Lessons(list)) => return lessons(state, list, width),
        Some(Panel::Text { kind: Kind::Task, .. }) if !beside => return card(state, width),
        Some(Panel::Text { kind, text: Text { code, prose }, .. }) if *kind != Kind::Task => {
            let code = comments_wrapped(code.clone(), width.saturating_sub(4)).into_iter();
            return code.map(outcome::indented).chain(readably(prose, width)).collect();
        }
        _ => {}
    }
    match &state.found {
        // A run that takes long is what one wants to see: a test that hangs, for one.
        _ if is_running(state, now) => running(state, now, width),
        Some(found) => {
            let mut text = found::text(state, found, width);
            // Where there is room, the tests have their names.
            if beside && !state.passes() {
                text.extend(tests(state));
            }
            text
        }
        // There is nothing to see of tests that do not run yet, and the task to read.
        None if state.tests().is_empty() && !beside => card(state, width),
        None => tests(state),
    }
}

/// The lesson's card. Before the first lesson is passed, the text above it says how this works.
pub fn card(state: &State, width: usize) -> Vec<Line> {
    let mut text = Vec::new();
    if state.standings.iter().all(|standing| *standing == Standing::NotYet) {
        let file = format!("lessons/{}/src/lib.rs", state.lesson().folder);
        let key = |key: &str, what: &str| [key.to_owned().bold(), what.to_owned().into()];
        let keys =
            [key("h", " is a hint, "), key("t", " this card, "), key("e", " your editor, "), key("?", " all keys.")];
        text.extend([
            Line::from(["  Write ".into(), file.bold(), " in your editor, and leave this window open.".into()]),
            Line::raw("  Each time you save the file, its tests run, and the first that fails is shown."),
            ["  ".into()].into_iter().chain(keys.into_iter().flatten()).collect(),
            Line::default(),
        ]);
    }
    text.extend(readably(&state.task, width));
    text
}

/// The panel's title; without one, whether what is shown is from before the run. With the card `beside` it, the card
/// has a separate title.
pub fn title(state: &State, beside: bool) -> String {
    match &state.panel {
        Some(Panel::Text { kind: Kind::Task, .. }) if beside => from_before(state),
        Some(Panel::Keys) => "keys".to_owned(),
        Some(Panel::Lessons(List { search: Some(search), typing, .. })) => {
            format!("lessons with: {search}{}", if *typing { "_" } else { "" })
        }
        Some(Panel::Lessons(_)) => "lessons".to_owned(),
        Some(Panel::Text { title, .. }) => title.clone(),
        None => from_before(state),
    }
}

fn from_before(state: &State) -> String {
    let old = state.run.is_some() && state.found.is_some();
    if old { "from before this run".to_owned() } else { String::new() }
}

/// Markdown in lines of this width.
fn readably(markdown: &str, width: usize) -> impl Iterator<Item = Line> {
    page(markdown, room(width)).into_iter().map(outcome::indented)
}

fn keys() -> Vec<Line> {
    let key = |(key, _, what): &(&str, &str, &str)| {
        let line = Line::from(["  ".into(), format!("{key:>6}").bold(), format!("  {what}").into()]);
        // Without a screen nothing is closed and nothing scrolls.
        if key.chars().count() == 1 { line } else { line.unspoken() }
    };
    const TESTS: [(Mark, &str); 5] = [
        (Mark::Passes, "passes"),
        (Mark::Fails, "fails, and is the one shown"),
        (Mark::FailsToo, "fails too"),
        (Mark::Skipped, "skipped: it cannot show its point on this machine"),
        (Mark::Waits, "runs now, has not run yet, or was not run: another one hung"),
    ];
    const LESSONS: [(Mark, &str); 5] = [
        (Mark::Passes, "done: every test passed"),
        (Mark::Partial, "partial: it passed, but for tests that this machine cannot run"),
        (Mark::Changed, "it passed, and its files have changed since"),
        (Mark::Here, "you are here"),
        (Mark::NotYet, "not yet"),
    ];
    let section = |head: &str, marks: [(Mark, &str); 5]| {
        let mark = |(mark, what): (Mark, &str)| Line::from(["       ".into(), mark.span(), format!("  {what}").into()]);
        let head = [Line::default(), Line::raw(format!("  {head}"))];
        head.into_iter().chain(marks.map(mark)).map(Line::unspoken).collect::<Vec<_>>()
    };
    let tests = "Marks of tests, in the order of the file; one for all cases of a test:";
    KEYS.iter().map(key).chain(section(tests, TESTS)).chain(section("Marks of lessons:", LESSONS)).collect()
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
    state.has_run_for(patience, now)
}

fn running(state: &State, now: Instant, width: usize) -> Vec<Line> {
    let (mut text, advice) = match state.failed() {
        Some(report) => (
            outcome::failure(&report.test, &Parts::of(report), Vec::new(), room(width)),
            "Other tests still run. Saving ends this run and starts over.",
        ),
        None => (Vec::new(), "A test has ten seconds. Saving ends this run and starts over."),
    };
    text.extend(tests(state));
    text.extend([Line::default(), Line::from(["  ".into(), advice.dim()])]);
    if state.failed().is_none() && state.has_run_for(outcome::LONG, now) {
        text.push(Line::from(["  ".into(), outcome::SLOW.dim()]));
    }
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
