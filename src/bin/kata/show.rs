//! What the learner sees, as text: functions of what was found, and of nothing else.

use crate::course::{Course, Lesson};
use crate::guide::Guide;
use crate::paint::Paint;
use crate::progress::Standing;
use crate::verdict::{Errors, Failure, Outcome, Place, Report, Test, Verdict};

/// The first line of all.
pub fn greeting(paint: Paint) -> String {
    format!("{}  System V shared memory, one failing test at a time\n\n", paint.bold("kata"))
}

/// The lessons, and where the learner is.
pub fn board(course: &Course, standings: &[Standing], current: Option<usize>, paint: Paint) -> String {
    let width = course.lessons.iter().map(|lesson| lesson.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (index, (lesson, standing)) in course.lessons.iter().zip(standings).enumerate() {
        let here = current == Some(index);
        let (mark, word) = match standing {
            Standing::Done => (paint.green("✓"), "done"),
            Standing::Partial => (paint.yellow("~"), "partial"),
            Standing::Changed => (paint.yellow("≠"), "changed since it passed"),
            Standing::NotYet if here => (paint.cyan("▸"), "you are here"),
            Standing::NotYet => (paint.dim("·"), "not yet"),
        };
        let name = format!("{:width$}", lesson.name);
        let name = if here { paint.bold(&name) } else { name };
        let word =
            if here && *standing == Standing::Changed { format!("you are here: {word}") } else { word.to_owned() };
        let word = paint.dim(&word);
        text += &format!("  {mark} {:>2}  {name}  {}  {word}\n", lesson.number, padded_idea(course, lesson));
    }
    text
}

fn padded_idea(course: &Course, lesson: &Lesson) -> String {
    let width = course.lessons.iter().map(|lesson| lesson.idea.chars().count()).max().unwrap_or(0);
    format!("{:width$}", lesson.idea)
}

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

fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    // An acronym keeps its capitals.
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
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
    let first = report.tests.iter().position(|test| matches!(test.outcome, Outcome::Failed(_) | Outcome::Missing));
    for (index, test) in report.tests.iter().enumerate() {
        text += &match &test.outcome {
            Outcome::Passed => format!("  {} {}\n", paint.green("✓"), test.name),
            Outcome::Skipped(reason) => format!("  {} {}  skipped: {reason}\n", paint.yellow("~"), test.name),
            _ if first == Some(index) => format!("  {} {}\n", paint.red("✗"), paint.bold(&test.name)),
            _ => format!("  {} {}\n", paint.dim("·"), paint.dim(&test.name)),
        };
    }
    text + "\n"
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
    let next = course.lessons.iter().find(|next| next.number > lesson.number);
    let mut rows = Vec::new();
    if let Some(next) = next {
        rows.push((
            "next",
            format!("lesson {}, {}: {}", next.number, next.name, lowercase_first(&next.idea)),
            "cargo run".to_owned(),
        ));
    }
    rows.push(("compare", "how the kata does it".to_owned(), format!("cargo kata solution {}", lesson.name)));
    text + "\n"
        + &rows
            .iter()
            .map(|(word, what, command)| row(word, &format!("{}  {}", paint.cyan(command), paint.dim(what)), paint))
            .collect::<String>()
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

fn failure_in_full(test: &Test, failure: &Failure, guide: &Guide, paint: Paint) -> String {
    let mut text = String::new();
    for line in &guide.about {
        text += &format!("  {} {}\n", paint.dim("│"), line);
    }
    if !guide.about.is_empty() {
        text += "\n";
    }
    if failure.text.is_empty() {
        return text + &format!("  {} failed and said nothing.\n\n", test.name);
    }
    for (index, line) in failure.text.lines().enumerate() {
        // The sandbox indents its report already.
        let line =
            if failure.text.starts_with("  ") || line.is_empty() { line.to_owned() } else { format!("  {line}") };
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
        text += &if count > 1 { format!(" {count} errors; the first one first.\n\n") } else { "\n\n".to_owned() };
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

/// One line for a lesson among several that were checked.
pub fn summary(lesson: &Lesson, verdict: &Verdict, width: usize, paint: Paint) -> String {
    let (mark, said) = match verdict {
        Verdict::Passed(report) => (paint.green("✓"), format!("all {} tests pass", report.tests.len())),
        Verdict::Partial(report) => (
            paint.yellow("~"),
            format!(
                "partial: {} of {} tests could run",
                report.tests.iter().filter(|test| test.outcome == Outcome::Passed).count(),
                report.tests.len()
            ),
        ),
        Verdict::Failed(report) => {
            (paint.red("✗"), format!("{} of {} tests pass", report.passed(), report.tests.len()))
        }
        Verdict::DoesNotCompile(errors) if errors.lesson == lesson.name => {
            (paint.red("✗"), "does not compile".to_owned())
        }
        Verdict::DoesNotCompile(errors) => {
            (paint.red("✗"), format!("waits for {}, which does not compile", errors.lesson))
        }
    };
    format!("  {mark} {:>2}  {:width$}  {said}\n", lesson.number, lesson.name)
}

/// What is left to say when no lesson is left.
pub fn all_done(course: &Course, partial: usize, paint: Paint) -> String {
    if partial == 0 {
        return format!("  {}\n", paint.green(&format!("All {} lessons pass.", course.lessons.len())));
    }
    format!(
        "  {}\n  Check them again where namespaces are allowed: cargo kata check --all\n",
        paint.yellow(&format!("Every lesson passes; {partial} of them in part."))
    )
}
