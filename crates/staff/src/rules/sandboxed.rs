//! Every test of a lesson runs in a sandbox, or says why not, and says what it teaches.

use std::fs;

use crate::findings::Findings;
use shm_kata::course::source::function_name;
use shm_kata::course::starter::rust_files;
use shm_kata::course::{Course, Lesson};

/// What the first line of such a test's body begins with.
const OUTSIDE: &str = "// Outside the sandbox: ";

/// A missing file is told with the other files.
pub fn check(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    let mut files = rust_files(&course.dir(lesson).join("tests")).unwrap_or_default();
    files.sort();
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let place = path.strip_prefix(&course.root).unwrap_or(&path).display();
        let tests = tests(&text);
        for test in &tests {
            let at = format!("{place}:{}", test.line);
            if !test.taught {
                findings.problem(&at, format!("{} has no doc comment: what is asked, and why it matters", test.name));
            }
            if test.body.strip_prefix(OUTSIDE).is_some_and(|why| !why.trim().is_empty()) {
                findings.count("tests have a reason to be outside the sandbox");
            } else if test.body.starts_with("sandbox(|") || test.body.starts_with("Options::new()") {
                findings.count("tests in the sandbox");
            } else {
                let how =
                    format!("its body begins with `sandbox(|s| ...` or `Options::new()...`, or with `{OUTSIDE}WHY`");
                findings.problem(&at, format!("{} does not run in the sandbox: {how}", test.name));
            }
        }
    }
}

/// A test as its source shows it.
#[derive(Debug, PartialEq, Eq)]
struct Test<'t> {
    name: &'t str,
    /// Where its name stands.
    line: usize,
    /// Whether it has a doc comment.
    taught: bool,
    /// The first line of its body.
    body: &'t str,
}

/// The tests of a file as rustfmt leaves it.
fn tests(text: &str) -> Vec<Test<'_>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut tests = Vec::new();
    for at in (0..lines.len()).filter(|at| matches!(lines[*at].trim(), "#[test]" | "#[rstest]")) {
        let above = lines[..at].iter().rev().find(|line| !line.trim().starts_with("#["));
        let taught = above.is_some_and(|line| line.trim().starts_with("///"));
        let Some(line) = (at..lines.len()).find(|line| function_name(lines[*line]).is_some()) else { continue };
        let opened = (line..lines.len()).find(|line| lines[*line].ends_with('{'));
        let body = opened.and_then(|opened| lines.get(opened + 1)).map_or("", |line| line.trim());
        let name = function_name(lines[line]).unwrap_or_default();
        tests.push(Test { name, line: line + 1, taught, body });
    }
    tests
}

#[cfg(test)]
mod tests_of_it {
    use super::*;

    #[test]
    fn a_test_is_found_with_the_first_line_of_its_body() {
        let text = "\
/// Why.
#[rstest]
#[case(1)]
fn one(
    #[case] number: u32,
) {
    sandbox(|s| {
    });
}

#[test]
fn two() {
    assert!(true);
}
";
        let one = Test { name: "one", line: 4, taught: true, body: "sandbox(|s| {" };
        let two = Test { name: "two", line: 12, taught: false, body: "assert!(true);" };
        assert_eq!(tests(text), [one, two]);
    }
}
