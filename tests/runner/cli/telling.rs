//! Tests of a fixture that tell what a sandbox would, without having one.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use kata::report::{Ending, Report, Told, frame};
use rstest::rstest;

use crate::fixture::Fixture;

/// Functions with which a test tells something. A frame is made here, for the key 0; the run's own, which only the test
/// knows, is written over it.
const TELL: &str = r#"
fn write(bytes: &[u8]) {
    let reports = std::env::var("KATA_REPORTS").expect("a runner listens");
    let fd = reports.split(' ').next().expect("a descriptor");
    let file = std::fs::OpenOptions::new().append(true).open(format!("/proc/self/fd/{fd}"));
    std::io::Write::write_all(&mut file.expect("a file"), bytes).expect("room");
}

#[allow(dead_code)]
fn tell(frame: &[u8]) {
    let reports = std::env::var("KATA_REPORTS").expect("a runner listens");
    let key: u64 = reports.split(' ').next_back().and_then(|key| key.parse().ok()).expect("a key");
    let mut frame = frame.to_vec();
    frame[6..14].copy_from_slice(&key.to_le_bytes());
    write(&frame);
}
"#;

/// Gives lesson 1 these tests, which may call `tell(FRAME)`, and `write(BYTES)` for what is no frame of this run.
pub fn tests(fixture: &Fixture, tests: &str) {
    fixture.write("lessons/01_add/tests/add.rs", &format!("{tests}{TELL}"));
}

/// A frame, as an array in Rust.
pub fn told(told: Told) -> String {
    format!("{:?}", frame(&told, 0))
}

/// The frame of a report on a test of lesson 1.
pub fn report(test: &str, ending: Ending) -> String {
    told(Told::Report(Box::new(Report::new(test, "add", 7, ending))))
}

/// A test that passes.
pub const PASSES: &str = "#[test]\nfn passes() {}\n";

/// A test of this name that cannot show its point, where namespaces are refused for this reason.
pub fn skips(test: &str, why: &str, refused: &str) -> String {
    let (fallback, skipped) = (told(Told::Fallback(refused.into())), report(test, Ending::Skipped(why.into())));
    format!("#[test]\nfn {test}() {{\n    tell(&{fallback});\n    tell(&{skipped});\n}}\n")
}

/// What is known of a failure is worth reading while another test still runs, and worth reading once. It is the one that
/// failed first, which need not be the first in the file.
#[rstest]
#[case::the_other_passes(false)]
#[case::the_other_comes_before_it_and_fails_later(true)]
fn the_first_failure_is_printed_while_others_run_and_not_again(#[case] fails_later: bool) {
    let fixture = Fixture::new();
    let [left, early] = ["left", "early"].map(|test| report(test, Ending::LeftRunning));
    let waits = "while !std::path::Path::new(&std::env::var(\"KATA_TEST_MARK\").unwrap()).exists() {\n        \
                 std::thread::sleep(std::time::Duration::from_millis(10));\n    }";
    let end = if fails_later { format!("tell(&{early});") } else { String::new() };
    tests(
        &fixture,
        &format!(
            "#[test]\nfn early() {{\n    {waits}\n    {end}\n}}\n\n#[test]\nfn left() {{\n    tell(&{left});\n}}\n"
        ),
    );
    let mark = fixture.path("go on");
    let mut check = Command::new(env!("CARGO_BIN_EXE_kata"));
    check.args(["check", "add"]).current_dir(fixture.path("")).stdout(Stdio::piped());
    // Two tests at once, also on one core.
    check.env("CARGO_TARGET_DIR", fixture.path("target")).env("KATA_TEST_MARK", &mark).env("RUST_TEST_THREADS", "2");
    let mut check = check.spawn().expect("the runner starts");
    let mut lines = BufReader::new(check.stdout.take().expect("a pipe")).lines().map(|line| line.expect("text"));
    // It comes before the other test can end.
    let failure = lines.next().expect("a line of the report");
    assert!(failure.starts_with("  left"), "{failure}");
    std::fs::write(&mark, "").expect("room");
    let rest: Vec<_> = lines.collect();
    assert_eq!(check.wait().expect("the runner ends").code(), Some(1));
    let has = |line: &str| rest.contains(&line.to_owned());
    assert!(!has(&failure) && has("  The report on left is above.") && has("  ✗ left"), "{rest:#?}");
    let (other, count) = if fails_later {
        ("  · early", "  0 of 2 tests pass. One more fails; this one was known first.")
    } else {
        ("  ✓ early", "  1 of 2 tests pass.")
    };
    assert!(has(other) && has(count), "{rest:#?}");
}
