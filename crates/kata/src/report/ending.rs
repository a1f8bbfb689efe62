//! How a test's process ended.

use std::{process::ExitStatus, time::Duration};

use libc::c_int;

use super::{held::Held, place::Place};

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
        /// The signal's number.
        signal: c_int,
        /// The bad address, where the kernel names one.
        address: Option<u64>,
        /// What the signal usually comes from, in words.
        cause: String,
        /// What panicked before.
        panics: Vec<Panic>,
    },
    /// It had not ended at its deadline.
    OutOfTime {
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
            Ending::OutOfTime { .. } => Some(Kind::OutOfTime),
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
    OutOfTime,
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
            Kind::OutOfTime => "out of time",
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
    /// What it said: see [`parts`](super::parts).
    pub message: String,
    /// What the kernel held.
    pub held: Held,
}
