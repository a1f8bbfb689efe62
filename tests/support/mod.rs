//! What the tests of the runner share.

use std::process::Command;

/// Runs one part of `kata dev check`, on all lessons.
pub fn dev_check(part: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_kata")).args(["dev", "check", "--only", part]).output();
    let output = output.expect("the runner starts");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "\n{}", String::from_utf8_lossy(&said));
}
