//! The commands that a text tells a reader to type are there.

use crate::findings::Findings;
use shm_kata::course::Course;

/// Looks at `cargo kata WORD` and `cargo run -- WORD`, and at the packages and programs that cargo is told to take.
pub fn check(course: &Course, place: &str, text: &str, findings: &mut Findings) {
    let runner = shm_kata::commands::definition();
    for (line, number) in text.lines().zip(1..) {
        let mut problem = |what: String| findings.problem(format!("{place}:{number}"), what);
        for mark in ["cargo kata ", "cargo run -- "] {
            for word in words_behind(line, mark) {
                if !runner.get_subcommands().any(|command| command.get_name() == word) {
                    problem(format!("`{mark}{word}` is no command of the runner"));
                }
            }
        }
        if !line.contains("cargo ") {
            continue;
        }
        for word in words_behind(line, " -p ") {
            if !course.lessons.iter().any(|lesson| lesson.name == word) && word != "book" {
                problem(format!("there is no package `{word}`: -p takes a lesson's name, or book"));
            }
        }
        for word in words_behind(line, " --bin ") {
            if !course.lessons.iter().any(|lesson| lesson.programs.iter().any(|name| name == word)) {
                problem(format!("no lesson has a program `{word}`"));
            }
        }
    }
}

/// The words that follow `mark`; options are none.
fn words_behind<'t>(line: &'t str, mark: &str) -> impl Iterator<Item = &'t str> {
    let rests = line.match_indices(mark).map(|(at, mark)| &line[at + mark.len()..]);
    rests
        .map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}
