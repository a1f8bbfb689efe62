//! Which tests of each lesson run on this machine.

use std::fs;

use kata::runner::Isolation;

use super::finding::Finding;
use crate::course::source;
use crate::course::{Course, Lesson};

const NAME: &str = "lesson";

/// A finding a lesson: whether its tests get the table of segments that they want.
pub fn findings(course: &Course, isolation: Isolation) -> Vec<Finding> {
    let finding = |lesson: &Lesson| match fs::read_to_string(course.root.join(lesson.test_file())) {
        Ok(text) => runs(lesson, &tests(&text), isolation),
        Err(error) => {
            let says = format!("{} {}: {}: {error}", lesson.number, lesson.name, lesson.test_file());
            Finding::mend(
                NAME,
                says,
                "`git status` shows what is missing, `git restore lessons/*/tests` brings it back.",
            )
        }
    };
    course.lessons.iter().map(finding).collect()
}

fn runs(Lesson { number, name, .. }: &Lesson, tests: &[Test], isolation: Isolation) -> Finding {
    let skips = |test: &&Test| test.wants_a_fresh_table && isolation == Isolation::Shared;
    let skipped: Vec<_> = tests.iter().filter(skips).map(|test| test.name).collect();
    match (tests.len(), skipped.len()) {
        (1, 0) => Finding::fine(NAME, format!("{number} {name}: its one test function runs")),
        (all, 0) => Finding::fine(NAME, format!("{number} {name}: all {all} test functions run")),
        (all, some) => {
            let says = format!("{number} {name}: {} of {all} test functions run", all - some);
            let verb = if some == 1 { "This one skips" } else { "These skip" };
            let advice = format!("{verb}, because only a namespace has an empty table:\n{}", skipped.join("\n"));
            Finding::note(NAME, says, advice)
        }
    }
}

/// A test function, with all its cases.
#[derive(Debug, PartialEq)]
struct Test<'a> {
    name: &'a str,
    /// It runs in an unused table of segments, or skips.
    wants_a_fresh_table: bool,
}

/// The test functions of a file.
fn tests(text: &str) -> Vec<Test<'_>> {
    let lines: Vec<_> = text.lines().collect();
    let is_test = |line: &&str| matches!(*line, "#[test]" | "#[rstest]");
    let wants = |line: &&str| line.contains(".fresh_table()") && !line.trim_start().starts_with("//");
    let test = |item: source::Item| {
        let body = &lines[item.body];
        let name = source::function_name(body.first()?).filter(|_| lines[item.lead].iter().any(is_test))?;
        Some(Test { name, wants_a_fresh_table: body.iter().any(wants) })
    };
    source::items(&lines).into_iter().filter_map(test).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::Health;
    use super::*;

    const FILE: &str = "\
//! Three tests and a helper.

/// One.
#[test]
fn one() {
    sandbox(|s| {
        // Not in its own .fresh_table().
    });
}

/// Two.
#[rstest]
#[case::a(1)]
fn two(#[case] n: u8) {
    Options::new().fresh_table().run(|s| {});
}

fn helper() {
    Options::new().fresh_table();
}

#[test]
fn three() {}
";

    #[test]
    fn tests_are_functions_with_what_they_want() {
        let found: Vec<_> = tests(FILE).iter().map(|test| (test.name, test.wants_a_fresh_table)).collect();
        assert_eq!(found, [("one", false), ("two", true), ("three", false)]);
    }

    #[test]
    fn a_lesson_runs_whole_or_says_what_skips() {
        let lesson = Lesson { number: 2, name: "b".into(), folder: "02_b".into(), ..Lesson::default() };
        let found = |isolation| runs(&lesson, &tests(FILE), isolation);
        assert_eq!(found(Isolation::UserNamespace), Finding::fine(NAME, "2 b: all 3 test functions run"));
        let shared = found(Isolation::Shared);
        assert_eq!((shared.health, shared.says.as_str()), (Health::Note, "2 b: 2 of 3 test functions run"));
        assert_eq!(shared.advice, "This one skips, because only a namespace has an empty table:\ntwo");
    }
}
