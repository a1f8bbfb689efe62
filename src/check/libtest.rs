//! What a test binary printed, read as libtest and the kata's sandbox print it.

use crate::check::verdict::{Blank, Failure, Kind, Outcome, Place, Report, Test};
use crate::course::source;

/// The names in the output of `--list --format terse`.
pub fn names(list: &str) -> Vec<String> {
    list.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

/// The report on the tests named, from the binary's output. Whether the binary came to its end is for the caller.
pub fn read(names: &[String], stdout: &str, stderr: &str) -> Report {
    let outcome = |name: &String| match result(name, stdout) {
        Some("ok") => skipped(name, stderr).map_or(Outcome::Passed, Outcome::Skipped),
        Some("FAILED") => Outcome::Failed(failure(name, block(name, names, stdout))),
        Some(ignored) if ignored.starts_with("ignored") => Outcome::Skipped("marked #[ignore]".into()),
        _ => Outcome::Missing,
    };
    let tests = names.iter().map(|name| Test { name: name.clone(), outcome: outcome(name) }).collect();
    let fallback = stderr.lines().find_map(|line| line.strip_prefix("kata: fallback: ")).map(str::to_owned);
    Report { tests, fallback, ..Report::default() }
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
    names.sort_by(|a, b| (place(a), a).cmp(&(place(b), b)));
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

fn skipped(name: &str, stderr: &str) -> Option<String> {
    stderr.lines().find_map(|line| {
        let reason = line.strip_prefix("kata: skipped ")?.strip_prefix(name)?;
        Some(reason.strip_prefix(": ")?.to_owned())
    })
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

const KINDS: [(&str, Kind); 6] = [
    ("failed: ", Kind::Assertion),
    ("crashed: ", Kind::Signal),
    ("out of time: ", Kind::Deadline),
    ("ended early: ", Kind::NoToken),
    ("left running: ", Kind::LeftRunning),
    ("garbled: ", Kind::Garbled),
];

fn failure(name: &str, block: &str) -> Failure {
    let kind = |line: &str| {
        KINDS.iter().find(|(word, _)| line.trim_start().strip_prefix(word).is_some_and(|rest| rest.starts_with(name)))
    };
    let lines: Vec<_> = block.lines().filter(|line| !line.starts_with("note: run with `RUST_BACKTRACE")).collect();
    let begin = lines.iter().position(|line| kind(line).is_some());
    let kind = begin.and_then(|begin| kind(lines[begin])).map_or(Kind::Bare, |(_, kind)| *kind);
    let report = &lines[begin.unwrap_or(0)..];
    Failure {
        kind,
        at: report.iter().find_map(|line| place(line)),
        blank: report.windows(2).find_map(|pair| blank(pair[0], pair[1])),
        text: harmless(report.join("\n").trim_matches('\n')),
    }
}

/// What is kept of a failure's text: more than anybody reads, and little enough to be laid out anew with every key.
const KEPT: usize = 256 << 10;

/// Text that does nothing to a terminal but stand there, and ends. Tests without a sandbox print what they like.
fn harmless(text: &str) -> String {
    let kept = &text[..text.floor_char_boundary(KEPT)];
    let shown = |c: char| c == '\n' || c == '\t' || !c.is_control();
    let mut harmless: String =
        kept.chars().map(|c| if shown(c) { c.to_string() } else { c.escape_default().to_string() }).collect();
    if kept.len() < text.len() {
        harmless += &format!("\nand {} bytes more; `cargo test` prints them all", text.len() - kept.len());
    }
    harmless
}

/// The place in `  at PATH:LINE:COLUMN` or in `thread 'main' (7) panicked at PATH:LINE:COLUMN:`.
pub fn place(line: &str) -> Option<Place> {
    let line = line.trim();
    let named = match line.split_once("panicked at ") {
        Some((_, named)) => named.strip_suffix(':')?,
        None => line.strip_prefix("at ")?,
    };
    let mut parts = named.rsplitn(3, ':');
    let _column: u32 = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place { path: parts.next()?.to_owned(), line })
}

/// A panic's place and its message, when the message is a `todo!`'s.
fn blank(first: &str, second: &str) -> Option<Blank> {
    let (_, task) = second.split_once("not yet implemented")?;
    Some(Blank { place: place(first)?, task: task.trim_start_matches(':').trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const STDOUT: &str = "
running 6 tests
test asks ... FAILED
test case::case_1_small ... ok
test late ... ignored, later
test panics - should panic ... ok
test runs ... FAILED
test stuck has been running for over 60 seconds

failures:

---- asks stdout ----

  failed: asks
  at lessons/02_shmget/src/lib.rs:30:5
  not yet implemented: ask shmget

---- runs stdout ----
noise
---- imagined stdout ----
  failed: runs
  at lessons/04_write/tests/write.rs:41:9
  the writer ended with 101

  Who printed what:
    [writer 4121] thread 'main' (4121) panicked at lessons/04_write/src/lib.rs:12:5:
    [writer 4121] not yet implemented: write it

note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    asks
    runs

test result: FAILED. 2 passed; 2 failed; 1 ignored
";
    const STDERR: &str = "kata: fallback: EPERM\nkata: skipped panics: no second user\n";

    fn outcome(name: &str) -> Outcome {
        let all = names("asks: test\ncase::case_1_small: test\nlate: test\npanics: test\nruns: test\nstuck: test\n");
        let report = read(&all, STDOUT, STDERR);
        report.tests.into_iter().find(|test| test.name == name).unwrap().outcome
    }

    #[test]
    fn results_are_read() {
        assert_eq!(outcome("case::case_1_small"), Outcome::Passed);
        assert_eq!(outcome("panics"), Outcome::Skipped("no second user".into()));
        assert_eq!(outcome("late"), Outcome::Skipped("marked #[ignore]".into()));
        assert_eq!(outcome("stuck"), Outcome::Missing);
        assert_eq!(read(&[], STDOUT, STDERR).fallback.as_deref(), Some("EPERM"));
        assert!(has_result(STDOUT));
    }

    #[test]
    fn a_blank_is_found_where_it_was_hit() {
        let Outcome::Failed(failure) = outcome("asks") else { panic!() };
        let place = Place { path: "lessons/02_shmget/src/lib.rs".into(), line: 30 };
        assert_eq!(failure.at, Some(place.clone()));
        assert_eq!(failure.blank, Some(Blank { place, task: "ask shmget".into() }));
        assert_eq!(failure.text.lines().count(), 3);
    }

    #[test]
    fn a_blank_is_found_in_a_program_too() {
        let Outcome::Failed(failure) = outcome("runs") else { panic!() };
        assert_eq!(failure.kind, Kind::Assertion);
        assert_eq!(failure.at.unwrap().path, "lessons/04_write/tests/write.rs");
        let blank = failure.blank.unwrap();
        assert_eq!((blank.place.path.as_str(), blank.task.as_str()), ("lessons/04_write/src/lib.rs", "write it"));
        assert!(failure.text.starts_with("  failed: runs") && failure.text.ends_with("write it"), "{}", failure.text);
    }

    #[rstest]
    #[case("  crashed: t", Kind::Signal)]
    #[case("  out of time: t", Kind::Deadline)]
    #[case("  ended early: t", Kind::NoToken)]
    #[case("thread 't' (1) panicked at a.rs:1:2:", Kind::Bare)]
    fn the_sandbox_says_how_it_failed(#[case] line: &str, #[case] kind: Kind) {
        assert_eq!(failure("t", line).kind, kind);
    }

    #[test]
    fn what_a_test_prints_does_nothing_to_a_terminal_and_has_an_end() {
        let of = |said: &str| failure("t", &format!("thread 't' (1) panicked at a.rs:1:2:\n{said}")).text;
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
