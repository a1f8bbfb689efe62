//! A verdict as text: a function of what was found, and of nothing else.

use crate::check::guide::Spot;
use crate::check::judge::Judgement;
use crate::check::verdict::{Errors, Outcome, Report, Verdict};
use crate::course::progress::Standing;
use crate::course::{Course, Lesson};
use crate::show::inline::filled;
use crate::show::page::{WIDTH, page};
use crate::show::wording::lowercase_first;
use crate::show::{board, outcome};
use crate::text::style::Stylize;
use crate::text::{Line, Span, ansi};

/// A judgement, and how it is shown.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub course: &'a Course,
    pub judgement: &'a Judgement,
    /// The lesson checked.
    pub lesson: &'a Lesson,
    /// How many characters a line of prose has at most.
    pub width: usize,
    /// The failed test whose report was printed already.
    pub shown: Option<&'a str>,
}

impl<'a> Scene<'a> {
    pub fn new(course: &'a Course, judgement: &'a Judgement) -> Self {
        Self { course, judgement, lesson: &course.lessons[judgement.lesson], width: WIDTH, shown: None }
    }

    /// The lesson that `cargo kata` alone checks next.
    fn current(self) -> Option<&'a Lesson> {
        self.judgement.board.current.map(|current| &self.course.lessons[current])
    }

    /// What came of checking the lesson, and what to do next.
    pub fn verdict(self) -> Vec<Line> {
        let name = format!("Lesson {}, {}", self.lesson.number, self.lesson.name).bold();
        let idea = lowercase_first(&self.lesson.idea);
        let idea = if idea.is_empty() { idea } else { format!(": {idea}") };
        let mut text = vec![Line::from([name, idea.into()]), Line::default()];
        text.extend(match &self.judgement.verdict {
            Verdict::Passed(report) | Verdict::Partial(report) => [self.tests(report), self.passed(report)].concat(),
            Verdict::Failed(report) => [self.tests(report), self.failed(report)].concat(),
            Verdict::DoesNotCompile(errors) => self.does_not_compile(errors),
        });
        text
    }

    /// The tests in their order, ticked; those that fail after the first one wait.
    fn tests(self, report: &Report) -> Vec<Line> {
        let mut text = self.fallback(report);
        let mut failed = 0;
        for cases in report.tests.chunk_by(|one, next| one.function() == next.function()) {
            text.push(outcome::test(cases, &mut failed));
        }
        let late = if report.not_run() > 0 { "  … not run" } else { "" };
        if failed > 1 || !late.is_empty() {
            let legend = format!("✓ passes  ✗ fails, shown below  · fails too{late}");
            text.extend([Line::default().unspoken(), Line::from(["  ".into(), legend.dim()]).unspoken()]);
        }
        text.push(Line::default());
        text
    }

    /// Why the tests were not isolated, when they were not.
    pub fn fallback(self, report: &Report) -> Vec<Line> {
        let Some(reason) = &report.fallback else { return Vec::new() };
        let head = Line::from(["  ".into(), "! Not isolated".yellow().spoken("Not isolated:")]);
        let reason = filled(vec![reason.as_str().into()], self.width.saturating_sub(2)).into_iter();
        let reason = reason.map(outcome::indented).map(outcome::indented);
        [head].into_iter().chain(reason).chain([Line::default()]).collect()
    }

    /// That the tests pass, and what that makes of the lesson.
    pub fn pass(self, report: &Report) -> Line {
        let number = self.lesson.number;
        let skipped = report.tests.iter().filter(|test| matches!(test.outcome, Outcome::Skipped(_))).count();
        let count = report.tests.len();
        let rest = match skipped {
            0 => {
                let all = format!("All {count} tests pass.").green();
                return Line::from(["  ".into(), all, format!(" Lesson {number} is done.").into()]);
            }
            1 => "one could not show its point here".to_owned(),
            _ => format!("{skipped} could not show their point here"),
        };
        let ran = format!("{} of {count} tests pass, {rest}.", count - skipped).yellow();
        Line::from(["  ".into(), ran, format!(" Lesson {number} is partial, not done.").into()])
    }

    fn passed(self, report: &Report) -> Vec<Line> {
        let mut text = vec![self.pass(report)];
        text.extend(self.warnings(report));
        let compare = format!("cargo kata solution {}", self.lesson.name);
        let row = |word, command: &str, what: &str| {
            let padded = format!("{command:width$}", width = compare.len()).cyan().spoken(command);
            Line::row(word, [padded, "  ".dim().spoken(", "), what.dim()])
        };
        match self.current() {
            Some(next) => {
                let idea = lowercase_first(&next.idea);
                let what = format!("lesson {}, {}: {idea}", next.number, next.name);
                text.extend([Line::default(), row("next", "cargo kata", &what)]);
            }
            None => match board::pay_off(self.course) {
                none if none.is_empty() => text.push(Line::default()),
                lines => text.extend(lines),
            },
        }
        text.push(row("compare", &compare, "how the kata does it"));
        text
    }

    fn failed(self, report: &Report) -> Vec<Line> {
        let mut text = self.died(report);
        if let Some((test, failure)) = report.first_failure() {
            text.extend(self.about());
            text.extend(match self.shown == Some(test.name.as_str()) {
                true => vec![Line::raw(format!("  The report on {} is above.", test.name)), Line::default()],
                false => outcome::evidence(&test.name, failure),
            });
        }
        if !report.warnings.is_empty() {
            text.extend(self.warnings(report));
            text.push(Line::default());
        }
        let failed = report.tests.iter().filter(|test| matches!(test.outcome, Outcome::Failed(_))).count();
        let more = match failed {
            0 | 1 => String::new(),
            2 => " One more fails; this one comes first.".to_owned(),
            _ => format!(" {} more fail; this one comes first.", failed - 1),
        };
        let late = match report.not_run() {
            0 => String::new(),
            1 => " One was not run: a test that hangs had used up the time.".to_owned(),
            count => format!(" {count} were not run: a test that hangs had used up the time."),
        };
        let count = format!("  {} of {} tests pass.{more}{late}", report.passed(), report.tests.len());
        text.extend([Line::raw(count), Line::default()]);
        if let Some((earlier, said)) = self.stopped(report) {
            let advice = "  Solve it first, or put its solution in (what you have there is kept).";
            text.extend([Line::raw(said), Line::raw(advice), Line::default()]);
            text.push(Line::row("lesson", [format!("cargo kata check {}", earlier.name).cyan()]));
            text.push(Line::row("skip it", [format!("cargo kata solution {} --apply", earlier.name).cyan()]));
        }
        if let Some((earlier, said)) = self.rests_on(report) {
            text.extend([Line::raw(said), Line::default()]);
            text.push(Line::row("first", [format!("cargo kata check {}", earlier.name).cyan()]));
        }
        text.extend(self.open().map(|open| Line::row("open", [open.bold()])));
        text.extend(self.test_place().map(|test| Line::row("test", [test])));
        text.push(Line::row("hint", [format!("cargo kata hint {}", self.lesson.name).cyan()]));
        text.push(self.again());
        text
    }

    /// The line to open.
    pub fn open(self) -> Option<Span> {
        let open = &self.judgement.guide.open;
        (!open.path.is_empty()).then(|| Span::place(open.clone()))
    }

    /// Where the failing test is.
    pub fn test_place(self) -> Option<Span> {
        let test = self.judgement.guide.test.as_ref()?;
        Some(Span::place(Spot { path: test.path.clone(), line: Some(test.line) }))
    }

    /// How the test program ended, when it ended without a result.
    pub fn died(self, report: &Report) -> Vec<Line> {
        let Some(died) = &report.died else { return Vec::new() };
        let missing = report.tests.iter().filter(|test| test.outcome == Outcome::Missing).count();
        let rest = if missing > 0 { format!("; {missing} tests never reported") } else { String::new() };
        let said = format!(" {died}{rest}.");
        vec![Line::from(["  ".into(), "The test program".red(), said.into()]), Line::default()]
    }

    /// The earlier lesson at whose blank the failure stopped, and a line that says so.
    pub fn stopped(self, report: &Report) -> Option<(&'a Lesson, String)> {
        let earlier = self.course.owner_of(&report.blank()?.place.path).filter(|owner| *owner != self.lesson)?;
        let said = format!("  Stopped at lesson {}'s blank: {} is still to do.", earlier.number, earlier.name);
        Some((earlier, said))
    }

    /// The earlier lesson that may be at fault for a failure that ran into no blank, and a line that says so.
    pub fn rests_on(self, report: &Report) -> Option<(&'a Lesson, String)> {
        let place = self.judgement.unsettled.filter(|_| report.blank().is_none())?;
        let changed = self.judgement.board.standings[place] == Standing::Changed;
        let how = if changed { "has changed since it passed" } else { "is not done yet" };
        let earlier = &self.course.lessons[place];
        let said = format!("  Lesson {}, {}, {how}, and this lesson builds on it.", earlier.number, earlier.name);
        Some((earlier, said))
    }

    /// The first thing that the compiler warns of: it is often what went wrong.
    pub fn warnings(self, report: &Report) -> Vec<Line> {
        let Some(first) = report.warnings.first() else { return Vec::new() };
        let mut text: Vec<_> = ansi::lines(first).into_iter().take(2).map(outcome::indented).collect();
        let more = match report.warnings.len() {
            1 => "The compiler says more:".to_owned(),
            count => format!("One of {count} warnings of the compiler's:"),
        };
        let all = format!(" cargo check -p {}", self.lesson.name);
        text.push(Line::from(["  ".into(), more.dim(), all.into()]));
        text
    }

    /// What the failing test teaches; nothing where its documentation is silent.
    pub fn about(self) -> Vec<Line> {
        let about = page(&self.judgement.guide.about.join("\n"), self.width.saturating_sub(2)).into_iter();
        let bar = || [Span::raw("  "), "│".dim().spoken(""), Span::raw(" ").spoken("")];
        let mut lines: Vec<Line> = about.map(|line| bar().into_iter().chain(line.spans).collect()).collect();
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines
    }

    fn does_not_compile(self, errors: &Errors) -> Vec<Line> {
        let count = errors.errors.len();
        if errors.lesson == self.lesson.name {
            let mut text = outcome::compilers(errors, count);
            let more = if count > 1 { format!(" {count} errors, the first one at the top.") } else { String::new() };
            text.extend([Line::default(), Line::from(["  ".into(), "It does not compile.".red(), more.into()])]);
            text.extend([Line::default(), self.again()]);
            return text;
        }
        let number = self.course.lesson(&errors.lesson).map_or(0, |lesson| lesson.number);
        let mut text = outcome::compilers(errors, 1);
        let broken = format!("Lesson {number}, {}, does not compile", errors.lesson).red();
        let more = if count > 1 { format!(" That was the first of {count} errors.") } else { String::new() };
        let rest = format!(", and lesson {} builds on it.{more}", self.lesson.number);
        text.extend([Line::default(), Line::from(["  ".into(), broken, rest.into()]), Line::default()]);
        text.push(Line::row("lesson", [format!("cargo kata check {}", errors.lesson).cyan()]));
        text.push(Line::row("reset it", [format!("cargo kata reset {}", errors.lesson).cyan()]));
        text.push(self.again());
        text
    }

    fn again(self) -> Line {
        let plain = self.current() == Some(self.lesson);
        let command = if plain { "cargo kata".to_owned() } else { format!("cargo kata check {}", self.lesson.name) };
        Line::row("again", [command.cyan()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide::Guide;
    use crate::check::verdict::Test;
    use crate::course::progress::Board;
    use crate::show::paint::Paint;

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
        let text = Paint::Plain.text(&Scene::new(&course, &judgement).verdict());
        let end = "
  read on  cargo kata book
  compare  cargo kata solution shmctl  how the kata does it
";
        assert!(text.contains(" is done.\n\n  You have three programs.\n") && text.ends_with(end), "{text}");
    }
}
