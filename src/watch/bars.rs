//! The lines above and below the text: the lesson, the board, what goes on, the keys.

use std::time::Instant;

use crate::check::verdict::Verdict;
use crate::course::Lesson;
use crate::course::progress::Standing;
use crate::show::board;
use crate::show::paint::Paint;
use crate::show::wording::lowercase_first;

use super::body;
use super::files::How;
use super::keys::KEYS;
use super::state::{Found, Question, Said, State};

/// The lesson, and how far one is.
pub fn header(state: &State, paint: Paint, width: u16) -> String {
    let lesson = state.lesson();
    let name = format!("Lesson {}, {}", lesson.number, lesson.name);
    let idea = format!(": {}", lowercase_first(&lesson.idea));
    let done = state.standings.iter().filter(|standing| **standing == Standing::Done).count();
    let far = format!("{done} of {} done", state.standings.len());
    let room = usize::from(width).saturating_sub(6 + name.chars().count() + far.len());
    // The idea goes when there is no room for it.
    let idea = if idea.chars().count() < room { idea } else { String::new() };
    let gap = room.saturating_sub(idea.chars().count()).max(2);
    format!("{}  {}{idea}{}{}", paint.dim("kata"), paint.bold(&name), " ".repeat(gap), paint.dim(&far))
}

/// The lessons in a line, with the one watched in sight.
pub fn board(state: &State, paint: Paint, width: u16) -> String {
    let cells = |place: usize| {
        let lesson = &state.course.lessons[place];
        5 + lesson.number.to_string().len() + lesson.name.chars().count()
    };
    let mut first = 0;
    while first < state.lesson && (first..=state.lesson).map(cells).sum::<usize>() > usize::from(width) {
        first += 1;
    }
    let lesson = |(place, lesson): (usize, &Lesson)| {
        let here = place == state.lesson;
        let mark = board::mark(state.standings[place], here);
        let name = format!("{} {}", lesson.number, lesson.name);
        format!("{} {}", paint.mark(mark), if here { paint.bold(&name) } else { paint.dim(&name) })
    };
    let lessons: Vec<_> = state.course.lessons.iter().enumerate().skip(first).map(lesson).collect();
    format!("{}{}", if first == 0 { String::new() } else { paint.dim("‹ ") }, lessons.join("   "))
}

/// The line above the text: its title, and how many lines of it are out of sight below.
pub fn rule(state: &State, below: usize, paint: Paint, width: u16) -> String {
    let framed = |text: String| if text.is_empty() { text } else { format!(" {text} ") };
    let title = framed(body::title(state));
    let more = framed(if below == 0 { String::new() } else { format!("{below} more below: PgDn") });
    let left = usize::from(width).saturating_sub(title.chars().count() + more.chars().count() + 4);
    let line = paint.dim(&"─".repeat(left));
    format!("{}{}{line}{}{}", paint.dim("──"), paint.bold(&title), paint.bold(&more), paint.dim("──"))
}

/// What goes on, what was found, and how saves are noticed.
pub fn status(state: &State, now: Instant, paint: Paint) -> String {
    if let Some(question) = state.question {
        return paint.bold(&asked(state, question));
    }
    let how = match &state.how {
        _ if state.panel.is_some() && state.found.is_some() => paint.dim("   Esc shows it"),
        How::Events => paint.dim("   saving a file runs it again"),
        How::Looks(_) => paint.yellow("   no file events here: looking 4 times a second; r runs"),
    };
    if let Some(run) = &state.run {
        let seconds = now.saturating_duration_since(run.since).as_secs();
        let since = if seconds == 0 { String::new() } else { format!(", {seconds} s") };
        if run.tests.is_empty() {
            let said = if run.building.is_empty() { String::new() } else { format!(": {}", run.building) };
            return format!("{}{}{since}", paint.cyan("building"), paint.dim(&said));
        }
        let ended = run.tests.iter().filter(|tick| tick.passed.is_some()).count();
        return format!("{} {ended} of {} tests{since}", paint.cyan("running"), run.tests.len());
    }
    let Some(Found { said, took, .. }) = &state.found else { return how };
    let took = paint.dim(&format!("  {:.2} s", took.as_secs_f32()));
    match said {
        Said::Trouble { .. } => format!("{}{how}", paint.red("the kata could not run it")),
        Said::Judged(judgement) => match &judgement.verdict {
            Verdict::Passed(report) => {
                format!("{}{took}{how}", paint.green(&format!("✓ all {} tests pass", report.tests.len())))
            }
            Verdict::Partial(report) => {
                format!("{}{took}{how}", paint.yellow(&format!("~ {} tests pass or skip", report.tests.len())))
            }
            Verdict::Failed(report) => {
                let said = format!("✗ {} of {} tests pass", report.passed(), report.tests.len());
                format!("{}{took}{how}", paint.red(&said))
            }
            Verdict::DoesNotCompile(errors) => {
                let count = errors.errors.len();
                let errors = if count == 1 { "one error".to_owned() } else { format!("{count} errors") };
                format!("{}{took}{how}", paint.red(&format!("✗ does not compile: {errors}")))
            }
        },
    }
}

/// A question, with what its answer does.
pub fn asked(state: &State, question: Question) -> String {
    let name = &state.lesson().name;
    let what = match question {
        Question::Reset => format!("Reset lesson {name}? What you wrote is kept in .kata."),
        Question::ShowSolution => format!("Lesson {name} has not passed yet. Show its solution?"),
        Question::ShowDifference => format!("Lesson {name} has not passed yet. Show what differs?"),
    };
    format!("{what}  y yes, other keys no")
}

/// The keys that mean something now, as many as fit; `?` and `q` always.
pub fn keys(state: &State, paint: Paint, width: u16) -> String {
    let wanted = |key: &str| match key {
        "n" => state.passes() && state.next().is_some(),
        "Esc" => state.panel.is_some(),
        "?" | "q" | "arrows" => false,
        _ => true,
    };
    let says = |key: &str, what: &str| format!("{} {}", paint.bold(key), paint.dim(what));
    let last = "? keys  q quit";
    let mut left = usize::from(width).saturating_sub(last.len());
    let mut text = String::new();
    // Where a panel is open, the way back comes first.
    let back = KEYS.iter().filter(|(key, ..)| *key == "Esc");
    for (key, what, _) in back.chain(KEYS.iter().filter(|(key, ..)| *key != "Esc")).filter(|(key, ..)| wanted(key)) {
        let cells = key.len() + what.len() + 3;
        if cells > left {
            break;
        }
        left -= cells;
        text += &format!("{}  ", says(key, what));
    }
    format!("{text}{}  {}", says("?", "keys"), says("q", "quit"))
}
