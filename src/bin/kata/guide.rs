//! Where to look after a failure: the lines to open, and what the failing test wants to teach.

use std::fs;

use crate::course::{Course, Lesson};
use crate::source;
use crate::starter;
use crate::verdict::{Failure, Place};

/// Where to look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guide {
    /// The failing test's documentation, line by line.
    pub about: Vec<String>,
    /// The code to work on.
    pub open: Option<Place>,
    /// Where the test is, or the line in it that failed.
    pub test: Option<Place>,
}

/// Where to look after `failure` of the test `name`.
pub fn guide(course: &Course, lesson: &Lesson, name: &str, failure: &Failure) -> Guide {
    let path = lesson.test_file();
    let source = fs::read_to_string(course.root.join(&path)).unwrap_or_default();
    let lines: Vec<_> = source.lines().collect();
    let function = name.split("::").find_map(|part| source::line_of_function(&source, part));
    let in_test = failure.at.clone().filter(|at| at.path == path);
    Guide {
        about: function.map(|line| documentation(&lines[..line - 1])).unwrap_or_default(),
        open: failure.blank.as_ref().map(|blank| blank.place.clone()).or_else(|| {
            let body = function.map(|line| body(&lines[line - 1..])).unwrap_or_default();
            blank_called(course, lesson, &body)
        }),
        test: in_test.or(function.map(|line| Place { path, line: line as u32 })),
    }
}

/// The `///` lines that end `above`, attributes aside.
fn documentation(above: &[&str]) -> Vec<String> {
    let lines = above.iter().rev().map(|line| line.trim());
    let lines = lines.skip_while(|line| !line.starts_with("///") && !line.is_empty() && *line != "}");
    let mut lines: Vec<_> =
        lines.map_while(|line| line.strip_prefix("///")).map(|line| line.trim_start().to_owned()).collect();
    lines.reverse();
    lines
}

/// The lines of a function, from its first on.
fn body(lines: &[&str]) -> String {
    let closed = lines.iter().position(|line| *line == "}").unwrap_or(lines.len());
    lines[..closed].join("\n")
}

/// The lesson's function that the test calls; the first one when the test calls none by name.
fn blank_called(course: &Course, lesson: &Lesson, body: &str) -> Option<Place> {
    let solution = starter::read_files(&course.solution(lesson).join("src")).ok()?;
    let mut blanks = Vec::new();
    for (path, bytes) in &solution {
        let text = String::from_utf8_lossy(bytes);
        let own = fs::read_to_string(course.dir(lesson).join("src").join(path)).unwrap_or_default();
        let path = format!("lessons/{}/src/{}", lesson.folder, path.display());
        for (function, line) in starter::blanks(&text, &own) {
            blanks.push((calls(body, &function), Place { path: path.clone(), line: line as u32 }));
        }
    }
    // Not called comes last, and before that goes the order of the calls.
    blanks.into_iter().min_by_key(|(at, _)| at.unwrap_or(usize::MAX)).map(|(_, place)| place)
}

/// Where `body` calls the function; a method of that name is another one.
fn calls(body: &str, function: &str) -> Option<usize> {
    let call = format!("{function}(");
    let whole = |at: &usize| !body[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
    body.match_indices(&call).map(|(at, _)| at).find(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tests_documentation_stands_above_its_attributes() {
        let above = ["}", "", "/// Two programs", "/// agree.", "#[rstest]", "#[case::one(", "    1", ")]"];
        assert_eq!(documentation(&above), ["Two programs", "agree."]);
        assert_eq!(documentation(&["/// Another's.", "fn other() {", "}", "", "#[test]"]), [] as [&str; 0]);
    }

    #[test]
    fn a_call_is_not_a_method_nor_part_of_a_name() {
        assert_eq!(calls("s.create(1); recreate(2); create(3)", "create"), Some(26));
        assert_eq!(calls("open(1)", "create"), None);
    }

    #[test]
    fn a_body_ends_where_its_brace_closes() {
        assert_eq!(body(&["fn a() {", "    b();", "}", "fn c() {"]), "fn a() {\n    b();");
    }
}
