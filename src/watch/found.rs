//! What the last check found: a failure with what it teaches, or what the learner can do now that the lesson passes.

use crate::check::judge::Judgement;
use crate::check::verdict::{Outcome, Results, Verdict};
use crate::course::progress::Standing;
use crate::show::page::room;
use crate::show::{Scene, board, outcome};
use crate::text::line::raw;
use crate::text::style::Stylize;
use crate::text::{Line, Span};

use super::state::{Found, Said, State};

/// It in lines of prose of at most `width` characters.
pub fn text(state: &State, found: &Found, width: usize) -> Vec<Line> {
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
    let scene = Scene { width: room(width), failure: state.shown(), ..Scene::new(&state.course, judgement) };
    match &judgement.verdict {
        Verdict::Passed(results) | Verdict::Partial(results) => passed(state, results, scene),
        Verdict::Failed(results) => failed(results, scene),
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

fn passed(state: &State, results: &Results, scene: Scene<'_>) -> Vec<Line> {
    let mut text = scene.fallback(results);
    text.push(scene.pass(results));
    for test in &results.tests {
        if let Outcome::Skipped(reason) = &test.outcome {
            text.push(Line::raw(format!("    {}  skipped: {reason}", test.name)));
        }
    }
    text.extend(scene.warnings(results));
    text.extend(scene.goals());
    if state.next().is_some() {
        let watch = if state.lesson().programs.is_empty() { ":" } else { ", then press x here:" };
        text.extend(scene.attempt(&format!("Try it in another terminal{watch}")));
    }
    let shapes = &scene.judgement.afterwards.shapes;
    if !shapes.is_empty() {
        let head = [
            "  ".into(),
            "If yours looks like this".bold(),
            ", it passes and is wrong; ".into(),
            "i".bold(),
            " says why:".into(),
        ];
        text.extend([Line::default(), Line::from(head)]);
        text.extend(shapes.iter().map(|shape| Line::raw(format!("    - {shape}"))));
    }
    if state.next().is_none() {
        let partial = state.standings.iter().filter(|standing| **standing == Standing::Partial).count();
        text.extend(board::recap(&state.course).into_iter().chain([Line::default()]));
        text.extend(board::all_done(&state.course, partial));
    }
    text
}

fn failed(results: &Results, scene: Scene<'_>) -> Vec<Line> {
    let mut text = [scene.fallback(results), scene.died(results)].concat();
    if let Some((test, failure)) = results.failures().nth(scene.failure) {
        text.extend(outcome::failure(&test.name, &failure.parts(), scene.about(), scene.width));
    }
    if !results.warnings.is_empty() {
        text.extend(scene.warnings(results));
        text.push(Line::default());
    }
    if let Some((earlier, said)) = scene.stopped(results) {
        let skip = format!("cargo kata solution {} --apply", earlier.name).cyan();
        let first = Span::raw("  Solve it first (l goes there), or put its solution in: ");
        text.extend([Line::raw(said), Line::from([first, skip]), Line::default()]);
    }
    if let Some((_, said)) = scene.rests_on(results) {
        text.extend(raw(&said).chain([Line::default()]));
    }
    text
}

/// Where to look after a failure, or where to go after a pass, in a line that is always in sight.
pub fn places(state: &State, width: usize) -> Option<Line> {
    let Some(Found { said: Said::Judged(judgement), .. }) = &state.found else { return None };
    if state.passes() {
        let next = &state.course.lessons[state.next()?];
        let on = format!(" goes on to lesson {}, {}: {}", next.number, next.name, next.idea_within());
        return Some(Line::from(["Enter".bold(), board::cut(&on, width.saturating_sub(5)).into()]));
    }
    let scene = Scene { failure: state.shown(), ..Scene::new(&state.course, judgement) };
    let open = ["open".dim(), " ".into(), scene.open()?.bold()];
    let test = scene.test_place().map(|test| ["  ".into(), "test".dim(), " ".into(), test]);
    Some(open.into_iter().chain(test.into_iter().flatten()).collect())
}

/// What is left to read when the runner has ended: what passes, what is next, how to go on.
pub fn summary(state: &State) -> Vec<Line> {
    let lesson = state.lesson();
    let name = format!("Lesson {}, {}", lesson.number, lesson.name);
    let done = state.standings.iter().filter(|standing| **standing == Standing::Done).count();
    let count = format!("{done} of {} lessons are done.", state.standings.len());
    let said = match state.found.as_ref().and_then(Found::verdict) {
        Some(Verdict::Passed(_)) => format!("{name}, passes. "),
        Some(Verdict::Partial(_)) => format!("{name}, passes as far as this machine can show it. "),
        Some(Verdict::Failed(results)) => {
            format!("{name}: {} of {} tests pass. ", results.passed(), results.tests.len())
        }
        Some(Verdict::DoesNotCompile(_)) => format!("{name}, does not compile. "),
        None => String::new(),
    };
    let mut text = vec![Line::raw(said + &count)];
    let next = match state.next() {
        Some(next) if state.has_passed() && state.passes() => {
            let next = &state.course.lessons[next];
            Some([format!("lesson {}, {}: {}", next.number, next.name, next.idea_within()).into()])
        }
        None if state.passes() => None,
        _ => Some([Span::place(state.spot())]),
    };
    text.extend(next.map(|next| Line::row("next", next)));
    let all = state.standings.iter().all(|standing| *standing == Standing::Done);
    text.push(if all {
        Line::row("read on", ["cargo kata book".cyan()])
    } else {
        Line::row("go on", ["cargo kata".cyan()])
    });
    text
}
