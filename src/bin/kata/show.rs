//! A verdict as text: a function of what was found, and of nothing else.

use crate::course::{Course, Lesson};
use crate::guide::Guide;
use crate::paint::Paint;
use crate::verdict::{Errors, Failure, Outcome, Place, Report, Test, Verdict};
use crate::wording::{lowercase_first, wrapped};

/// What came of checking a lesson. `current` is whether `cargo run` alone would check it again.
pub fn verdict(
    course: &Course,
    lesson: &Lesson,
    verdict: &Verdict,
    guide: &Guide,
    current: bool,
    paint: Paint,
) -> String {
    let mut text = format!("{}\n\n", title(lesson, paint));
    match verdict {
        Verdict::DoesNotCompile(errors) => text += &does_not_compile(course, lesson, errors, current, paint),
        Verdict::Passed(report) | Verdict::Partial(report) => {
            text += &tests(report, paint);
            text += &passed(course, lesson, report, paint);
        }
        Verdict::Failed(report) => {
            text += &tests(report, paint);
            text += &failed(course, lesson, report, guide, current, paint);
        }
    }
    text
}

fn title(lesson: &Lesson, paint: Paint) -> String {
    let name = paint.bold(&format!("Lesson {}, {}", lesson.number, lesson.name));
    if lesson.idea.is_empty() { name } else { format!("{name}: {}", lowercase_first(&lesson.idea)) }
}

/// The tests in their order, ticked; those that fail after the first one wait.
fn tests(report: &Report, paint: Paint) -> String {
    let mut text = String::new();
    if let Some(reason) = &report.fallback {
        let loud = paint.yellow("! Not isolated");
        text += &format!(
            "  {loud}: {reason}\n    The tests share this machine's segments, and some cannot show their point.\n\n"
        );
    }
    let mut first = true;
    for cases in report.tests.chunk_by(|one, next| one.function() == next.function()) {
        text += &line(cases, &mut first, paint);
    }
    text + "\n"
}

/// One test function, with all its cases. `first` is whether no test has failed so far.
fn line(cases: &[Test], first: &mut bool, paint: Paint) -> String {
    let failed = |test: &&Test| matches!(test.outcome, Outcome::Failed(_) | Outcome::Missing);
    let count = match cases.len() {
        1 => String::new(),
        count => paint.dim(&format!("  {count} cases")),
    };
    if let Some(worst) = cases.iter().find(failed) {
        if !std::mem::replace(first, false) {
            return format!("  {} {}{count}\n", paint.dim("·"), paint.dim(worst.function()));
        }
        return format!("  {} {}\n", paint.red("✗"), paint.bold(&worst.name));
    }
    for test in cases {
        if let Outcome::Skipped(reason) = &test.outcome {
            return format!("  {} {}  skipped: {reason}\n", paint.yellow("~"), test.name);
        }
    }
    format!("  {} {}{count}\n", paint.green("✓"), cases[0].function())
}

fn passed(course: &Course, lesson: &Lesson, report: &Report, paint: Paint) -> String {
    let skipped = report.tests.iter().filter(|test| matches!(test.outcome, Outcome::Skipped(_))).count();
    let count = report.tests.len();
    let mut text = if skipped == 0 {
        format!("  {} Lesson {} is done.\n", paint.green(&format!("All {count} tests pass.")), lesson.number)
    } else {
        let ran = format!("{} of {count} tests pass, {skipped} could not show their point here.", count - skipped);
        format!("  {} Lesson {} is partial, not done.\n", paint.yellow(&ran), lesson.number)
    };
    if report.warnings > 0 {
        text += &format!("  {} What they are: cargo check -p {}\n", warnings(report.warnings), lesson.name);
    }
    let compare = format!("cargo kata solution {}", lesson.name);
    let wide = compare.len();
    let row = |word, command, what: &str| {
        row(word, &format!("{}  {}", paint.cyan(&format!("{command:wide$}")), paint.dim(what)), paint)
    };
    text += "\n";
    if let Some(next) = course.lessons.iter().find(|next| next.number > lesson.number) {
        let what = format!("lesson {}, {}: {}", next.number, next.name, lowercase_first(&next.idea));
        text += &row("next", "cargo run", &what);
    }
    text + &row("compare", &compare, "how the kata does it")
}

fn failed(course: &Course, lesson: &Lesson, report: &Report, guide: &Guide, current: bool, paint: Paint) -> String {
    let mut text = String::new();
    if let Some(died) = &report.died {
        let missing = report.tests.iter().filter(|test| test.outcome == Outcome::Missing).count();
        text += &format!("  {} {died}", paint.red("The test program"));
        text += &if missing > 0 { format!("; {missing} tests never reported.\n\n") } else { ".\n\n".to_owned() };
    }
    let first = report.first_failure();
    if let Some((test, failure)) = first {
        text += &failure_in_full(test, failure, guide, paint);
    }
    let failing = report.tests.iter().filter(|test| matches!(test.outcome, Outcome::Failed(_))).count();
    text += &format!("  {} of {} tests pass.", report.passed(), report.tests.len());
    text += match failing {
        0 | 1 => "\n\n",
        2 => " One more fails; this one comes first.\n\n",
        _ => "",
    };
    if failing > 2 {
        text += &format!(" {} more fail; this one comes first.\n\n", failing - 1);
    }
    if let Some(earlier) = first.and_then(|(_, failure)| earlier_blank(course, lesson, failure)) {
        text += &format!("  Stopped at lesson {}'s blank: {} is still to do.\n", earlier.number, earlier.name);
        text += "  Solve it first, or put its solution in (what you have there is kept).\n\n";
        text += &row("lesson", &paint.cyan(&format!("cargo kata check {}", earlier.name)), paint);
        text += &row("skip it", &paint.cyan(&format!("cargo kata solution {} --apply", earlier.name)), paint);
    }
    text + &what_next(lesson, guide, current, paint)
}

/// The lesson, before this one, whose `todo!` the test ran into.
fn earlier_blank<'a>(course: &'a Course, lesson: &Lesson, failure: &Failure) -> Option<&'a Lesson> {
    course.owner_of(&failure.blank.as_ref()?.place.path).filter(|owner| owner.number != lesson.number)
}

/// What the test teaches, and what it reports. Of a test that ran into a blank itself, the table and the seed say
/// nothing: there the task is all.
fn failure_in_full(test: &Test, failure: &Failure, guide: &Guide, paint: Paint) -> String {
    let mut text = String::new();
    for line in wrapped(&guide.about) {
        text += &format!("  {} {line}\n", paint.dim("│"));
    }
    if !guide.about.is_empty() {
        text += "\n";
    }
    if failure.text.is_empty() {
        return text + &format!("  {} failed and said nothing.\n\n", test.name);
    }
    let only_a_blank = failure.blank.as_ref().is_some_and(|blank| failure.at.as_ref() == Some(&blank.place));
    // The sandbox indents its report already.
    let indent = if failure.text.starts_with("  ") { "" } else { "  " };
    for (index, line) in failure.text.lines().enumerate() {
        if only_a_blank && line.is_empty() {
            break;
        }
        let line = if line.is_empty() { String::new() } else { format!("{indent}{line}") };
        text += &if index == 0 { paint.red(&line) } else { line };
        text += "\n";
    }
    text + "\n"
}

fn what_next(lesson: &Lesson, guide: &Guide, current: bool, paint: Paint) -> String {
    let place = |place: &Place| format!("{}:{}", place.path, place.line);
    let mut text = String::new();
    if let Some(open) = &guide.open {
        text += &row("open", &paint.bold(&place(open)), paint);
    }
    if let Some(test) = &guide.test {
        text += &row("test", &place(test), paint);
    }
    text += &row("hint", &paint.cyan(&format!("cargo kata hint {}", lesson.name)), paint);
    let again = if current { "cargo run".to_owned() } else { format!("cargo kata check {}", lesson.name) };
    text + &row("again", &paint.cyan(&again), paint)
}

fn row(word: &str, rest: &str, paint: Paint) -> String {
    format!("  {} {rest}\n", paint.dim(&format!("{word:8}")))
}

fn does_not_compile(course: &Course, lesson: &Lesson, errors: &Errors, current: bool, paint: Paint) -> String {
    let mut text = String::new();
    let count = errors.errors.len();
    if errors.lesson == lesson.name {
        text += &errors.errors.join("\n\n");
        text += &format!("\n\n  {}", paint.red("It does not compile."));
        text += &if count > 1 { format!(" {count} errors, the first one at the top.\n\n") } else { "\n\n".to_owned() };
    } else {
        let earlier = course.lesson(&errors.lesson).map_or(0, |lesson| lesson.number);
        text += errors.errors.first().map_or("", String::as_str);
        text += &format!("\n\n  {}", paint.red(&format!("Lesson {earlier}, {}, does not compile", errors.lesson)));
        text += &format!(", and lesson {} builds on it.", lesson.number);
        text += &if count > 1 { format!(" That was the first of {count} errors.\n\n") } else { "\n\n".to_owned() };
        text += &row("lesson", &paint.cyan(&format!("cargo kata check {}", errors.lesson)), paint);
        text += &row("reset it", &paint.cyan(&format!("cargo kata reset {}", errors.lesson)), paint);
    }
    let again = if current { "cargo run".to_owned() } else { format!("cargo kata check {}", lesson.name) };
    text + &row("again", &paint.cyan(&again), paint)
}

fn warnings(count: usize) -> String {
    if count == 1 {
        "The compiler warns of one thing.".to_owned()
    } else {
        format!("The compiler warns of {count} things.")
    }
}
