//! Everything that the supervisor found out about one run of one test.

use libc::pid_t;

use super::{
    ending::{Ending, Kind},
    held::Held,
    place::{Blank, Place, blank_after, crashed_at},
    printed::Printed,
};

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

    /// The role of a process in this test; `None` for a process that nobody knows.
    pub fn role_of(&self, pid: pid_t) -> Option<&str> {
        self.people.iter().find(|(known, _)| *known == pid).map(|(_, role)| role.as_str())
    }
}
