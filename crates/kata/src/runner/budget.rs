//! How long the tests of one run may take: after the first that timed out, the rest has little time.
//!
//! One endless loop in a lesson's code lets many of its tests hang, and each would use up its own deadline.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

/// The time of one run. The tests that libtest runs are threads of one process, which shares [`RUN`].
#[derive(Debug)]
pub(crate) struct Budget {
    /// When the deadline of the first test that timed out was over.
    first: OnceLock<Instant>,
    /// What all other tests have together from then on.
    rest: Duration,
    /// What each of them has at most.
    each: Duration,
}

/// The budget of this process.
pub(crate) static RUN: Budget = Budget::new(Duration::from_secs(6), Duration::from_secs(1));

/// How long a test may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Granted {
    /// So long.
    pub(crate) deadline: Duration,
    /// Whether that is less than the test asked for.
    pub(crate) cut: bool,
}

impl Budget {
    pub(crate) const fn new(rest: Duration, each: Duration) -> Self {
        Budget { first: OnceLock::new(), rest, each }
    }

    /// How long a test that wants `wanted` may take if it starts `now`; `None` if nothing is left.
    pub(crate) fn grant(&self, wanted: Duration, now: Instant) -> Option<Granted> {
        let Some(end) = self.end() else { return Some(Granted { deadline: wanted, cut: false }) };
        let left = end.saturating_duration_since(now);
        let deadline = wanted.min(self.each).min(left);
        (!left.is_zero()).then_some(Granted { deadline, cut: deadline < wanted })
    }

    /// A test timed out, whose deadline was over at `when`. Only the first one counts.
    pub(crate) fn timed_out(&self, when: Instant) {
        let _ = self.first.set(when);
    }

    /// When everything has to end, once a test has timed out.
    pub(crate) fn end(&self) -> Option<Instant> {
        self.first.get().map(|first| *first + self.rest)
    }

    /// Why a test did not run, or not to its end.
    pub(crate) fn reason(&self, granted: Option<Granted>) -> String {
        let rest = self.rest.as_secs_f64();
        match granted {
            Some(Granted { deadline, cut: true }) if deadline == self.each => {
                format!("a test before it had timed out, and this one had not ended after {} s", deadline.as_secs_f64())
            }
            _ => format!("a test before it had timed out, and the {rest} s that the others then had were over"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn without_a_time_out_a_test_has_what_it_wants() {
        let budget = Budget::new(6 * SECOND, SECOND);
        assert_eq!(budget.grant(10 * SECOND, Instant::now()), Some(Granted { deadline: 10 * SECOND, cut: false }));
        assert_eq!(budget.end(), None);
    }

    #[test]
    fn after_one_the_others_have_little_and_then_nothing() {
        let budget = Budget::new(6 * SECOND, SECOND);
        let first = Instant::now();
        budget.timed_out(first);
        budget.timed_out(first + 5 * SECOND);
        assert_eq!(budget.end(), Some(first + 6 * SECOND), "the first one counts");
        let grant = |wanted, after| budget.grant(wanted, first + after);
        assert_eq!(grant(10 * SECOND, 2 * SECOND), Some(Granted { deadline: SECOND, cut: true }));
        assert_eq!(grant(SECOND / 2, 2 * SECOND), Some(Granted { deadline: SECOND / 2, cut: false }));
        assert_eq!(grant(10 * SECOND, 11 * SECOND / 2), Some(Granted { deadline: SECOND / 2, cut: true }));
        assert_eq!(grant(10 * SECOND, 6 * SECOND), None);
        assert!(budget.reason(grant(10 * SECOND, SECOND)).contains("had not ended after 1 s"));
        assert!(budget.reason(None).contains("the 6 s that the others"));
    }
}
