//! The result of one part of the check.

use std::collections::BTreeMap;
use std::fmt::Display;

/// What a part of the check found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What was looked at, when there is nothing to count.
    pub found: String,
    pub counts: BTreeMap<&'static str, usize>,
    pub notes: Vec<String>,
    pub problems: Vec<(String, String)>,
}

impl Findings {
    /// One more of these.
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Something to know that is no problem.
    pub fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// What is wrong, and where.
    pub fn problem(&mut self, place: impl Display, what: impl Display) {
        self.problems.push((place.to_string(), what.to_string()));
    }
}
