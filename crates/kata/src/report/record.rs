//! Everything that the supervisor found out about one run of one test: how it ended, what the kernel held, who printed what.

use std::{process::ExitStatus, time::Duration};

use libc::{c_int, pid_t};

use super::{
    place::{Blank, Place, Spot, blank_after, crashed_at},
    printed::Printed,
};
use crate::kernel::{self, Mapping, Segment};

/// What came of a test: its fields for programs, its [`Display`](std::fmt::Display) for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The test's name, as libtest knows it.
    pub test: String,
    /// The package that the test belongs to.
    pub package: String,
    /// What the sandbox drew its numbers from.
    pub seed: u64,
    /// How it ended.
    pub ending: Ending,
    /// Who is who: the test's own process, the sandbox's, and the programs that the test ran.
    pub people: Vec<(pid_t, String)>,
    /// Whether the test was given a key: one that was not has nothing to do with segments.
    pub has_a_key: bool,
    /// What the kernel held when the supervisor looked; for a panic, see [`Panic::held`](super::Panic::held).
    pub held: Option<Held>,
    /// What ran when the supervisor looked, and what it was doing.
    pub alive: Vec<Waiting>,
    /// Who printed what.
    pub printed: Printed,
}

/// A process that still ran, and what it was doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its id.
    pub pid: pid_t,
    /// Its role or its program's name.
    pub name: String,
    /// What each of its threads did, in words.
    pub threads: Vec<String>,
}

impl Report {
    /// A report of which nothing is known but how the test ended.
    pub fn new(test: &str, package: &str, seed: u64, ending: Ending) -> Self {
        let (test, package) = (test.to_owned(), package.to_owned());
        let (people, alive, printed) = (Vec::new(), Vec::new(), Printed::default());
        Report { test, package, seed, ending, people, has_a_key: false, held: None, alive, printed }
    }

    /// What kind of failure it is; `None` for a test that did not fail.
    pub fn kind(&self) -> Option<Kind> {
        self.ending.kind()
    }

    /// The places of all panics, the test's own first, and the lines of code that crashed.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        let crashed = match &self.ending {
            Ending::Crashed { line, .. } => line.as_ref().and_then(|line| line.place.clone()),
            _ => None,
        };
        let panics = self.ending.panics().iter();
        let own = panics.clone().filter_map(|panic| panic.place.clone());
        let of_programs = panics.flat_map(|panic| panic.message.lines()).filter_map(crashed_at);
        crashed.into_iter().chain(own).chain(of_programs).chain(self.printed.places())
    }

    /// Where it failed: the place of the first panic.
    pub fn place(&self) -> Option<Place> {
        self.places().next()
    }

    /// The `todo!` that was reached, in the test's process or in a program.
    pub fn blank(&self) -> Option<Blank> {
        let mut own =
            self.ending.panics().iter().filter_map(|panic| {
                blank_after(panic.place.as_ref()?, panic.message.lines().next().unwrap_or_default())
            });
        own.next().or_else(|| self.printed.blank())
    }

    /// The role of a process in this test; `None` for an unknown process.
    pub fn role_of(&self, pid: pid_t) -> Option<&str> {
        self.people.iter().find(|(known, _)| *known == pid).map(|(_, role)| role.as_str())
    }
}

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
    /// Where; `None` if unknown.
    pub place: Option<Place>,
    /// What it said: what was asked, and fields such as `  expected: `, a line each.
    pub message: String,
    /// What the kernel held.
    pub held: Held,
}

/// When the kernel was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At the moment of the failure, before anything was unwound.
    Then,
    /// After the test's process had died of a signal.
    AfterDeath,
    /// After the test's process had ended.
    AfterEnd,
}

/// What the kernel held, as text from `/proc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// When it was asked.
    pub when: When,
    /// `/proc/sysvipc/shm`, as it was read.
    pub segments: String,
    /// The lines of `/proc/PID/maps` of the test's process that are about segments.
    pub maps: String,
    /// The id of the segment that the sandbox put there itself; -1, which is no id, if it put none.
    pub decoy: c_int,
}

impl Held {
    /// The table and, of `maps`, the lines that are about segments.
    pub fn new(when: When, segments: String, maps: &str, decoy: c_int) -> Self {
        let attached = |line: &&str| matches!(kernel::parse_mapping("maps", line), Ok(Some(_)));
        let maps = maps.lines().filter(attached).map(|line| format!("{line}\n")).collect();
        Held { when, segments, maps, decoy }
    }

    /// The segments.
    ///
    /// # Errors
    /// [`kernel::Error`] if the table is not understood, or could not be read at that time.
    pub fn segments(&self) -> kernel::Result<Vec<Segment>> {
        kernel::parse_segments(&self.segments)
    }

    /// What the test's process had attached, by ascending address.
    pub fn mappings(&self) -> Vec<Mapping> {
        self.maps.lines().filter_map(|line| kernel::parse_mapping("maps", line).ok()?).collect()
    }
}
