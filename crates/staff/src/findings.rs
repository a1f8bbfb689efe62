//! What a part of `dev check` found, and how it is shown: one line, and a line for each cause of a failure.

use std::collections::BTreeMap;
use std::fmt::Display;

use shm_kata::out::emit;
use shm_kata::show::paint::{Mark, Paint};
use shm_kata::text::style::Stylize;

/// What a part of the check found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What was looked at, when there is nothing to count.
    pub found: String,
    counts: BTreeMap<&'static str, usize>,
    notes: Vec<String>,
    problems: Vec<(String, String)>,
}

impl Findings {
    pub fn count(&mut self, what: &'static str) {
        self.add(1, what);
    }

    pub fn add(&mut self, number: usize, what: &'static str) {
        *self.counts.entry(what).or_default() += number;
    }

    pub fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// `place` is a file, a package or a test; `what` is wrong there, and what to do about it.
    pub fn problem(&mut self, place: impl Display, what: impl Display) {
        self.problems.push((place.to_string(), what.to_string()));
    }
}

/// Prints what a part found; returns how many problems.
pub fn show(part: &str, findings: &Findings, paint: Paint) -> usize {
    let counts = findings.counts.iter().map(|(what, count)| format!("{count} {what}"));
    let counts: Vec<_> = counts.chain((!findings.found.is_empty()).then(|| findings.found.clone())).collect();
    let problems = findings.problems.len();
    let mark = paint.spans(&[if problems == 0 { Mark::Fine } else { Mark::Mend }.span()]);
    let mut text = format!("{mark} {part:10} {}", counts.join(", "));
    text += &match problems {
        0 => "\n".to_owned(),
        1 => "  1 problem\n".to_owned(),
        _ => format!("  {problems} problems\n"),
    };
    for note in &findings.notes {
        text += &format!("    {note}\n");
    }
    for (place, what) in &findings.problems {
        let (first, rest) = what.trim_end().split_once('\n').unwrap_or((what.trim_end(), ""));
        text += &format!("  {}: {first}\n", paint.spans(&[place.as_str().bold()]));
        for line in rest.lines() {
            text += &format!("    {line}\n");
        }
    }
    emit(&(text + if problems > 0 { "\n" } else { "" }));
    problems
}
