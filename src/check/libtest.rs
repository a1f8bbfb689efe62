//! What a test binary printed, read as libtest prints it, together with the reports that its sandboxes handed over.

use kata::report::{Ending, Told, blank_after, harmless, panicked_at};

use crate::check::verdict::{Failure, Outcome, Results, Test};
use crate::course::source;

/// The names in the output of `--list --format terse`.
pub fn names(list: &str) -> Vec<String> {
    list.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

/// The results of the tests named, from the binary's output and what its tests told. Whether the binary came to its end is
/// for the caller.
pub fn read(names: &[String], stdout: &str, told: &[Told]) -> Results {
    let outcome = |name: &String| outcome(name, names, stdout, told);
    let tests = names.iter().map(|name| Test { name: name.clone(), outcome: outcome(name) }).collect();
    let fallback = told.iter().find_map(|told| match told {
        Told::Fallback(why) => Some(why.clone()),
        Told::Report(_) => None,
    });
    Results { tests, fallback, ..Results::default() }
}

/// A pass is libtest's word, and no report that says otherwise; a report is heard also where libtest has no word left.
fn outcome(name: &str, names: &[String], stdout: &str, told: &[Told]) -> Outcome {
    let mut reports = told.iter().filter_map(|told| match told {
        Told::Report(report) if report.test == name => Some(report),
        _ => None,
    });
    let said = result(name, stdout);
    let report = reports.clone().find(|report| report.kind().is_some()).or_else(|| reports.next_back());
    match (report.map(|report| &report.ending), said) {
        (Some(Ending::NotRun(reason)), _) => Outcome::NotRun(reason.clone()),
        (Some(Ending::Skipped(reason)), Some("ok")) => Outcome::Skipped(reason.clone()),
        (Some(Ending::Passed) | None, Some("ok")) => Outcome::Passed,
        (Some(Ending::Passed | Ending::Skipped(_)) | None, Some("FAILED")) => {
            Outcome::Failed(bare(block(name, names, stdout)))
        }
        (Some(Ending::Passed | Ending::Skipped(_)) | None, Some(ignored)) if ignored.starts_with("ignored") => {
            Outcome::Skipped("marked #[ignore]".into())
        }
        (Some(Ending::Passed | Ending::Skipped(_)) | None, _) => Outcome::Missing,
        (Some(_), _) => report.map_or(Outcome::Missing, |report| Outcome::Failed(Failure::Reported(report.clone()))),
    }
}

/// Whether libtest came to its last line.
pub fn has_result(stdout: &str) -> bool {
    stdout.lines().any(|line| line.starts_with("test result: "))
}

/// Sorts names as their functions stand in the test file; the cases of one function stay together, by name.
pub fn in_file_order(names: &mut [String], source: &str) {
    let place = |name: &str| {
        let line = name.split("::").filter_map(|part| source::line_of_function(source, part)).next();
        line.unwrap_or(usize::MAX)
    };
    // Once for each name: the file is read through each time.
    names.sort_by_cached_key(|name| (place(name), name.clone()));
}

/// What stands after `test NAME ... `.
fn result<'a>(name: &str, stdout: &'a str) -> Option<&'a str> {
    stdout.lines().find_map(|line| {
        let rest = line.strip_prefix("test ")?.strip_prefix(name)?;
        let rest = rest.strip_prefix(" - should panic").unwrap_or(rest);
        Some(rest.strip_prefix(" ... ")?.trim_end())
    })
}

/// The test whose result the line tells, and whether it did not fail; `None` for any other line.
pub fn result_line<'a>(line: &str, names: &'a [String]) -> Option<(&'a str, bool)> {
    names.iter().find_map(|name| Some((name.as_str(), result(name, line)? != "FAILED")))
}

/// What libtest kept of the test's output: from its header to the next, or to the list of failures.
fn block<'a>(name: &str, names: &[String], stdout: &'a str) -> &'a str {
    let Some(start) = stdout.find(&format!("\n---- {name} stdout ----\n")) else { return "" };
    let text = &stdout[start..];
    let text = &text[text.find("----\n").map_or(0, |at| at + 5)..];
    let others = names.iter().filter_map(|other| text.find(&format!("\n---- {other} stdout ----\n")));
    let end = others.chain(text.rfind("\nfailures:\n")).min().unwrap_or(text.len());
    text[..end].trim_matches('\n')
}

/// A failure outside of any sandbox.
fn bare(block: &str) -> Failure {
    let lines: Vec<_> = block.lines().filter(|line| !line.starts_with("note: run with `RUST_BACKTRACE")).collect();
    let blank = |pair: &[&str]| blank_after(&panicked_at(pair[0])?, pair[1]);
    Failure::Bare {
        at: lines.iter().find_map(|line| panicked_at(line)),
        blank: lines.windows(2).find_map(blank),
        text: kept(lines.join("\n").trim_matches('\n')),
    }
}

/// What is kept of a failure's text: more than anybody reads, and little enough to be laid out anew with every key.
const KEPT: usize = 256 << 10;

/// Text that does nothing to a terminal, and ends. Tests without a sandbox print what they like.
fn kept(text: &str) -> String {
    let beginning = &text[..text.floor_char_boundary(KEPT)];
    let mut kept = harmless(beginning);
    if beginning.len() < text.len() {
        kept += &format!("\nand {} bytes more; `cargo test` prints them all", text.len() - beginning.len());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::verdict::{Blank, Kind, Place};
    use rstest::rstest;

    const STDOUT: &str = "
running 8 tests
test asks ... FAILED
test case::case_1_small ... ok
test contradicts ... ok
test hangs ... FAILED
test late ... ignored, later
test panics - should panic ... ok
test runs ... FAILED
test stuck has been running for over 60 seconds

failures:

---- asks stdout ----

thread 'asks' (12) panicked at lessons/02_shmget/src/lib.rs:30:5:
not yet implemented: ask shmget
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

---- runs stdout ----
noise
---- imagined stdout ----
a report is handed over


failures:
    asks
    runs

test result: FAILED. 2 passed; 2 failed; 1 ignored
";

    fn told(name: &str, ending: Ending) -> Told {
        Told::Report(Box::new(kata::report::Report::new(name, "shmget", 1, ending)))
    }

    fn reported(name: &str) -> Told {
        told(name, Ending::TimedOut { after: std::time::Duration::from_secs(10) })
    }

    fn outcome(name: &str) -> Outcome {
        let all = "asks case::case_1_small contradicts hangs late panics runs stuck unheard";
        let all: Vec<_> = all.split(' ').map(str::to_owned).collect();
        let told = [
            Told::Fallback("EPERM".into()),
            told("panics", Ending::Skipped("no second user".into())),
            told("hangs", Ending::NotRun("late".into())),
            reported("runs"),
            reported("contradicts"),
            reported("stuck"),
            told("unheard", Ending::Passed),
        ];
        let results = read(&all, STDOUT, &told);
        assert_eq!(results.fallback.as_deref(), Some("EPERM"));
        results.tests.into_iter().find(|test| test.name == name).unwrap().outcome
    }

    #[test]
    fn results_are_read() {
        assert_eq!(names("asks: test\ncase::case_1_small: test\n"), ["asks", "case::case_1_small"]);
        assert_eq!(outcome("case::case_1_small"), Outcome::Passed);
        assert_eq!(outcome("panics"), Outcome::Skipped("no second user".into()));
        assert_eq!(outcome("late"), Outcome::Skipped("marked #[ignore]".into()));
        assert_eq!(outcome("hangs"), Outcome::NotRun("late".into()));
        assert!(has_result(STDOUT));
    }

    /// A report of a failure counts whatever libtest says; one of a pass alone is none.
    #[rstest]
    #[case("runs")]
    #[case("contradicts")]
    #[case("stuck")]
    fn a_reported_failure_is_one(#[case] name: &str) {
        let Outcome::Failed(Failure::Reported(report)) = outcome(name) else { panic!("{:?}", outcome(name)) };
        assert_eq!(report.kind(), Some(Kind::TimedOut));
    }

    #[test]
    fn a_reported_pass_without_libtests_word_is_none() {
        assert_eq!(outcome("unheard"), Outcome::Missing);
    }

    #[test]
    fn a_blank_is_found_where_it_was_hit() {
        let Outcome::Failed(failure) = outcome("asks") else { panic!() };
        let place = Place { path: "lessons/02_shmget/src/lib.rs".into(), line: 30, column: 5 };
        assert_eq!(failure.at(), Some(place.clone()));
        assert_eq!(failure.blank(), Some(Blank { place, task: "ask shmget".into() }));
        assert_eq!((failure.text().lines().count(), failure.is_a_blank(), failure.kind()), (2, true, None));
    }

    #[test]
    fn what_a_test_prints_does_nothing_to_a_terminal_and_has_an_end() {
        let of = |said: &str| bare(&format!("thread 't' (1) panicked at a.rs:1:2:\n{said}")).text();
        assert!(of("\x1b]2;title\x07\ta\u{9b}").ends_with("\n\\u{1b}]2;title\\u{7}\ta\\u{9b}"));
        let long = of(&"é".repeat(KEPT));
        assert!(long.len() < KEPT + 100 && long.contains("\nand 2621"), "{}", &long[long.len() - 100..]);
    }

    #[test]
    fn names_stand_as_in_the_file() {
        let source = "#[test]\nfn second() {}\n#[rstest]\nfn cases(#[case] n: u8) {}\n#[test]\nfn first() {}\n";
        let mut names = ["cases::case_2_b", "cases::case_1_a", "first", "second"].map(str::to_owned);
        in_file_order(&mut names, source);
        assert_eq!(names, ["second", "cases::case_1_a", "cases::case_2_b", "first"]);
    }
}
