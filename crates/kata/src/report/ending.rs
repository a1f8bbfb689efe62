//! How a test's process ended.

use std::{process::ExitStatus, time::Duration};

use super::{
    held::Held,
    place::{Place, Spot},
};

/// How a test's process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It ran to its end and left nothing running.
    Passed,
    /// It cannot show its point on this machine, for this reason.
    Skipped(String),
    /// It did not run, or not to its end, because an earlier test had used up the time; the reason in words.
    NotRun(String),
    /// A check failed.
    Failed(Panic),
    /// A signal ended it.
    Crashed {
        /// The signal, the address where it was one for a bad address, and what that comes from, in words.
        what: String,
        /// The line of code where it happened, where that is known.
        line: Option<Spot>,
        /// What panicked before.
        panics: Vec<Panic>,
    },
    /// It had not ended at its deadline.
    TimedOut {
        /// How long it had.
        after: Duration,
    },
    /// It ended without the token that a pass is: the test did not run to its end.
    EndedEarly(ExitStatus),
    /// It passed, and something that it started went on.
    LeftRunning,
    /// What it told the supervisor makes no sense; why.
    Garbled(String),
    /// The sandbox itself did not work; why.
    Unsupervised(String),
}

impl Ending {
    /// What kind of failure it is; `None` for a test that did not fail.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Ending::Passed | Ending::Skipped(_) | Ending::NotRun(_) => None,
            Ending::Failed(_) | Ending::Unsupervised(_) => Some(Kind::Failed),
            Ending::Crashed { .. } => Some(Kind::Crashed),
            Ending::TimedOut { .. } => Some(Kind::TimedOut),
            Ending::EndedEarly(_) => Some(Kind::EndedEarly),
            Ending::LeftRunning => Some(Kind::LeftRunning),
            Ending::Garbled(_) => Some(Kind::Garbled),
        }
    }

    /// The panics that the test's own thread told of, in their order.
    pub fn panics(&self) -> &[Panic] {
        match self {
            Ending::Failed(panic) => std::slice::from_ref(panic),
            Ending::Crashed { panics, .. } => panics,
            _ => &[],
        }
    }
}

/// How a test failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By a check.
    Failed,
    /// By a signal.
    Crashed,
    /// It had not ended at its deadline.
    TimedOut,
    /// Its process ended without the token that a pass is.
    EndedEarly,
    /// Every check passed, and something that it started went on.
    LeftRunning,
    /// It wrote to the sandbox's own descriptors.
    Garbled,
}

impl Kind {
    /// In words, as a report begins.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Failed => "failed",
            Kind::Crashed => "crashed",
            Kind::TimedOut => "timed out",
            Kind::EndedEarly => "ended early",
            Kind::LeftRunning => "left running",
            Kind::Garbled => "garbled",
        }
    }
}

/// A panic of the test's thread, and what the kernel held when it began: unwinding drops what the test held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panic {
    /// Where; `None` if nobody knows.
    pub place: Option<Place>,
    /// What it said: what was asked, and fields such as `  expected: `, a line each.
    pub message: String,
    /// What the kernel held.
    pub held: Held,
}
