//! The lessons as text: where the learner stands with each.

use crate::check::verdict::{Outcome, Verdict};
use crate::course::progress::{Board, Standing};
use crate::course::{Course, Lesson};
use crate::show::paint::{Mark, Paint};
use crate::show::wording::lowercase_first;

/// How a lesson's standing is shown at a glance; `here` is where the learner is.
pub fn mark(standing: Standing, here: bool) -> Mark {
    match standing {
        Standing::Done => Mark::Passes,
        Standing::Partial => Mark::Partial,
        Standing::Changed => Mark::Changed,
        Standing::NotYet if here => Mark::Here,
        Standing::NotYet => Mark::NotYet,
    }
}

/// The first line of all.
pub fn greeting(paint: Paint) -> String {
    format!("{}  System V shared memory, one failing test at a time\n\n", paint.bold("kata"))
}

/// The lessons, and where the learner is.
pub fn board(course: &Course, board: &Board, paint: Paint) -> String {
    let width = course.lessons.iter().map(|lesson| lesson.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (index, (lesson, standing)) in course.lessons.iter().zip(&board.standings).enumerate() {
        let here = board.current == Some(index);
        let word = match standing {
            Standing::Done => "done",
            Standing::Partial => "partial",
            Standing::Changed => "changed since it passed",
            Standing::NotYet if here => "you are here",
            Standing::NotYet => "not yet",
        };
        let word =
            if here && *standing == Standing::Changed { format!("you are here: {word}") } else { word.to_owned() };
        if paint == Paint::Words {
            text += &format!("  {}: {word}\n", titled(lesson));
            continue;
        }
        let name = format!("{:width$}", lesson.name);
        let name = if here { paint.bold(&name) } else { name };
        let (mark, word) = (paint.mark(mark(*standing, here)), paint.dim(&word));
        text += &format!("  {mark} {:>2}  {name}  {}  {word}\n", lesson.number, padded_idea(course, lesson));
    }
    text
}

/// `Lesson 2, shmget, a key names an object in the kernel`
fn titled(lesson: &Lesson) -> String {
    let idea = if lesson.idea.is_empty() { String::new() } else { format!(", {}", lowercase_first(&lesson.idea)) };
    format!("Lesson {}, {}{idea}", lesson.number, lesson.name)
}

fn padded_idea(course: &Course, lesson: &Lesson) -> String {
    let width = course.lessons.iter().map(|lesson| lesson.idea.chars().count()).max().unwrap_or(0);
    format!("{:width$}", lesson.idea)
}

/// One line for a lesson among several that were checked.
pub fn summary(lesson: &Lesson, verdict: &Verdict, width: usize, paint: Paint) -> String {
    let (mark, said) = match verdict {
        Verdict::Passed(report) => (Mark::Passes, format!("all {} tests pass", report.tests.len())),
        Verdict::Partial(report) => (
            Mark::Partial,
            format!(
                "partial: {} of {} tests could run",
                report.tests.iter().filter(|test| test.outcome == Outcome::Passed).count(),
                report.tests.len()
            ),
        ),
        Verdict::Failed(report) => (Mark::Fails, format!("{} of {} tests pass", report.passed(), report.tests.len())),
        Verdict::DoesNotCompile(errors) if errors.lesson == lesson.name => (Mark::Fails, "does not compile".to_owned()),
        Verdict::DoesNotCompile(errors) => {
            (Mark::Fails, format!("waits for {}, which does not compile", errors.lesson))
        }
    };
    if paint == Paint::Words {
        return format!("  Lesson {}, {}: {said}\n", lesson.number, lesson.name);
    }
    format!("  {} {:>2}  {:width$}  {said}\n", paint.mark(mark), lesson.number, lesson.name)
}

/// What is left to say when no lesson is left.
pub fn all_done(course: &Course, partial: usize, paint: Paint) -> String {
    let said = if partial == 0 {
        format!("  {}\n", paint.green(&format!("All {} lessons pass.", course.lessons.len())))
    } else {
        let (some, them) = if partial == 1 { ("one".to_owned(), "it") } else { (partial.to_string(), "them") };
        let passes = paint.yellow(&format!("Every lesson passes; {some} of them in part."));
        format!("  {passes}\n  Check {them} again where namespaces are allowed: cargo kata check --all\n")
    };
    said + &pay_off(course, paint)
}

/// What the learner has in the end, in lines to paste; nothing in a kata without these programs.
pub fn pay_off(course: &Course, paint: Paint) -> String {
    const PROGRAMS: [(&str, &str); 3] = [("write", "writer"), ("read", "reader"), ("shmctl", "remover")];
    let has = |(lesson, program): &(&str, &str)| {
        course.lesson(lesson).is_ok_and(|lesson| lesson.programs.iter().any(|name| name == program))
    };
    if !PROGRAMS.iter().all(has) {
        return String::new();
    }
    let lines = [
        "cargo build -p write -p read -p shmctl",
        r"printf 'Hello World\n' | target/debug/writer",
        "ipcs -m",
        "target/debug/reader",
        "target/debug/remover",
    ];
    let lines: String = lines.iter().map(|line| format!("    {}\n", paint.cyan(line))).collect();
    let read_on = paint.row("read on", &paint.cyan("cargo kata book"));
    format!("\n  You have three programs.\n\n{lines}\n{read_on}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_done_has_three_programs_to_run() {
        let course = Course::find(Some(env!("CARGO_MANIFEST_DIR").as_ref())).unwrap();
        let expected = r"
  You have three programs.

    cargo build -p write -p read -p shmctl
    printf 'Hello World\n' | target/debug/writer
    ipcs -m
    target/debug/reader
    target/debug/remover

  read on  cargo kata book
";
        assert_eq!(pay_off(&course, Paint::Plain), expected);
        assert!(all_done(&course, 0, Paint::Plain).ends_with(expected));
        assert!(all_done(&course, 1, Paint::Plain).ends_with(expected));
        assert_eq!(pay_off(&Course { lessons: Vec::new(), ..course }, Paint::Plain), "");
    }
}
