//! A verdict as text: a function of what was found, and of nothing else.

use crate::check::guide::{Guide, Spot};
use crate::check::judge::Judgement;
use crate::check::verdict::{Blank, Errors, Outcome, Results, Test, Verdict, function};
use crate::course::progress::Standing;
use crate::course::{Course, Lesson};
use crate::show::inline::filled;
use crate::show::outcome;
use crate::show::page::{WIDTH, page};
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
    /// Which of the failures is shown.
    pub failure: usize,
    /// The failed test whose report was printed already.
    pub shown: Option<&'a str>,
}

impl<'a> Scene<'a> {
    pub fn new(course: &'a Course, judgement: &'a Judgement) -> Self {
        let lesson = &course.lessons[judgement.lesson];
        Self { course, judgement, lesson, width: WIDTH, failure: 0, shown: None }
    }

    /// The same after the report on the test `shown` was printed: what is said of a failure is said of that one.
    pub fn after(self, shown: Option<&'a str>) -> Self {
        let Verdict::Failed(results) = &self.judgement.verdict else { return self };
        let of = |name: &str| results.failures().position(|(test, _)| test.function() == function(name));
        Self { failure: shown.and_then(of).unwrap_or(0), shown, ..self }
    }

    /// The lesson that `cargo kata` alone checks next.
    pub fn current(self) -> Option<&'a Lesson> {
        self.judgement.board.current.map(|current| &self.course.lessons[current])
    }

    /// What came of checking the lesson, and what to do next.
    pub fn verdict(self) -> Vec<Line> {
        let name = format!("Lesson {}, {}", self.lesson.number, self.lesson.name).bold();
        let idea = self.lesson.idea_within();
        let idea = if idea.is_empty() { idea } else { format!(": {idea}") };
        let mut text = vec![Line::from([name, idea.into()]), Line::default()];
        text.extend(match &self.judgement.verdict {
            Verdict::Passed(results) => [self.fallback(results), self.passed(results)].concat(),
            Verdict::Partial(results) => [self.tests(results), self.passed(results)].concat(),
            Verdict::Failed(results) => [self.tests(results), self.failed(results)].concat(),
            Verdict::DoesNotCompile(errors) => self.does_not_compile(errors),
        });
        text
    }

    /// The tests in their order, ticked. Of those that fail one is shown, and the others wait.
    fn tests(self, results: &Results) -> Vec<Line> {
        let mut text = self.fallback(results);
        let missing = || results.tests.iter().find(|test| test.outcome == Outcome::Missing);
        let below = results.failures().nth(self.failure).map(|(test, _)| test).or_else(missing).map(Test::function);
        let mut failed = 0;
        for cases in results.tests.chunk_by(|one, next| one.function() == next.function()) {
            text.push(outcome::test(cases, below == Some(cases[0].function())));
            failed += usize::from(cases.iter().any(Test::fails));
        }
        let late = if results.not_run() > 0 { "  … not run" } else { "" };
        if failed > 1 || !late.is_empty() {
            let legend = format!("✓ passes  ✗ fails, shown below  · fails too{late}");
            text.extend([Line::default().unspoken(), Line::from(["  ".into(), legend.dim()]).unspoken()]);
        }
        text.push(Line::default());
        text
    }

    /// Why the tests were not isolated, when they were not.
    pub fn fallback(self, results: &Results) -> Vec<Line> {
        let Some(reason) = &results.fallback else { return Vec::new() };
        let head = Line::from(["  ".into(), "! Not isolated".yellow().spoken("Not isolated:")]);
        let reason = filled(vec![reason.as_str().into()], self.width.saturating_sub(2)).into_iter();
        let reason = reason.map(outcome::indented).map(outcome::indented);
        [head].into_iter().chain(reason).chain([Line::default()]).collect()
    }

    fn failed(self, results: &Results) -> Vec<Line> {
        let mut text = self.died(results);
        if let Some(name) = self.shown {
            text.extend(self.about().into_iter().chain([Line::default()]));
            text.extend([Line::raw(format!("  The report on {name} is above.")), Line::default()]);
        } else if let Some((test, failure)) = results.failures().nth(self.failure) {
            text.extend(outcome::failure(&test.name, &failure.parts(), self.about(), self.width));
        }
        if !results.warnings.is_empty() {
            text.extend(self.warnings(results));
            text.push(Line::default());
        }
        let failed = results.tests.iter().filter(|test| matches!(test.outcome, Outcome::Failed(_))).count();
        let first = if self.shown.is_some() { "was known first" } else { "comes first" };
        let more = match failed {
            0 | 1 => String::new(),
            2 => format!(" One more fails; this one {first}."),
            _ => format!(" {} more fail; this one {first}.", failed - 1),
        };
        let late = match results.not_run() {
            0 => String::new(),
            1 => " One was not run: a test that hangs had used up the time.".to_owned(),
            count => format!(" {count} were not run: a test that hangs had used up the time."),
        };
        let count = format!("  {} of {} tests pass.{more}{late}", results.passed(), results.tests.len());
        text.extend([Line::raw(count), Line::default()]);
        if let Some((earlier, said)) = self.stopped(results) {
            let advice = "  Solve it first, or put its solution in (what you have there is kept).";
            text.extend([Line::raw(said), Line::raw(advice), Line::default()]);
            text.push(Line::row("lesson", [format!("cargo kata check {}", earlier.name).cyan()]));
            text.push(Line::row("skip it", [format!("cargo kata solution {} --apply", earlier.name).cyan()]));
        }
        if let Some((earlier, said)) = self.rests_on(results) {
            text.extend([Line::raw(said), Line::default()]);
            text.push(Line::row("first", [format!("cargo kata check {}", earlier.name).cyan()]));
        }
        text.extend(self.open().map(|open| Line::row("open", [open.bold()])));
        text.extend(self.test_place().map(|test| Line::row("test", [test])));
        text.push(Line::row("hint", [format!("cargo kata hint {}", self.lesson.name).cyan()]));
        text.push(self.again());
        text
    }

    /// Where to look after the failure shown.
    fn guide(self) -> Option<&'a Guide> {
        self.judgement.guides.get(self.failure)
    }

    /// The line to open.
    pub fn open(self) -> Option<Span> {
        Some(Span::place(self.guide()?.open.clone()))
    }

    /// Where the failing test is.
    pub fn test_place(self) -> Option<Span> {
        let test = self.guide()?.test.as_ref()?;
        Some(Span::place(Spot { path: test.path.clone(), line: Some(test.line) }))
    }

    /// How the test program ended, when it ended without a result.
    pub fn died(self, results: &Results) -> Vec<Line> {
        let Some(died) = &results.died else { return Vec::new() };
        let missing = results.tests.iter().filter(|test| test.outcome == Outcome::Missing).count();
        let rest = if missing > 0 { format!("; {missing} tests never reported") } else { String::new() };
        let said = format!(" {died}{rest}.");
        vec![Line::from(["  ".into(), "The test program".red(), said.into()]), Line::default()]
    }

    /// The blank that the failure shown ran into.
    fn blank(self, results: &Results) -> Option<Blank> {
        results.failures().nth(self.failure)?.1.blank()
    }

    /// The earlier lesson at whose blank the failure stopped, and a line that says so.
    pub fn stopped(self, results: &Results) -> Option<(&'a Lesson, String)> {
        let earlier = self.course.owner_of(&self.blank(results)?.place.path).filter(|owner| *owner != self.lesson)?;
        let said = format!("  Stopped at lesson {}'s blank: {} is still to do.", earlier.number, earlier.name);
        Some((earlier, said))
    }

    /// The earlier lesson that may be at fault for a failure that ran into no blank, and a line that says so.
    pub fn rests_on(self, results: &Results) -> Option<(&'a Lesson, String)> {
        let place = self.judgement.unsettled.filter(|_| self.blank(results).is_none())?;
        let changed = self.judgement.board.standings[place] == Standing::Changed;
        let how = if changed { "has changed since it passed" } else { "is not done yet" };
        let earlier = &self.course.lessons[place];
        let said = format!("  Lesson {}, {}, {how}, and this lesson builds on it.", earlier.number, earlier.name);
        Some((earlier, said))
    }

    /// The first thing that the compiler warns of: it is often what went wrong.
    pub fn warnings(self, results: &Results) -> Vec<Line> {
        let Some(first) = results.warnings.first() else { return Vec::new() };
        let mut text: Vec<_> = ansi::lines(first).into_iter().take(2).map(outcome::indented).collect();
        let more = match results.warnings.len() {
            1 => "The compiler says more:".to_owned(),
            count => format!("One of {count} warnings of the compiler's:"),
        };
        let all = format!(" cargo check -p {}", self.lesson.name);
        text.push(Line::from(["  ".into(), more.dim(), all.into()]));
        text
    }

    /// What the failing test teaches; nothing where its documentation is silent.
    pub fn about(self) -> Vec<Line> {
        let about = self.guide().map(|guide| guide.about.join("\n")).unwrap_or_default();
        let about = page(&about, self.width.saturating_sub(2)).into_iter();
        let bar = || [Span::raw("  "), "│".dim().spoken(""), Span::raw(" ").spoken("")];
        let lines = about.map(|line| bar().into_iter().chain(line.spans).collect());
        lines.collect()
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
