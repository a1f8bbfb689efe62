//! The lines above and below the text: the lesson, the board, what goes on, the keys.

use std::time::Instant;

use crate::check::verdict::Verdict;
use crate::course::progress::Standing;
use crate::show::board;
use crate::text::style::Stylize;
use crate::text::{Line, Span};

use super::files::How;
use super::keys::KEYS;
use super::panel::Question;
use super::state::{Found, Said, State};

/// The lesson, and how far one is.
pub fn header(state: &State, width: u16) -> Line {
    let lesson = state.lesson();
    let name = format!("Lesson {}, {}", lesson.number, lesson.name);
    let idea = format!(": {}", lesson.idea_within());
    let done = state.standings.iter().filter(|standing| **standing == Standing::Done).count();
    let far = format!("{done} of {} done", state.standings.len());
    let room = usize::from(width).saturating_sub(6 + name.chars().count() + far.len());
    // The idea goes when there is no room for it.
    let idea = if idea.chars().count() < room { idea } else { String::new() };
    let gap = " ".repeat(room.saturating_sub(idea.chars().count()).max(2));
    Line::from(["kata".dim(), "  ".into(), name.bold(), idea.into(), gap.into(), far.dim()])
}

/// The lessons in a line: as many as fit around the one watched.
pub fn board(state: &State, width: u16) -> Line {
    const MORE: (&str, &str) = ("‹ ", " ›");
    let spans = |place: usize| {
        let lesson = &state.course.lessons[place];
        let here = place == state.lesson;
        let name = format!("{} {}", lesson.number, lesson.name);
        let name = if here { name.bold() } else { name.dim() };
        [board::mark(state.standings[place], here).span(), " ".into(), name]
    };
    let cells = |place: usize| spans(place).iter().map(Span::width).sum::<usize>();
    let last = state.course.lessons.len() - 1;
    // What lies outside is told by a sign at the end; between two lessons are three cells.
    let fits = |first: usize, end: usize| {
        let signs = if first > 0 { 2 } else { 0 } + if end < last { 2 } else { 0 };
        (first..=end).map(cells).sum::<usize>() + 3 * (end - first) + signs <= usize::from(width)
    };
    let (mut first, mut end) = (state.lesson, state.lesson);
    // What was done is in sight as far as it leaves room for the lesson that comes next.
    while end < last && end < state.lesson + 1 && fits(first, end + 1) {
        end += 1;
    }
    while first > 0 && fits(first - 1, end) {
        first -= 1;
    }
    while end < last && fits(first, end + 1) {
        end += 1;
    }
    let mut line = Line::default();
    line.spans.extend((first > 0).then(|| MORE.0.dim()));
    for place in first..=end {
        line.spans.extend((place > first).then(|| "   ".into()));
        line.spans.extend(spans(place));
    }
    line.spans.extend((end < last).then(|| MORE.1.dim()));
    line
}

/// The line above the text: its title, and how many lines of it are out of sight below.
pub fn rule(title: &str, below: usize, width: u16) -> Line {
    let framed = |text: String| if text.is_empty() { text } else { format!(" {text} ") };
    let title = framed(title.to_owned());
    let more = framed(if below == 0 { String::new() } else { format!("{below} more below: PgDn") });
    let left = usize::from(width).saturating_sub(title.chars().count() + more.chars().count() + 4);
    Line::from(["──".dim(), title.bold(), "─".repeat(left).dim(), more.bold(), "──".dim()])
}

/// What goes on, what was found (it is in sight with the card `beside` it), and how saves are noticed.
pub fn status(state: &State, now: Instant, beside: bool) -> Line {
    if let Some(question) = state.question {
        return Line::from([asked(state, question).bold()]);
    }
    let how = match &state.how {
        _ if state.panel.is_some() && state.found.is_some() && !(beside && state.reads_card()) => {
            "   Esc shows it".dim()
        }
        How::Events => "   saving a file runs it again".dim(),
        How::Looks(_) => "   no file events here: looking 4 times a second; r runs".yellow(),
    };
    if let Some(run) = &state.run {
        let seconds = now.saturating_duration_since(run.since).as_secs();
        let since = if seconds == 0 { String::new() } else { format!(", {seconds} s") };
        if run.tests.is_empty() {
            let said = if run.building.is_empty() { String::new() } else { format!(": {}", run.building) };
            return Line::from(["building".cyan(), said.dim(), since.into()]);
        }
        let ended = run.tests.iter().filter(|tick| tick.passed.is_some()).count();
        let count = format!(" {ended} of {} tests{since}", run.tests.len());
        return Line::from(["running".cyan(), count.into()]);
    }
    let Some(Found { said, took }) = &state.found else { return Line::from([how]) };
    let took = format!("  {:.2} s", took.as_secs_f32()).dim();
    let said = match said {
        Said::Trouble { .. } => return Line::from(["the kata could not run it".red(), how]),
        Said::Judged(judgement) => match &judgement.verdict {
            Verdict::Passed(report) => format!("✓ all {} tests pass", report.tests.len()).green(),
            Verdict::Partial(report) => format!("~ {} tests pass or skip", report.tests.len()).yellow(),
            Verdict::Failed(report) => format!("✗ {} of {} tests pass", report.passed(), report.tests.len()).red(),
            Verdict::DoesNotCompile(errors) => {
                let count = errors.errors.len();
                let errors = if count == 1 { "one error".to_owned() } else { format!("{count} errors") };
                format!("✗ does not compile: {errors}").red()
            }
        },
    };
    Line::from([said, took, how])
}

/// A question, with what its answer does.
pub fn asked(state: &State, question: Question) -> String {
    let name = &state.lesson().name;
    let what = match question {
        Question::Reset => format!("Reset lesson {name}? What you wrote is kept."),
        Question::ShowSolution => format!("Lesson {name} has not passed yet. Show its solution?"),
        Question::ShowDifference => format!("Lesson {name} has not passed yet. Show what differs?"),
    };
    format!("{what}  y yes, other keys no")
}

/// The keys that mean something now, as many as fit; `?` and `q` always.
pub fn keys(state: &State, width: u16) -> Line {
    let wanted = |key: &str| match key {
        "n" => state.passes() && state.next().is_some(),
        "i" => state.passes(),
        "Esc" => state.panel.is_some(),
        "?" | "q" | "arrows" | "j k" => false,
        _ => true,
    };
    let says = |key: &str, what: &str| [key.bold(), " ".into(), what.dim(), "  ".into()];
    let last = "? keys  q quit";
    let mut left = usize::from(width).saturating_sub(last.len());
    let mut spans = Vec::new();
    // Where a panel is open, the way back comes first.
    let back = KEYS.iter().filter(|(key, ..)| *key == "Esc");
    for (key, what, _) in back.chain(KEYS.iter().filter(|(key, ..)| *key != "Esc")).filter(|(key, ..)| wanted(key)) {
        let cells = key.len() + what.len() + 3;
        if cells > left {
            break;
        }
        left -= cells;
        spans.extend(says(key, what));
    }
    spans.extend(says("?", "keys"));
    spans.extend(says("q", "quit"));
    Line::from(spans)
}
