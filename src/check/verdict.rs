//! What a check found, apart from how it is shown.

pub use kata::report::{Blank, Kind, Place};

use crate::check::cargo::Diagnostic;

/// What came of checking a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every test passed.
    Passed(Results),
    /// Every test passed that could show its point on this machine; some could not.
    Partial(Results),
    Failed(Results),
    /// The lesson, or an earlier one that it needs.
    DoesNotCompile(Errors),
}

/// What the compiler said of the lesson that does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors {
    /// The name of that lesson.
    pub lesson: String,
    pub errors: Vec<Diagnostic>,
}

/// What came of one run of a lesson's tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// In the order of the test file.
    pub tests: Vec<Test>,
    /// Why the sandbox could not isolate the tests, when it could not.
    pub fallback: Option<String>,
    /// How the test binary ended, when it ended without a result.
    pub died: Option<String>,
    /// What the compiler warns of in the lesson, as it prints it.
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    pub name: String,
    pub outcome: Outcome,
}

impl Test {
    /// The test without its case.
    pub fn function(&self) -> &str {
        function(&self.name)
    }

    /// Whether it failed, or said nothing of how it ended.
    pub fn fails(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_) | Outcome::Missing)
    }
}

/// A test's name without its case: `open_creates` for rstest's `open_creates::case_2_large`.
pub fn function(name: &str) -> &str {
    name.split_once("::case_").map_or(name, |(function, _)| function)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// It passed without having shown its point; why it could not.
    Skipped(String),
    Failed(Failure),
    /// It did not run, or not to its end, because a test before it had used up the time; the reason in words.
    NotRun(String),
    /// The test binary lists it and said nothing of it.
    Missing,
}

/// A test's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The sandbox reports it.
    Reported(Box<kata::report::Report>),
    /// A panic outside of any sandbox: what libtest kept of the test's output is all that is known.
    Bare {
        at: Option<Place>,
        /// The blank that the test ran into.
        blank: Option<Blank>,
        text: String,
    },
}

impl Failure {
    /// How it failed, as the sandbox calls it; `None` outside of any sandbox.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Failure::Reported(report) => report.kind(),
            Failure::Bare { .. } => None,
        }
    }

    /// Where it failed.
    pub fn at(&self) -> Option<Place> {
        match self {
            Failure::Reported(report) => report.place(),
            Failure::Bare { at, .. } => at.clone(),
        }
    }

    /// The places of all panics that are known of.
    pub fn places(&self) -> Vec<Place> {
        match self {
            Failure::Reported(report) => report.places().collect(),
            Failure::Bare { at, .. } => at.iter().cloned().collect(),
        }
    }

    /// The blank it ran into, if it did, in the learner's code or in a program of the learner's.
    pub fn blank(&self) -> Option<Blank> {
        match self {
            Failure::Reported(report) => report.blank(),
            Failure::Bare { blank, .. } => blank.clone(),
        }
    }

    /// What it says in words: what was asked, expected and found, and where to look.
    pub fn message(&self) -> Vec<String> {
        match self {
            Failure::Reported(report) => report.message(),
            Failure::Bare { text, .. } => {
                text.lines().take_while(|line| !line.trim().is_empty()).map(str::to_owned).collect()
            }
        }
    }

    /// Whether the test itself ran into a blank: then the task is all that there is to say.
    pub fn is_a_blank(&self) -> bool {
        self.blank().is_some_and(|blank| self.at().as_ref() == Some(&blank.place))
    }

    /// What it says, in the parts in which it is read. Of one that ran into a blank itself, the evidence says nothing: there
    /// the task is all.
    pub fn parts(&self) -> Parts {
        let parts = match self {
            Failure::Reported(report) => Parts::of(report),
            Failure::Bare { text, .. } => {
                let mut lines = text.lines().map(str::to_owned);
                let story = lines.by_ref().take_while(|line| !line.is_empty()).collect();
                Parts { story, evidence: lines.collect(), ..Parts::default() }
            }
        };
        if self.is_a_blank() { Parts { evidence: Vec::new(), again: None, ..parts } } else { parts }
    }

    /// The whole report, without a line end at its end.
    pub fn text(&self) -> String {
        match self {
            Failure::Reported(report) => report.to_string().trim_end().to_owned(),
            Failure::Bare { text, .. } => text.clone(),
        }
    }
}

/// A failure's words, in lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// How the test ended; nothing where no sandbox tells.
    pub head: Option<String>,
    /// What happened: expected, found, where to look.
    pub story: Vec<String>,
    /// What the kernel held, and what was printed.
    pub evidence: Vec<String>,
    /// The command that runs the test again with the same numbers, where it has some.
    pub again: Option<String>,
}

impl Parts {
    /// What the sandbox reports.
    pub fn of(report: &kata::report::Report) -> Self {
        let evidence = report.evidence().trim_start_matches('\n').lines().map(str::to_owned).collect();
        Self { head: Some(report.head()), story: report.story(), evidence, again: report.again() }
    }
}

impl Results {
    /// The verdict on these tests: a pass is every listed test's own word, and at least one of them.
    pub fn verdict(self) -> Verdict {
        let any = |wanted: fn(&Outcome) -> bool| self.tests.iter().any(|test| wanted(&test.outcome));
        if self.died.is_some()
            || self.tests.is_empty()
            || any(|o| matches!(o, Outcome::Failed(_) | Outcome::NotRun(_) | Outcome::Missing))
        {
            Verdict::Failed(self)
        } else if any(|outcome| matches!(outcome, Outcome::Skipped(_))) {
            Verdict::Partial(self)
        } else {
            Verdict::Passed(self)
        }
    }

    pub fn passed(&self) -> usize {
        self.tests.iter().filter(|test| matches!(test.outcome, Outcome::Passed | Outcome::Skipped(_))).count()
    }

    /// The blank that the first failure ran into.
    pub fn blank(&self) -> Option<Blank> {
        self.first_failure().and_then(|(_, failure)| failure.blank())
    }

    /// How many tests were not run, since one before them had used up the time.
    pub fn not_run(&self) -> usize {
        self.tests.iter().filter(|test| matches!(test.outcome, Outcome::NotRun(_))).count()
    }

    /// The first test that failed, with its failure.
    pub fn first_failure(&self) -> Option<(&Test, &Failure)> {
        self.failures().next()
    }

    /// The test functions that failed, each with the failure of its first case that did.
    pub fn failures(&self) -> impl Iterator<Item = (&Test, &Failure)> {
        let functions = self.tests.chunk_by(|one, next| one.function() == next.function());
        functions.filter_map(|cases| {
            cases.iter().find_map(|test| match &test.outcome {
                Outcome::Failed(failure) => Some((test, failure)),
                _ => None,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(outcomes: &[Outcome]) -> Results {
        let tests = outcomes.iter().map(|outcome| Test { name: "t".into(), outcome: outcome.clone() });
        Results { tests: tests.collect(), ..Results::default() }
    }

    #[test]
    fn a_pass_needs_every_tests_word() {
        assert!(matches!(results(&[Outcome::Passed]).verdict(), Verdict::Passed(_)));
        assert!(matches!(results(&[]).verdict(), Verdict::Failed(_)));
        assert!(matches!(results(&[Outcome::Passed, Outcome::Missing]).verdict(), Verdict::Failed(_)));
        assert!(matches!(results(&[Outcome::Passed, Outcome::NotRun("late".into())]).verdict(), Verdict::Failed(_)));
        let died = Results { died: Some("by SIGKILL".into()), ..results(&[Outcome::Passed]) };
        assert!(matches!(died.verdict(), Verdict::Failed(_)));
    }

    #[test]
    fn a_skip_makes_it_partial_and_never_done() {
        let skipped = Outcome::Skipped("no namespaces".into());
        assert!(matches!(results(&[Outcome::Passed, skipped.clone()]).verdict(), Verdict::Partial(_)));
        assert!(matches!(results(&[Outcome::Missing, skipped]).verdict(), Verdict::Failed(_)));
    }
}
