//! Where to look after a failure: the lines to open, and what the failing test wants to teach.

use std::fmt::{self, Display, Formatter};
use std::fs;

use crate::check::verdict::{Failure, Place, Verdict};
use crate::course::source;
use crate::course::starter;
use crate::course::{Course, Lesson};
use kata::report::How;

/// Where to look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guide {
    /// The failing test's documentation, line by line.
    pub about: Vec<String>,
    /// The code to work on: a file, with a line when the failure tells which.
    pub open: Spot,
    /// Where the test is, or the line in it that failed.
    pub test: Option<Place>,
}

/// A file, with a line where one is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    pub path: String,
    pub line: Option<u32>,
}

impl Display for Spot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

/// Where to look after each failure of this verdict, in the order of [`Results::failures`], or after the compiler's first
/// error; nowhere after a pass.
///
/// [`Results::failures`]: crate::check::verdict::Results::failures
pub fn guides(course: &Course, lesson: &Lesson, verdict: &Verdict) -> Vec<Guide> {
    match verdict {
        Verdict::Passed(_) | Verdict::Partial(_) => Vec::new(),
        Verdict::Failed(results) => {
            let sources = Sources::read(course, lesson);
            results.failures().map(|(test, failure)| sources.after(lesson, &test.name, failure)).collect()
        }
        Verdict::DoesNotCompile(errors) => {
            let at = errors.errors.first().and_then(|error| error.at.as_ref());
            let open = at.map(|at| Spot { path: at.path.clone(), line: Some(at.line) });
            open.map(|open| Guide { open, ..Guide::default() }).into_iter().collect()
        }
    }
}

/// What is read of a lesson's sources, once for all failures.
struct Sources {
    test: String,
    /// The functions that the learner writes, and where they are in the learner's files.
    blanks: Vec<(String, Place)>,
}

impl Sources {
    fn read(course: &Course, lesson: &Lesson) -> Self {
        let solution = starter::read_files(&course.solution(lesson).join("src")).unwrap_or_default();
        let blanks = solution.iter().flat_map(|(path, bytes)| {
            let own = fs::read_to_string(course.dir(lesson).join("src").join(path)).unwrap_or_default();
            let path = format!("lessons/{}/src/{}", lesson.folder, path.display());
            let blanks = starter::blanks(&String::from_utf8_lossy(bytes), &own).into_iter();
            blanks.map(move |(name, line)| (name, Place { path: path.clone(), line: line as u32, column: 0 }))
        });
        let test = fs::read_to_string(course.root.join(lesson.test_file())).unwrap_or_default();
        Self { test, blanks: blanks.collect() }
    }

    /// Where to look after `failure` of the test `name`.
    fn after(&self, lesson: &Lesson, name: &str, failure: &Failure) -> Guide {
        let path = lesson.test_file();
        let lines: Vec<_> = self.test.lines().collect();
        let function = name.split("::").find_map(|part| source::line_of_function(&self.test, part));
        let in_test = failure.at().filter(|at| at.path == path);
        Guide {
            about: function.map(|line| documentation(&lines[..line - 1])).unwrap_or_default(),
            open: self.open(lesson, failure),
            test: in_test.or(function.map(|line| Place { path, line: line as u32, column: 0 })),
        }
    }

    /// What the failure speaks of, or the lesson's file alone.
    fn open(&self, lesson: &Lesson, failure: &Failure) -> Spot {
        let sources = format!("lessons/{}/src", lesson.folder);
        let blank = failure.blank().map(|blank| blank.place);
        match blank.or_else(|| meant(failure, &sources, &self.blanks, &lesson.programs)) {
            Some(Place { path, line, .. }) => Spot { path, line: Some(line) },
            None => Spot { path: format!("{sources}/lib.rs"), line: None },
        }
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

/// The line that the failure speaks of: one below `sources` that it names; or `run`, when one of `programs` ran and the
/// message does not begin with another function; or the blank that the message names first.
pub fn meant(failure: &Failure, sources: &str, blanks: &[(String, Place)], programs: &[String]) -> Option<Place> {
    let own = |place: &Place| place.path.strip_prefix(sources).is_some_and(|rest| rest.starts_with('/'));
    if let Some(place) = failure.places().into_iter().find(own) {
        return Some(place);
    }
    let message = failure.message();
    let named = |text: &str| {
        let named = blanks.iter().filter_map(|(name, place)| Some((word(text, name)?, place)));
        named.min_by_key(|(at, _)| *at).map(|(_, place)| place.clone())
    };
    if ran(failure, programs)
        && named(message.first().map_or("", String::as_str)).is_none()
        && let Some((_, run)) = blanks.iter().find(|(name, _)| name == "run")
    {
        return Some(run.clone());
    }
    // Where one function is all there is, it need not be named.
    named(&message.join("\n")).or_else(|| if let [(_, only)] = blanks { Some(only.clone()) } else { None })
}

/// Whether the test started one of `programs`.
fn ran(failure: &Failure, programs: &[String]) -> bool {
    let Failure::Reported(report) = failure else { return false };
    report.printed.lines.iter().any(|line| line.how == How::Started && programs.contains(&line.speaker))
}

/// Where `text` has the function's name as a word; a method of that name is another one.
fn word(text: &str, name: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let whole =
        |at: &usize| !text[..*at].ends_with(|c| part(c) || c == '.') && !text[at + name.len()..].starts_with(part);
    text.match_indices(name).map(|(at, _)| at).find(whole)
}

#[cfg(test)]
mod tests {
    use kata::report::{Ending, Held, Line, Panic, Report, When};

    use super::*;

    #[test]
    fn a_tests_documentation_stands_above_its_attributes() {
        let above = ["}", "", "/// Two programs", "/// agree.", "#[rstest]", "#[case::one(", "    1", ")]"];
        assert_eq!(documentation(&above), ["Two programs", "agree."]);
        assert_eq!(documentation(&["/// Another's.", "fn other() {", "}", "", "#[test]"]), [] as [&str; 0]);
    }

    fn place(line: u32) -> Place {
        Place { path: "lessons/05_read/src/lib.rs".into(), line, column: 0 }
    }

    /// A failed test that said this, and what was printed meanwhile.
    fn failure(message: &str, printed: Vec<Line>) -> Failure {
        let at = Place { path: "lessons/05_read/tests/read.rs".into(), line: 41, column: 9 };
        let held = Held::new(When::Then, String::new(), "", -1);
        let panic = Panic { place: Some(at), message: message.into(), held };
        let mut report = Report::new("read_message_ends", "read", 1, Ending::Failed(panic));
        report.printed.lines = printed;
        Failure::Reported(Box::new(report))
    }

    /// The line that a failed test's message leads to, in a lesson with the program `reader`.
    fn line(message: &str, printed: Vec<Line>) -> Option<u32> {
        let blanks = [("read_message".to_owned(), place(15)), ("run".to_owned(), place(31))];
        let programs = ["reader".to_owned()];
        meant(&failure(message, printed), "lessons/05_read/src", &blanks, &programs).map(|place| place.line)
    }

    /// A program that was started and, if it complained, how.
    fn ran(program: &str, complained: Option<&str>) -> Vec<Line> {
        let line = |how, text: &str| Line { speaker: program.into(), pid: 41, how, text: text.into() };
        let complained = complained.map(|text| line(How::Complained, text));
        [line(How::Started, "reader 0x12"), line(How::Printed, "read_message(")].into_iter().chain(complained).collect()
    }

    #[test]
    fn a_panic_in_the_lessons_code_leads_to_its_line() {
        let panics = "thread 'main' (41) panicked at lessons/05_read/src/lib.rs:38:5:";
        assert_eq!(line("run ends with 101", ran("reader", Some(panics))), Some(38));
        let elsewhere = panics.replace("05_read/src", "05_read/srcs");
        assert_eq!(line("run ends with 101", ran("reader", Some(&elsewhere))), Some(31));
    }

    #[test]
    fn a_programs_failure_leads_to_run_unless_it_begins_with_another_function() {
        let reader = || ran("reader", None);
        assert_eq!(line("the reader printed\n  nothing; read_message returns", reader()), Some(31));
        assert_eq!(line("read_message(.., 4) should succeed", reader()), Some(15));
        // Another program is not one of the lesson's.
        assert_eq!(line("it printed\n  nothing", ran("writer", None)), None);
    }

    #[test]
    fn a_message_leads_to_the_function_that_it_names_first() {
        assert_eq!(line("after the detach\n  look: run calls read_message", vec![]), Some(31));
        assert_eq!(line("s.run(1), rerun(2) and run_twice; read_message(3)", vec![]), Some(15));
        assert_eq!(line("it says nothing", vec![]), None);
    }

    #[test]
    fn the_only_function_need_not_be_named() {
        let failure = Failure::Bare { at: None, blank: None, text: "5 is not 6".into() };
        assert_eq!(meant(&failure, "lessons/05_read/src", &[("run".into(), place(31))], &[]), Some(place(31)));
    }
}
