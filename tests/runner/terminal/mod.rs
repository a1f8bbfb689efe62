//! `kata` in a terminal, as a learner has it: what the screen shows, what the keys do, and a terminal that is given back.

mod edit;
mod ends;
mod harness;
mod keys;
mod plain;
mod processes;
mod pty;
mod saves;
mod suspend;
mod window;
mod xray;

use std::path::Path;
use std::process::Command;

use crate::fixture::Fixture;
use crate::waiting::{at_the_same_time, until};
use pty::Terminal;

/// The first lesson's file, wrong and right; the second's, right.
const WRONG: &str = "pub fn add(a: u32, b: u32) -> u32 {\n    a * b\n}\n";
const RIGHT: &str = "pub fn add(a: u32, b: u32) -> u32 {\n    a + b\n}\n";
const DOUBLES: &str = "pub fn double(a: u32) -> u32 {\n    add::add(a, a)\n}\n";
const ADD: &str = "lessons/01_add/src/lib.rs";
const DOUBLE: &str = "lessons/02_double/src/lib.rs";
const ADD_TESTS: &str = "lessons/01_add/tests/add.rs";

fn kata() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_kata"))
}

/// `kata ARGS` in the fixture.
fn command(fixture: &Fixture, arguments: &[&str]) -> Command {
    let mut command = Command::new(kata());
    command.args(arguments).current_dir(fixture.path(""));
    command.env("CARGO_TARGET_DIR", fixture.path("target"));
    command.env_remove("CARGO_MANIFEST_DIR").env_remove("KATA_ROOT").env_remove("TERM_PROGRAM");
    command
}

/// What a command line of sh's does with `command`, which it calls `"$@"`.
fn in_sh(command: &Command, line: &str) -> Command {
    let mut sh = Command::new("sh");
    sh.args(["-c", line, "sh"]).arg(command.get_program()).args(command.get_args());
    command.get_envs().for_each(|(name, value)| _ = value.map(|value| sh.env(name, value)));
    command.get_current_dir().map(|dir| sh.current_dir(dir));
    sh
}

/// `kata ARGS` in a window that has room for all.
fn watch(fixture: &Fixture, arguments: &[&str]) -> Terminal {
    Terminal::run(&command(fixture, arguments), 30, 110)
}

/// A test of the first lesson that never ends while `add` is [`WRONG`], and writes its process's number to `hanging`. A
/// line in `runs` tells each of its runs.
fn hanging_test(fixture: &Fixture) {
    let (hanging, runs) = (fixture.path("hanging"), fixture.path("runs"));
    let test = format!(
        "#[test]\nfn hangs() {{\n    use std::io::Write;\n    \
         let mut runs = std::fs::File::options().create(true).append(true).open({runs:?}).unwrap();\n    \
         writeln!(runs, \"run\").unwrap();\n    if add::add(2, 3) == 6 {{\n        \
         std::fs::write({hanging:?}, std::process::id().to_string()).unwrap();\n        \
         loop {{\n            std::thread::park();\n        }}\n    }}\n}}\n"
    );
    fixture.write(ADD_TESTS, &(test + "\n#[test]\nfn sum() {\n    assert_eq!(add::add(2, 3), 5);\n}\n"));
}

/// How often [`hanging_test`] began.
fn runs(fixture: &Fixture) -> usize {
    fixture.read("runs").lines().count()
}

/// Waits for [`hanging_test`] to hang; the process that does.
fn hanging(fixture: &Fixture) -> libc::pid_t {
    let hanging = fixture.path("hanging");
    let read = || std::fs::read_to_string(&hanging).ok()?.parse().ok();
    until("the test hangs", || read().is_some());
    let pid = read().expect("it was there");
    std::fs::remove_file(hanging).expect("it was there");
    pid
}
