//! What a check found, apart from how it is shown.

use crate::check::cargo::Diagnostic;

/// What came of checking a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every test passed.
    Passed(Report),
    /// Every test passed that could show its point on this machine; some could not.
    Partial(Report),
    Failed(Report),
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

/// One run of a lesson's tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
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
    /// The test binary lists it and said nothing of it.
    Missing,
}

/// A test's failure, as the test told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: Kind,
    /// Where it failed.
    pub at: Option<Place>,
    /// The blank it ran into, if it did, in the learner's code or in a program of the learner's.
    pub blank: Option<Blank>,
    /// The whole report.
    pub text: String,
}

/// How a test failed, in the sandbox's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `failed`: an assertion.
    Assertion,
    /// `crashed`: a signal.
    Signal,
    /// `out of time`
    Deadline,
    /// `ended early`: without the token that a pass is.
    NoToken,
    /// `left running`: every check passed, and something that it started went on.
    LeftRunning,
    /// `garbled`: it wrote to the sandbox's own descriptors.
    Garbled,
    /// A panic outside of any sandbox.
    Bare,
}

/// A line of a source file, as the compiler names it: from the workspace's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: String,
    pub line: u32,
}

/// A `todo!` that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    pub place: Place,
    /// What it asks for.
    pub task: String,
}

impl Report {
    /// The verdict on these tests: a pass is every listed test's own word, and at least one of them.
    pub fn verdict(self) -> Verdict {
        let any = |wanted: fn(&Outcome) -> bool| self.tests.iter().any(|test| wanted(&test.outcome));
        if self.died.is_some() || self.tests.is_empty() || any(|o| matches!(o, Outcome::Failed(_) | Outcome::Missing)) {
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
    pub fn blank(&self) -> Option<&Blank> {
        self.first_failure().and_then(|(_, failure)| failure.blank.as_ref())
    }

    /// The first test that failed, with its failure.
    pub fn first_failure(&self) -> Option<(&Test, &Failure)> {
        self.tests.iter().find_map(|test| match &test.outcome {
            Outcome::Failed(failure) => Some((test, failure)),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: &[Outcome]) -> Report {
        let tests = outcomes.iter().map(|outcome| Test { name: "t".into(), outcome: outcome.clone() });
        Report { tests: tests.collect(), ..Report::default() }
    }

    #[test]
    fn a_pass_needs_every_tests_word() {
        assert!(matches!(report(&[Outcome::Passed]).verdict(), Verdict::Passed(_)));
        assert!(matches!(report(&[]).verdict(), Verdict::Failed(_)));
        assert!(matches!(report(&[Outcome::Passed, Outcome::Missing]).verdict(), Verdict::Failed(_)));
        let died = Report { died: Some("by SIGKILL".into()), ..report(&[Outcome::Passed]) };
        assert!(matches!(died.verdict(), Verdict::Failed(_)));
    }

    #[test]
    fn a_skip_makes_it_partial_and_never_done() {
        let skipped = Outcome::Skipped("no namespaces".into());
        assert!(matches!(report(&[Outcome::Passed, skipped.clone()]).verdict(), Verdict::Partial(_)));
        assert!(matches!(report(&[Outcome::Missing, skipped]).verdict(), Verdict::Failed(_)));
    }
}
