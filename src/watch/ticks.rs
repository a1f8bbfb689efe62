//! The tests with their marks.

use super::state::{Found, Said, State};
use crate::check::verdict::{Outcome, Test, Verdict, function};
use crate::show::paint::Mark;

impl State {
    /// The test functions in the order of their file, each with its mark and the number of its cases: those that run
    /// now, or those of the last check.
    pub fn tests(&self) -> Vec<(String, Mark, usize)> {
        let ticks: Vec<(String, Mark)> = match (&self.run, &self.found) {
            (Some(run), _) if !run.tests.is_empty() => {
                let mark = |passed| match passed {
                    None => Mark::Waits,
                    Some(true) => Mark::Passes,
                    Some(false) => Mark::FailsToo,
                };
                run.tests.iter().map(|tick| (tick.name.clone(), mark(tick.passed))).collect()
            }
            (_, Some(Found { said: Said::Judged(judgement), .. })) => {
                let mark = |test: &Test| match test.outcome {
                    Outcome::Passed => Mark::Passes,
                    Outcome::Skipped(_) => Mark::Skipped,
                    Outcome::NotRun(_) => Mark::NotRun,
                    Outcome::Failed(_) | Outcome::Missing => Mark::FailsToo,
                };
                let results = match &judgement.verdict {
                    Verdict::Passed(results) | Verdict::Partial(results) | Verdict::Failed(results) => results,
                    Verdict::DoesNotCompile(_) => return Vec::new(),
                };
                results.tests.iter().map(|test| (test.name.clone(), mark(test))).collect()
            }
            _ => Vec::new(),
        };
        let mut tests: Vec<(String, Mark, usize)> = Vec::new();
        for cases in ticks.chunk_by(|one, next| function(&one.0) == function(&next.0)) {
            // The worst of the cases tells.
            let mut worst = [Mark::FailsToo, Mark::NotRun, Mark::Waits, Mark::Skipped].into_iter();
            let mark = worst.find(|mark| cases.iter().any(|case| case.1 == *mark)).unwrap_or(Mark::Passes);
            tests.push((function(&cases[0].0).to_owned(), mark, cases.len()));
        }
        let fails = |test: &(String, Mark, usize)| test.1 == Mark::FailsToo;
        let running = self.run.as_ref().is_some_and(|run| !run.tests.is_empty());
        let chosen = self.failing().get(self.shown()).copied().filter(|_| !running);
        let shown = tests.iter().position(|test| fails(test) && chosen.is_none_or(|chosen| test.0 == chosen));
        if let Some(shown) = shown {
            tests[shown].1 = Mark::Fails;
        }
        tests
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::state::tests::{found, state};
    use super::*;
    use crate::check::News;
    use crate::check::verdict::Results;

    #[test]
    fn cases_are_one_test_and_the_worst_of_them_tells() {
        let mut state = state();
        state.begin(Instant::now());
        let names = ["opens", "sizes::case_1_a", "sizes::case_2_b", "ends"].map(str::to_owned);
        state.hear(News::Running(names.to_vec()));
        assert!(state.tests().iter().all(|test| test.1 == Mark::Waits));
        for (name, passed) in [("opens", true), ("sizes::case_1_a", true), ("ends", false)] {
            state.hear(News::Ended { name: name.into(), passed });
        }
        let expected = [("opens", Mark::Passes, 1), ("sizes", Mark::Waits, 2), ("ends", Mark::Fails, 1)];
        assert_eq!(state.tests(), expected.map(|(name, mark, cases)| (name.to_owned(), mark, cases)));
    }

    #[test]
    fn the_first_that_fails_is_told_from_the_others() {
        let mut state = state();
        let failed = || Outcome::Missing;
        let outcomes = [Outcome::Passed, failed(), failed(), Outcome::Skipped("no namespace".into())];
        let tests =
            outcomes.into_iter().zip(["a", "b", "c", "d"]).map(|(outcome, name)| Test { name: name.into(), outcome });
        state.end(found(Results { tests: tests.collect(), ..Results::default() }.verdict()));
        let marks: Vec<_> = state.tests().iter().map(|test| test.1).collect();
        assert_eq!(marks, [Mark::Passes, Mark::Fails, Mark::FailsToo, Mark::Skipped]);
        assert!(!state.passes());
    }
}
