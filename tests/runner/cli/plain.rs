//! `--plain`: words alone, for a screen reader or a terminal that can do nothing else.

use std::process::Command;

use crate::fixture::Fixture;
use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;

/// What a screen reader spells out or passes over, and what moves a cursor.
const DRAWN: [char; 11] = ['✓', '✗', '·', '~', '▸', '≠', '│', '|', '^', '\r', '\u{1b}'];

#[rstest]
#[case::home(&[], "  Lesson 1, add, two become one: you are here\n")]
#[case::list(&["list"], "  Lesson 2, double, one becomes two: not yet\n")]
#[case::check(&["check"], "  fails, shown below: zero_changes_nothing\n  fails too: both_orders_are_one_sum\n\n  failed: zero changes nothing\n  Nothing added changes nothing.\n\n")]
#[case::check_all(&["check", "--all"], "  Lesson 1, add: 0 of 2 tests pass\n  Lesson 2, double: 0 of 1 tests pass\n")]
#[case::rows(&["check"], "  open: lessons/01_add/src/lib.rs:5\n  test: lessons/01_add/tests/add.rs:5\n  hint: cargo kata hint add\n")]
#[case::next(&["next"], "1, add: Two become one\n\n  read: lessons/01_add/README.md\n  check: cargo kata check add\n")]
#[case::hint(&["hint", "1"], "\n\ndeeper: cargo kata hint add 2\n")]
#[case::difference(&["diff", "1", "--yes"], "\nyours:     todo!(\"add {a} and {b}\")\nsolution:     a + b\nboth: }\n")]
#[case::doctor(&["doctor"], "  fine: linker: /")]
fn what_marks_say_is_said_in_words(#[case] arguments: &[&str], #[case] said: &str) {
    let fixture = Fixture::new();
    let drawn = predicate::function(|text: &str| !text.contains(DRAWN));
    fixture.kata(arguments).arg("--plain").assert().stdout(contains(said).and(drawn));
}

#[test]
fn the_compiler_is_read_without_its_drawing() {
    let fixture = Fixture::new();
    fixture.write("lessons/01_add/src/lib.rs", "//! Adding.\npub fn add(a: u32, b: u32) -> u32 {\n    a + c\n}\n");
    for lesson in ["1", "2"] {
        let said = contains("\nat lessons/01_add/src/lib.rs:3:9\n").and(contains("\nline 3: a + c\n"));
        let drawn = predicate::function(|text: &str| !text.contains(DRAWN));
        fixture.kata(&["check", lesson, "--plain"]).assert().code(1).stdout(said.and(drawn));
    }
}

/// script(1) makes the terminal.
#[test]
fn a_dumb_terminal_gets_words_unasked() {
    let fixture = Fixture::new();
    let on_terminal = |term: &str| {
        let mut script = Command::new("script");
        script.args(["-qec", concat!(env!("CARGO_BIN_EXE_kata"), " check add"), "/dev/null"]);
        script.current_dir(fixture.path("")).env("TERM", term).env("CARGO_TARGET_DIR", fixture.path("target"));
        script.env_remove("NO_COLOR").env_remove("CARGO_MANIFEST_DIR").env_remove("KATA_ROOT");
        script.output().map(|output| String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"))
    };
    let Ok(dumb) = on_terminal("dumb") else { return eprintln!("there is no script(1) to make a terminal with") };
    assert!(
        dumb.starts_with("  building and running add\nLesson 1, add: two become one\n\n  fails, shown below: "),
        "{dumb}"
    );
    assert!(!dumb.contains(DRAWN), "{dumb}");
    let able = on_terminal("xterm").unwrap();
    assert!(able.contains("\u{1b}[1;31m✗\u{1b}[0m"), "{able}");
}
