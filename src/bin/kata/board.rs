//! The lessons as text: where the learner stands with each.

use crate::course::{Course, Lesson};
use crate::paint::Paint;
use crate::progress::Standing;
use crate::verdict::{Outcome, Verdict};

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
