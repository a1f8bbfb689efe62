//! Every test of a lesson runs in a sandbox, or says why not; it says what it teaches and to which goal it belongs; and
//! it provokes the errors that the functions' documentation names.

use std::collections::BTreeSet;
use std::fs;

use super::errors;
use crate::findings::Findings;
use shm_kata::course::lesson_tests::{LessonTest, tests};
use shm_kata::course::material::GOALS;
use shm_kata::course::starter::rust_files;
use shm_kata::course::{Course, Lesson};

/// What the first line of such a test's body begins with.
const OUTSIDE: &str = "// Outside the sandbox: ";

/// A missing file is told with the other files.
pub fn check(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    let mut paths = rust_files(&course.dir(lesson).join("tests")).unwrap_or_default();
    paths.sort();
    let files: Vec<_> = paths
        .iter()
        .filter_map(|path| {
            let place = path.strip_prefix(&course.root).unwrap_or(path).display().to_string();
            Some((place, fs::read_to_string(path).ok()?))
        })
        .collect();
    let mut shown = BTreeSet::new();
    for (place, text) in &files {
        for test in tests(text) {
            sandboxed(place, &test, findings);
            match goal(place, &test) {
                Ok(goal) => _ = shown.insert(goal),
                Err((at, wrong)) => findings.problem(at, wrong),
            }
        }
    }
    for number in (1..=GOALS).filter(|number| !files.is_empty() && !shown.contains(number)) {
        findings.problem(format!("lessons/{}/README.md", lesson.folder), format!("goal {number} has no test"));
    }
    errors::check(course, lesson, &files, findings);
}

fn sandboxed(place: &str, test: &LessonTest, findings: &mut Findings) {
    let at = format!("{place}:{}", test.line);
    if !test.taught {
        let what = "has no doc comment above its attributes: what is asked, and why it matters";
        findings.problem(&at, format!("{} {what}", test.name));
    }
    if test.body.strip_prefix(OUTSIDE).is_some_and(|why| !why.trim().is_empty()) {
        findings.count("tests have a reason to be outside the sandbox");
    } else if test.body.starts_with("sandbox(|") || test.body.starts_with("Options::new()") {
        findings.count("tests in the sandbox");
    } else {
        let how = format!("its body begins with `sandbox(|s| ...` or `Options::new()...`, or with `{OUTSIDE}WHY`");
        findings.problem(&at, format!("{} does not run in the sandbox: {how}", test.name));
    }
}

/// The goal of a test, or where something is wrong and what.
fn goal(place: &str, test: &LessonTest) -> Result<usize, (String, String)> {
    match test.says("goal")[..] {
        [] => {
            let how = "a line `// goal: N` between its doc comment and its attributes";
            Err((format!("{place}:{}", test.line), format!("{} does not say its goal: {how}", test.name)))
        }
        [(line, number)] => test
            .goal()
            .filter(|goal| (1..=GOALS).contains(goal))
            .ok_or_else(|| (format!("{place}:{line}"), format!("`{number}` is no goal: the card has 1 to {GOALS}"))),
        [_, (line, _), ..] => Err((format!("{place}:{line}"), format!("{} has one goal, not two", test.name))),
    }
}
