//! The lessons and the book are what `kata dev check` asks of them: every lesson has its card, its hints, its tests and
//! its chapter; its starter stops at a blank, its solution and variants pass, and each of its mistakes is caught. The
//! learner's own files are neither read nor written.

use std::process::Command;

/// With one call, and so one build. Its lines name the part, the file and the cause; `kata dev check --only mistakes` is
/// one part alone. Style is left to `.ci/run`.
#[test]
fn lessons_and_book_are_whole() {
    let parts = ["lessons", "book", "starters", "solutions", "variants", "mistakes"];
    let mut check = Command::new(env!("CARGO_BIN_EXE_kata"));
    check.args(["dev", "check"]).args(parts.iter().flat_map(|part| ["--only", part]));
    let output = check.output().expect("the runner starts");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let passed = |part: &&str| said.lines().any(|line| line.split_whitespace().nth(1) == Some(part));
    assert!(output.status.success() && parts.iter().all(passed), "\n{said}");
}
