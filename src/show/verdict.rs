//! A verdict as text: a function of what was found, and of nothing else.

use crate::check::judge::Judgement;
use crate::check::verdict::{Errors, Failure, Outcome, Place, Report, Test, Verdict};
use crate::course::progress::Standing;
use crate::course::{Course, Lesson};
use crate::show::board;
use crate::show::paint::{Mark, Paint};
use crate::show::spoken;
use crate::show::wording::{WIDTH, lowercase_first, wrapped};

/// A judgement, and how it is shown.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub course: &'a Course,
    pub judgement: &'a Judgement,
    /// The lesson checked.
    pub lesson: &'a Lesson,
    pub paint: Paint,
    /// How many characters a line of prose has at most.
    pub width: usize,
}

impl<'a> Scene<'a> {
    pub fn new(course: &'a Course, judgement: &'a Judgement, paint: Paint) -> Self {
        Self { course, judgement, lesson: &course.lessons[judgement.lesson], paint, width: WIDTH }
    }

    /// The lesson that `cargo run` alone checks next.
    fn current(self) -> Option<&'a Lesson> {
        self.judgement.board.current.map(|current| &self.course.lessons[current])
    }

    /// The earlier lesson that this one builds on and that does not pass, or not as it is now.
    pub fn unsettled(self) -> Option<(&'a Lesson, Standing)> {
        self.judgement.unsettled.map(|place| (&self.course.lessons[place], self.judgement.board.standings[place]))
    }
}

impl Scene<'_> {
    /// What came of checking the lesson, and what to do next.
    pub fn verdict(&self) -> String {
        let name = self.paint.bold(&format!("Lesson {}, {}", self.lesson.number, self.lesson.name));
        let head = match self.lesson.idea.as_str() {
            "" => format!("{name}\n\n"),
            idea => format!("{name}: {}\n\n", lowercase_first(idea)),
        };
        head + &match &self.judgement.verdict {
            Verdict::Passed(report) | Verdict::Partial(report) => self.tests(report) + &self.passed(report),
            Verdict::Failed(report) => self.tests(report) + &self.failed(report),
            Verdict::DoesNotCompile(errors) => self.does_not_compile(errors),
        }
    }

    /// The tests in their order, ticked; those that fail after the first one wait.
    fn tests(&self, report: &Report) -> String {
        let mut text = self.fallback(report);
        let mut first = true;
        for cases in report.tests.chunk_by(|one, next| one.function() == next.function()) {
            text += &self.test(cases, &mut first);
        }
        if self.paint != Paint::Words && text.contains(&format!("  {} ", self.paint.mark(Mark::FailsToo))) {
            let legend = "✓ passes  ✗ fails, shown below  · fails too";
            text += &format!("\n  {}\n", self.paint.dim(legend));
        }
        text + "\n"
    }

    /// Why the tests were not isolated, when they were not.
    pub fn fallback(&self, report: &Report) -> String {
        let Some(reason) = &report.fallback else { return String::new() };
        let reason = wrapped(std::slice::from_ref(reason), self.width);
        let reason: String = reason.iter().map(|line| format!("    {line}\n")).collect();
        let head = if self.paint == Paint::Words { "Not isolated:" } else { "! Not isolated" };
        format!("  {}\n{reason}\n", self.paint.yellow(head))
    }

    /// One test function with all its cases. `first` is whether none has failed so far.
    fn test(&self, cases: &[Test], first: &mut bool) -> String {
        let paint = self.paint;
        let count = match cases.len() {
            1 => String::new(),
            count if paint == Paint::Words => format!(", {count} cases"),
            count => paint.dim(&format!("  {count} cases")),
        };
        let failed = |test: &&Test| matches!(test.outcome, Outcome::Failed(_) | Outcome::Missing);
        if let Some(worst) = cases.iter().find(failed) {
            if std::mem::replace(first, false) {
                return format!("  {} {}\n", paint.mark(Mark::Fails), paint.bold(&worst.name));
            }
            return format!("  {} {}{count}\n", paint.mark(Mark::FailsToo), paint.dim(worst.function()));
        }
        for test in cases {
            if let Outcome::Skipped(reason) = &test.outcome {
                let reason = if paint == Paint::Words { format!(": {reason}") } else { format!("  skipped: {reason}") };
                return format!("  {} {}{reason}\n", paint.mark(Mark::Skipped), test.name);
            }
        }
        format!("  {} {}{count}\n", paint.mark(Mark::Passes), cases[0].function())
    }

    /// That the tests pass, and what that makes of the lesson.
    pub fn pass(&self, report: &Report) -> String {
        let (paint, number) = (self.paint, self.lesson.number);
        let skipped = report.tests.iter().filter(|test| matches!(test.outcome, Outcome::Skipped(_))).count();
        let count = report.tests.len();
        let rest = match skipped {
            0 => return format!("  {} Lesson {number} is done.\n", paint.green(&format!("All {count} tests pass."))),
            1 => "one could not show its point here".to_owned(),
            _ => format!("{skipped} could not show their point here"),
        };
        let ran = format!("{} of {count} tests pass, {rest}.", count - skipped);
        format!("  {} Lesson {number} is partial, not done.\n", paint.yellow(&ran))
    }

    fn passed(&self, report: &Report) -> String {
        let (paint, lesson) = (self.paint, self.lesson);
        let mut text = self.pass(report) + &self.warnings(report);
        let compare = format!("cargo kata solution {}", lesson.name);
        let row = |word, command: &str, what: &str| {
            if paint == Paint::Words {
                return paint.row(word, &format!("{command}, {what}"));
            }
            let command = paint.cyan(&format!("{command:width$}", width = compare.len()));
            self.row(word, &format!("{command}  {}", paint.dim(what)))
        };
        text += &match self.current() {
            Some(next) => {
                let idea = lowercase_first(&next.idea);
                format!("\n{}", row("next", "cargo run", &format!("lesson {}, {}: {idea}", next.number, next.name)))
            }
            None => match board::pay_off(self.course, paint) {
                text if text.is_empty() => "\n".to_owned(),
                text => text,
            },
        };
        text + &row("compare", &compare, "how the kata does it")
    }

    fn failed(&self, report: &Report) -> String {
        let paint = self.paint;
        let mut text = self.died(report);
        let first = report.first_failure();
        if let Some((test, failure)) = first {
            text += &self.failure(test, failure);
        }
        if !report.warnings.is_empty() {
            text += &(self.warnings(report) + "\n");
        }
        let failed = report.tests.iter().filter(|test| matches!(test.outcome, Outcome::Failed(_))).count();
        text += &format!("  {} of {} tests pass.", report.passed(), report.tests.len());
        match failed {
            0 | 1 => {}
            2 => text += " One more fails; this one comes first.",
            _ => text += &format!(" {} more fail; this one comes first.", failed - 1),
        }
        text += "\n\n";
        if let Some((earlier, said)) = self.stopped(report) {
            text += &said;
            text += "  Solve it first, or put its solution in (what you have there is kept).\n\n";
            text += &self.row("lesson", &paint.cyan(&format!("cargo kata check {}", earlier.name)));
            text += &self.row("skip it", &paint.cyan(&format!("cargo kata solution {} --apply", earlier.name)));
        }
        if let Some((earlier, said)) = self.rests_on(report) {
            text += &format!("{said}\n");
            text += &self.row("first", &paint.cyan(&format!("cargo kata check {}", earlier.name)));
        }
        let place = |place: &Place| format!("{}:{}", place.path, place.line);
        if !self.judgement.guide.open.path.is_empty() {
            text += &self.row("open", &paint.bold(&self.judgement.guide.open.to_string()));
        }
        if let Some(test) = &self.judgement.guide.test {
            text += &self.row("test", &place(test));
        }
        text += &self.row("hint", &paint.cyan(&format!("cargo kata hint {}", self.lesson.name)));
        text + &self.again()
    }

    /// How the test program ended, when it ended without a result.
    pub fn died(&self, report: &Report) -> String {
        let Some(died) = &report.died else { return String::new() };
        let missing = report.tests.iter().filter(|test| test.outcome == Outcome::Missing).count();
        let rest = if missing > 0 { format!("; {missing} tests never reported") } else { String::new() };
        format!("  {} {died}{rest}.\n\n", self.paint.red("The test program"))
    }

    /// The earlier lesson at whose blank the failure stopped, and a line that says so.
    pub fn stopped(&self, report: &Report) -> Option<(&Lesson, String)> {
        let earlier = self.course.owner_of(&report.blank()?.place.path).filter(|owner| *owner != self.lesson)?;
        let said = format!("  Stopped at lesson {}'s blank: {} is still to do.\n", earlier.number, earlier.name);
        Some((earlier, said))
    }

    /// The earlier lesson that may be at fault for a failure that ran into no blank, and a line that says so.
    pub fn rests_on(&self, report: &Report) -> Option<(&Lesson, String)> {
        let (earlier, standing) = self.unsettled().filter(|_| report.blank().is_none())?;
        let how = if standing == Standing::Changed { "has changed since it passed" } else { "is not done yet" };
        let Lesson { number, name, .. } = earlier;
        Some((earlier, format!("  Lesson {number}, {name}, {how}, and this lesson builds on it.\n")))
    }

    /// The first thing that the compiler warns of: it is often what went wrong.
    pub fn warnings(&self, report: &Report) -> String {
        let Some(first) = report.warnings.first() else { return String::new() };
        let mut text = String::new();
        for line in first.lines().take(2) {
            text += &format!("  {line}\n");
        }
        let count = report.warnings.len();
        let all = format!("cargo check -p {}", self.lesson.name);
        text + &match count {
            1 => format!("  {} {all}\n", self.paint.dim("The compiler says more:")),
            _ => format!("  {} {all}\n", self.paint.dim(&format!("One of {count} warnings of the compiler's:"))),
        }
    }

    /// What the test teaches, and what it reports.
    fn failure(&self, test: &Test, failure: &Failure) -> String {
        self.about() + &self.evidence(test, failure)
    }

    /// What the failing test teaches; nothing where its documentation is silent.
    pub fn about(&self) -> String {
        if self.judgement.guide.about.is_empty() {
            return String::new();
        }
        let bar = if self.paint == Paint::Words { String::new() } else { format!("{} ", self.paint.dim("│")) };
        let lines = wrapped(&self.judgement.guide.about, self.width);
        lines.iter().map(|line| format!("  {bar}{line}\n")).collect::<String>() + "\n"
    }

    /// What the failing test reports. Of one that ran into a blank itself, the table and the seed say nothing: there
    /// the task is all.
    pub fn evidence(&self, test: &Test, failure: &Failure) -> String {
        if failure.text.is_empty() {
            return format!("  {} failed and said nothing.\n\n", test.name);
        }
        let only_a_blank = failure.blank.as_ref().is_some_and(|blank| failure.at.as_ref() == Some(&blank.place));
        // The sandbox indents its report already.
        let indent = if failure.text.starts_with("  ") { "" } else { "  " };
        let mut text = String::new();
        for (index, line) in failure.text.lines().enumerate() {
            if only_a_blank && line.is_empty() {
                break;
            }
            let line = if line.is_empty() { String::new() } else { format!("{indent}{line}") };
            text += &if index == 0 { self.paint.red(&line) } else { line };
            text += "\n";
        }
        text + "\n"
    }

    fn does_not_compile(&self, errors: &Errors) -> String {
        let paint = self.paint;
        let count = errors.errors.len();
        let mut text = String::new();
        if errors.lesson == self.lesson.name {
            text += &errors.errors.iter().map(|error| self.compilers(&error.rendered)).collect::<Vec<_>>().join("\n\n");
            text += &format!("\n\n  {}", paint.red("It does not compile."));
            text +=
                &if count > 1 { format!(" {count} errors, the first one at the top.\n\n") } else { "\n\n".to_owned() };
            return text + &self.again();
        }
        let number = self.course.lesson(&errors.lesson).map_or(0, |lesson| lesson.number);
        text += &errors.errors.first().map(|error| self.compilers(&error.rendered)).unwrap_or_default();
        text += &format!("\n\n  {}", paint.red(&format!("Lesson {number}, {}, does not compile", errors.lesson)));
        text += &format!(", and lesson {} builds on it.", self.lesson.number);
        text += &if count > 1 { format!(" That was the first of {count} errors.\n\n") } else { "\n\n".to_owned() };
        text += &self.row("lesson", &paint.cyan(&format!("cargo kata check {}", errors.lesson)));
        text += &self.row("reset it", &paint.cyan(&format!("cargo kata reset {}", errors.lesson)));
        text + &self.again()
    }

    fn compilers(&self, rendered: &str) -> String {
        if self.paint == Paint::Words { spoken::diagnostic(rendered) } else { rendered.to_owned() }
    }

    fn again(&self) -> String {
        let plain = self.current() == Some(self.lesson);
        let command = if plain { "cargo run".to_owned() } else { format!("cargo kata check {}", self.lesson.name) };
        self.row("again", &self.paint.cyan(&command))
    }

    fn row(&self, word: &str, rest: &str) -> String {
        self.paint.row(word, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide::Guide;
    use crate::course::progress::Board;

    #[test]
    fn a_pass_with_no_lesson_left_ends_in_the_programs() {
        let course = Course::find(Some(env!("CARGO_MANIFEST_DIR").as_ref())).unwrap();
        let lesson = course.lesson("shmctl").unwrap();
        let tests = vec![Test { name: "it_works".into(), outcome: Outcome::Passed }];
        let judgement = Judgement {
            lesson: course.place(lesson),
            verdict: Verdict::Passed(Report { tests, ..Report::default() }),
            guide: Guide::default(),
            board: Board::default(),
            unsettled: None,
            unkept: None,
        };
        let text = Scene::new(&course, &judgement, Paint::Plain).verdict();
        let end = "
  read on  cargo kata book
  compare  cargo kata solution shmctl  how the kata does it
";
        assert!(text.contains(" is done.\n\n  You have three programs.\n") && text.ends_with(end), "{text}");
    }
}
