//! What stands in the middle of the screen, as painted text: what the last check found, or a panel.
//!
//! The evidence comes first, and what the test teaches after it: on a small screen the top is what is read.

use std::time::{Duration, Instant};

use crate::check::guide::Guide;
use crate::check::verdict::{Outcome, Place, Report, Verdict};
use crate::course::progress::Standing;
use crate::show::Scene;
use crate::show::board;
use crate::show::paint::{Mark, Paint};
use crate::show::wording::{WIDTH, lowercase_first, readable};

use super::keys::KEYS;
use super::links;
use super::list::List;
use super::state::{Found, Panel, Said, State, Text};

/// What is shown, in lines of prose of at most `width` characters.
pub fn text(state: &State, now: Instant, paint: Paint, width: usize) -> String {
    match &state.panel {
        Some(Panel::Keys) => keys(paint),
        Some(Panel::Lessons(list)) => lessons(state, list, paint),
        Some(Panel::Text { text: Text { code, prose }, .. }) => indented(code) + &readably(prose, paint, width),
        // A run that takes long is what one wants to see: a test that hangs, for one.
        None if is_running(state, now) => running(state, paint),
        None => match &state.found {
            Some(found) => said(state, found, paint, width),
            // There is nothing to see of tests that do not run yet, and the task to read.
            None if state.tests().is_empty() => readably(&state.task, paint, width),
            None => tests(state, paint),
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

/// Markdown in lines of this width, its headings in bold.
fn readably(markdown: &str, paint: Paint, width: usize) -> String {
    let text = readable(markdown, room(width));
    let heading = |line: &str| line.starts_with('#').then(|| paint.bold(line.trim_start_matches('#').trim_start()));
    indented(&text.lines().map(|line| heading(line).unwrap_or(line.to_owned()) + "\n").collect::<String>())
}

/// What is left of a width for prose that is indented, and not longer than one likes to read.
fn room(width: usize) -> usize {
    width.saturating_sub(4).clamp(20, WIDTH)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
}

fn keys(paint: Paint) -> String {
    // Without a screen nothing is closed and nothing scrolls.
    let meant = |key: &str| paint != Paint::Words || key.chars().count() == 1;
    let keys = KEYS.iter().filter(|(key, ..)| meant(key));
    let keys: String = keys.map(|(key, _, what)| format!("  {}  {what}\n", paint.bold(&format!("{key:>6}")))).collect();
    if paint == Paint::Words {
        return keys;
    }
    let marks = [
        (Mark::Passes, "passes"),
        (Mark::Fails, "fails, and is the one shown"),
        (Mark::FailsToo, "fails too, later in the file"),
        (Mark::Skipped, "skipped: it cannot show its point on this machine"),
        (Mark::Waits, "runs now, or has not run yet"),
    ];
    let marks = marks.map(|(mark, what)| format!("       {}  {what}\n", paint.mark(mark)));
    format!("{keys}\n  Marks of tests, in the order of the file:\n{}", marks.concat())
}

fn lessons(state: &State, list: &List, paint: Paint) -> String {
    if paint == Paint::Words {
        return board::board(&state.course, &state.board(), paint);
    }
    let left = list.left(&state.course);
    let name = state.course.lessons.iter().map(|lesson| lesson.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for place in &left {
        let lesson = &state.course.lessons[*place];
        let standing = state.standings[*place];
        let says = match standing {
            Standing::Done => "done",
            Standing::Partial => "partial",
            Standing::Changed => "changed",
            Standing::NotYet => "not yet",
        };
        let row = format!(" {:>2}  {:name$}  {says:7}  {}", lesson.number, lesson.name, lesson.idea);
        let chosen = *place == list.at;
        let row = if chosen { paint.bold(&row) } else { row };
        text += &format!(
            " {} {}{row}\n",
            if chosen { paint.mark(Mark::Here) } else { " ".to_owned() },
            paint.mark(board::mark(standing, false))
        );
    }
    if left.is_empty() {
        text += "  No lesson has that in its name or idea.\n";
    }
    text + &format!("\n  {}\n", paint.dim("Enter goes there   / searches   Esc goes back"))
}

/// After this time a run is shown as far as it is, in the place of what was before it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the run itself is shown.
pub fn is_running(state: &State, now: Instant) -> bool {
    state.panel.is_none() && state.has_run_for(PATIENCE, now)
}

fn running(state: &State, paint: Paint) -> String {
    format!(
        "{}\n  {}\n",
        tests(state, paint),
        paint.dim("A test has ten seconds. Saving ends this run and starts over.")
    )
}

/// The tests one below the other: what there is to see while they run for the first time.
pub fn tests(state: &State, paint: Paint) -> String {
    state.tests().into_iter().map(|(name, mark, cases)| row(&name, mark, cases, paint)).collect()
}

fn row(name: &str, mark: Mark, cases: usize, paint: Paint) -> String {
    let count = if cases == 1 { String::new() } else { paint.dim(&format!("  {cases} cases")) };
    let name = match mark {
        Mark::Fails => paint.bold(name),
        Mark::FailsToo | Mark::Waits => paint.dim(name),
        _ => name.to_owned(),
    };
    format!("  {} {name}{count}\n", paint.mark(mark))
}

fn said(state: &State, found: &Found, paint: Paint, width: usize) -> String {
    let mut text = match &found.said {
        Said::Trouble { what, advice } => {
            format!("  {}\n\n{what}\n\n{advice}\n", paint.red("The kata could not run the lesson."))
        }
        Said::Judged(judgement) => {
            let scene = Scene { width: room(width), ..Scene::new(&state.course, judgement, paint) };
            match &judgement.verdict {
                Verdict::Passed(report) | Verdict::Partial(report) => passed(state, report, &scene),
                Verdict::Failed(report) => failed(report, &scene),
                Verdict::DoesNotCompile(errors) => {
                    let mut text = String::new();
                    if errors.lesson != state.lesson().name {
                        let said = format!("Lesson {} does not compile, and this one builds on it.", errors.lesson);
                        text += &format!("  {}\n\n", paint.red(&said));
                    }
                    let errors: Vec<_> = errors.errors.iter().map(|error| error.rendered.as_str()).collect();
                    text + &errors.join("\n\n") + "\n"
                }
            }
        }
    };
    if let Said::Judged(judgement) = &found.said
        && let Some(error) = &judgement.unkept
    {
        text += &format!("\n  Your progress could not be kept in progress.txt: {error}\n");
    }
    text
}

fn passed(state: &State, report: &Report, scene: &Scene<'_>) -> String {
    let paint = scene.paint;
    let mut text = scene.fallback(report) + &scene.pass(report);
    for test in &report.tests {
        if let Outcome::Skipped(reason) = &test.outcome {
            text += &format!("    {}  skipped: {reason}\n", test.name);
        }
    }
    text += &scene.warnings(report);
    text += "\n";
    match state.next() {
        Some(next) => {
            let next = &state.course.lessons[next];
            let idea = lowercase_first(&next.idea);
            let on = format!("Enter goes on to lesson {}, {}: {idea}.", next.number, next.name);
            text += &format!(
                "  {}\n  {}\n",
                paint.bold(&on),
                "d compares yours with the solution, s shows it and why it is as it is."
            );
        }
        None => {
            let partial = state.standings.iter().filter(|standing| **standing == Standing::Partial).count();
            text += &board::all_done(&state.course, partial, paint);
        }
    }
    text + "\n" + &tests(state, paint)
}

fn failed(report: &Report, scene: &Scene<'_>) -> String {
    let paint = scene.paint;
    let mut text = scene.fallback(report) + &scene.died(report);
    if let Some((test, failure)) = report.first_failure() {
        text += &scene.evidence(test, failure);
    }
    if !report.warnings.is_empty() {
        text += &(scene.warnings(report) + "\n");
    }
    text += &scene.about();
    if let Some((earlier, said)) = scene.stopped(report) {
        let skip = paint.cyan(&format!("cargo kata solution {} --apply", earlier.name));
        text += &format!("{said}  Solve it first (l goes there), or put its solution in: {skip}\n\n");
    }
    if let Some((_, said)) = scene.rests_on(report) {
        text += &format!("{said}\n");
    }
    text
}

/// Where to look after a failure, in a line that is always in sight.
pub fn places(state: &State, paint: Paint) -> Option<String> {
    let Some(Found { said: Said::Judged(judgement), .. }) = &state.found else { return None };
    let Guide { open, test, .. } = &judgement.guide;
    let link = |path: &str, line: Option<u32>| {
        let shown = line.map_or(path.to_owned(), |line| format!("{path}:{line}"));
        paint.link(&links::url(&state.course.root.join(path), line), &shown)
    };
    if open.path.is_empty() {
        return None;
    }
    let mut text = format!("{} {}", paint.dim("open"), paint.bold(&link(&open.path, open.line)));
    if let Some(Place { path, line }) = test {
        text += &format!("  {} {}", paint.dim("test"), link(path, Some(*line)));
    }
    Some(text)
}
