//! The tests of a lesson as their source shows them, with what they say about themselves for programs to read: comments
//! between a test's documentation and its attributes.
//!
//! ```text
//! /// Two programs can pick the same key.
//! // goal: 1
//! // errors: create EEXIST
//! #[test]
//! fn a_taken_key_is_refused() {
//! ```
//!
//! `goal` is the number of the goal in the lesson's card that the test belongs to. `errors` are errors that a function's
//! documentation names and the test provokes: `create EEXIST EINVAL, open ENOENT`.

use std::collections::BTreeMap;
use std::fs;

use crate::course::source::function_name;
use crate::course::starter::rust_files;
use crate::course::{Course, Lesson};
use crate::trouble::{self, Trouble};

/// A test as its source shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct LessonTest<'t> {
    pub name: &'t str,
    /// Where its name stands, from 1 on.
    pub line: usize,
    /// Whether it has a doc comment.
    pub taught: bool,
    /// The lines between its doc comment and its attributes, without their slashes, and with their numbers.
    comments: Vec<(usize, &'t str)>,
    /// Its attributes and its body.
    pub code: Vec<&'t str>,
    /// The first line of its body.
    pub body: &'t str,
}

impl<'t> LessonTest<'t> {
    /// What it says of itself behind `word: `, with the number of the line.
    pub fn says(&self, word: &str) -> Vec<(usize, &'t str)> {
        let behind = |text: &'t str| text.strip_prefix(word)?.strip_prefix(": ").map(str::trim);
        self.comments.iter().filter_map(|(line, text)| Some((*line, behind(text)?))).collect()
    }

    /// The one goal that it belongs to.
    pub fn goal(&self) -> Option<usize> {
        match self.says("goal")[..] {
            [(_, number)] => number.parse().ok(),
            _ => None,
        }
    }
}

/// The tests of a file as rustfmt leaves it, in its order.
pub fn tests(text: &str) -> Vec<LessonTest<'_>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut tests = Vec::new();
    for at in (0..lines.len()).filter(|at| matches!(lines[*at].trim(), "#[test]" | "#[rstest]")) {
        let above = |at: &usize| lines[*at].trim().starts_with("#[") || comment(lines[*at]).is_some();
        let first = (0..at).rev().take_while(above).last().unwrap_or(at);
        let taught = first > 0 && lines[first - 1].trim().starts_with("///");
        let Some(line) = (at..lines.len()).find(|line| function_name(lines[*line]).is_some()) else { continue };
        let opened = (line..lines.len()).find(|line| lines[*line].ends_with('{')).unwrap_or(line);
        let end = (opened..lines.len()).find(|line| lines[*line] == "}").unwrap_or(lines.len() - 1);
        tests.push(LessonTest {
            name: function_name(lines[line]).unwrap_or_default(),
            line: line + 1,
            taught,
            comments: (first..at).filter_map(|at| Some((at + 1, comment(lines[at])?))).collect(),
            code: lines[at..=end].to_vec(),
            body: lines.get(opened + 1).map_or("", |line| line.trim()),
        });
    }
    tests
}

/// What a comment says that is no documentation.
fn comment(line: &str) -> Option<&str> {
    line.trim().strip_prefix("// ")
}

/// The goal of each test of the lesson, by the name of its function. A test with several cases is there once.
///
/// # Errors
/// If a file of tests cannot be read.
pub fn goals_of_tests(course: &Course, lesson: &Lesson) -> Result<BTreeMap<String, usize>, Trouble> {
    let mut goals = BTreeMap::new();
    for path in rust_files(&course.dir(lesson).join("tests"))? {
        let text = fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))?;
        goals.extend(tests(&text).iter().filter_map(|test| Some((test.name.to_owned(), test.goal()?))));
    }
    Ok(goals)
}

/// The goal of the test that the test program calls `name`: `a_taken_key_is_refused::case_1_a_smaller_one`.
pub fn goal_of(goals: &BTreeMap<String, usize>, name: &str) -> Option<usize> {
    name.split("::").find_map(|part| goals.get(part).copied())
}

#[cfg(test)]
mod tests_of_it {
    use super::*;

    #[test]
    fn a_test_is_found_with_what_it_says_and_the_first_line_of_its_body() {
        let text = "\
/// Why.
// goal: 2
// errors: create EEXIST
#[rstest]
#[case(1)]
fn one(
    #[case] number: u32,
) {
    sandbox(|s| {
    });
}

// goal: two
#[test]
fn two() {
    assert!(true);
}

/// Why.
#[test]
fn three() {
    sandbox(|s| {});
}
";
        let [one, two, three] = &tests(text)[..] else { panic!("{:?}", tests(text)) };
        assert_eq!((one.name, one.line, one.taught, one.body), ("one", 6, true, "sandbox(|s| {"));
        assert_eq!((one.goal(), one.says("errors"), one.code.len()), (Some(2), vec![(3, "create EEXIST")], 8));
        assert_eq!((two.name, two.line, two.taught, two.goal()), ("two", 15, false, None));
        assert_eq!(two.code, ["#[test]", "fn two() {", "    assert!(true);", "}"]);
        assert_eq!((three.name, three.taught, three.goal()), ("three", true, None));
    }

    #[test]
    fn a_case_has_the_goal_of_its_test() {
        let goals = BTreeMap::from([("one".to_owned(), 2)]);
        assert_eq!(goal_of(&goals, "one::case_1_a_smaller_one"), Some(2));
        assert_eq!(goal_of(&goals, "writer::one"), Some(2));
        assert_eq!(goal_of(&goals, "another"), None);
    }
}
