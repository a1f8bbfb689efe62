//! What the keys do.

use std::fs;

use rstest::rstest;

use super::pty::{CTRL_C, DOWN, END, ENTER, ESC, HOME, PAGE_DOWN, Terminal, UP};
use super::{ADD, DOUBLE, DOUBLES, RIGHT, WRONG, hanging, hanging_test, until, watch};
use crate::fixture::Fixture;

pub const PASSES: &str = "✓ all 2 tests pass";

fn red(fixture: &Fixture) -> Terminal {
    let terminal = watch(fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    terminal
}

fn green(fixture: &Fixture) -> Terminal {
    fixture.write(ADD, RIGHT);
    let terminal = watch(fixture, &["watch"]);
    terminal.shows(PASSES);
    terminal
}

#[test]
fn every_press_asks_for_a_deeper_hint() {
    let fixture = Fixture::new();
    let mut terminal = red(&fixture);
    terminal.type_keys("h");
    terminal.shows("What does + do?");
    terminal.type_keys("h");
    terminal.hides("What does + do?");
    terminal.shows("  a + b");
    terminal.type_keys("h");
    terminal.shows("The shape.");
    terminal.type_keys("h");
    terminal.type_keys(ESC);
    terminal.hides("The shape.");
    terminal.shows("add 7 and 0");
}

#[test]
fn a_lesson_not_begun_shows_its_task_until_a_file_is_saved() {
    let fixture = Fixture::new();
    fixture.write("lessons/01_add/README.md", "# 1 · add: two become one\n\nAbout a minute.\n");
    let mut terminal = red(&fixture);
    terminal.shows("About a minute.");
    fixture.write(ADD, WRONG);
    terminal.shows("✗ 1 of 2 tests pass");
    terminal.hides("About a minute.");
    // Asked for, it stays until it is closed.
    terminal.type_keys("t");
    terminal.shows("About a minute.");
    fixture.write(ADD, RIGHT);
    terminal.shows(PASSES);
    terminal.shows("About a minute.");
    terminal.type_keys("t");
    terminal.hides("About a minute.");
    terminal.shows("Enter goes on to lesson 2");
}

#[test]
fn a_lesson_is_chosen_from_the_list_and_its_tests_run() {
    let fixture = Fixture::new();
    let mut terminal = red(&fixture);
    terminal.type_keys("l");
    terminal.shows("One becomes two");
    terminal.type_keys(DOWN);
    terminal.type_keys(ENTER);
    terminal.shows("✗ 0 of 1 tests pass");
    assert!(terminal.row(0).contains("Lesson 2, double"), "{}", terminal.row(0));
    terminal.shows("three_becomes_six");
    for (keys, lesson) in [("lk", "Lesson 1, add"), ("lj", "Lesson 2, double"), ("ljjk\x1b[A", "Lesson 1, add")] {
        terminal.type_keys(keys);
        terminal.type_keys(ENTER);
        terminal.until(lesson, |screen| screen.contents().starts_with(&format!("kata  {lesson}")));
    }
    terminal.shows("✗ 0 of 2 tests pass");
}

#[test]
fn a_lesson_is_searched_for() {
    let fixture = Fixture::new();
    let mut terminal = red(&fixture);
    terminal.type_keys("l/BECOME");
    terminal.shows("lessons with: BECOME");
    terminal.shows("Two become one");
    terminal.type_keys("s t");
    terminal.hides("Two become one");
    terminal.shows("One becomes two");
    terminal.type_keys("x");
    terminal.shows("No lesson has that");
    terminal.type_keys("\x7f");
    terminal.shows("One becomes two");
    terminal.type_keys(ENTER);
    terminal.shows("✗ 0 of 1 tests pass");
    assert!(terminal.row(0).contains("Lesson 2, double"), "{}", terminal.row(0));

    // A search given up leaves everything where it was.
    terminal.type_keys("l/add");
    terminal.shows("lessons with: add");
    terminal.type_keys(ESC);
    terminal.hides("lessons with");
    terminal.type_keys(ESC);
    terminal.hides("Enter goes there");
    assert!(terminal.row(0).contains("Lesson 2, double"), "{}", terminal.row(0));
}

#[test]
fn one_goes_on_when_one_asks_to_and_not_before_it_passes() {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    let mut terminal = red(&fixture);
    for key in ["n", ENTER] {
        terminal.type_keys(key);
        terminal.shows("Lesson add does not pass yet");
        assert!(terminal.row(0).contains("Lesson 1, add"), "{}", terminal.row(0));
        terminal.type_keys("l");
        terminal.hides("Lesson add does not pass yet");
        terminal.type_keys(ESC);
        terminal.hides("Enter goes there");
    }

    fixture.write(ADD, RIGHT);
    terminal.shows(PASSES);
    terminal.shows("Enter goes on to lesson 2, double: one becomes two");
    // It stays, also when it passes again.
    fixture.write(ADD, WRONG);
    hanging(&fixture);
    terminal.hides(PASSES);
    fixture.write(ADD, RIGHT);
    terminal.shows(PASSES);
    assert!(terminal.row(0).contains("Lesson 1, add"), "{}", terminal.row(0));

    terminal.type_keys(ENTER);
    terminal.shows("✗ 0 of 1 tests pass");
    assert!(terminal.row(0).contains("Lesson 2, double"), "{}", terminal.row(0));

    fixture.write(DOUBLE, DOUBLES);
    terminal.shows("✓ all 1 tests pass");
    terminal.shows("2 of 2 done");
    terminal.hides("Enter goes on");
}

#[test]
fn a_solution_is_shown_to_whoever_insists() {
    let fixture = Fixture::new();
    let mut terminal = red(&fixture);
    for key in ["s", "d"] {
        for answer in ["n", ESC, ENTER, "q"] {
            terminal.type_keys(key);
            terminal.shows("has not passed yet");
            terminal.type_keys(answer);
            terminal.hides("has not passed yet");
            assert!(!terminal.contents().contains("a + b"), "{}", terminal.contents());
        }
        terminal.type_keys(key);
        terminal.shows("has not passed yet");
        terminal.type_keys("y");
        terminal.shows("a + b");
        terminal.type_keys(ESC);
        terminal.hides("a + b");
    }
}

#[test]
fn a_solution_is_no_secret_once_the_lesson_passes() {
    let fixture = Fixture::new();
    let mut terminal = green(&fixture);
    terminal.type_keys("s");
    terminal.shows("/// The sum.");
    terminal.shows("    a + b");
    terminal.type_keys(ESC);
    terminal.hides("/// The sum.");
    terminal.type_keys("d");
    terminal.shows("+/// The sum.");
}

#[test]
fn a_reset_is_asked_for_and_loses_nothing() {
    let fixture = Fixture::new();
    let starter = fixture.read(ADD);
    fixture.write(ADD, WRONG);
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 1 of 2 tests pass");
    for answer in ["n", ESC, ENTER] {
        terminal.type_keys("R");
        terminal.shows("Reset lesson add?");
        terminal.type_keys(answer);
        terminal.hides("Reset lesson add?");
        assert_eq!(fixture.read(ADD), WRONG);
    }
    terminal.type_keys("R");
    terminal.shows("Reset lesson add?");
    terminal.type_keys("y");
    terminal.shows("To get your code back: cp .kata/kept/01_add-1/lib.rs lessons/01_add/src/");
    terminal.type_keys(ESC);
    terminal.shows("✗ 0 of 2 tests pass");
    assert_eq!(fixture.read(ADD), starter);
    assert_eq!(fixture.read(".kata/kept/01_add-1/lib.rs"), WRONG);
}

#[test]
fn all_keys_are_listed() {
    let fixture = Fixture::new();
    let mut terminal = red(&fixture);
    terminal.type_keys("?");
    terminal.shows("Ctrl-Z suspends");
    for key in ["h", "t", "l", "n", "r", "b", "s", "d", "x", "R", "Esc", "?", "q"] {
        let listed = terminal.contents().lines().any(|line| line.trim_start().starts_with(&format!("{key}  ")));
        assert!(listed, "{key} is missing:\n{}", terminal.contents());
    }
    terminal.type_keys(ESC);
    terminal.hides("Ctrl-Z suspends");
}

#[test]
fn keys_do_their_work_while_a_test_hangs() {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    fixture.write(ADD, WRONG);
    let mut terminal = watch(&fixture, &["watch"]);
    let pid = hanging(&fixture);
    terminal.shows("running 1 of 2 tests");
    terminal.type_keys("h");
    terminal.shows("What does + do?");
    terminal.shows("running 1 of 2 tests");
    terminal.type_keys("lj");
    terminal.type_keys(ENTER);
    terminal.shows("✗ 0 of 1 tests pass");
    assert!(!kata::process::is_there(pid), "the test of the lesson that was left still hangs");
}

#[test]
fn a_long_text_is_scrolled() {
    let fixture = Fixture::new();
    let lines: String = (1..=100).map(|line| format!("Line {line}.\n\n")).collect();
    fixture.write("lessons/01_add/README.md", &format!("# 1 · add\n\n{lines}"));
    let mut terminal = watch(&fixture, &["watch"]);
    let at = |terminal: &Terminal, line: u32| terminal.shows(&format!("Line {line}."));
    at(&terminal, 1);
    terminal.type_keys(END);
    at(&terminal, 99);
    terminal.hides("Line 1.");
    terminal.type_keys(HOME);
    at(&terminal, 1);
    terminal.type_keys(&DOWN.repeat(9));
    terminal.hides("Line 1.");
    terminal.type_keys(&UP.repeat(15));
    at(&terminal, 1);
    terminal.type_keys(PAGE_DOWN);
    terminal.hides("Line 1.");
    terminal.type_keys("k".repeat(100).as_str());
    at(&terminal, 1);
    terminal.type_keys("j".repeat(3000).as_str());
    terminal.shows("Line 100.");
    // Not further than its end: one line up is one line up.
    terminal.type_keys("k");
    terminal.hides("Line 100.");
}

#[test]
fn the_greeting_goes_with_a_key_and_does_not_come_back_to_a_lesson_begun() {
    let fixture = Fixture::new();
    fixture.write("lessons/01_add/README.md", "# 1 · add\n\nMake a sum.\n");
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    terminal.shows("Make a sum.");
    terminal.type_keys(ESC);
    terminal.shows("add 7 and 0");
    terminal.hides("Make a sum.");
    fixture.write(ADD, WRONG);
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 1 of 2 tests pass");
    terminal.hides("Make a sum.");
}

#[test]
fn segments_are_shown() {
    let fixture = Fixture::new();
    let mut terminal = red(&fixture);
    terminal.type_keys("x");
    terminal.until("the x-ray", |screen| screen.contents().to_lowercase().contains("segment"));
    terminal.type_keys(ESC);
    terminal.shows("add 7 and 0");
}

#[rstest]
#[case::plain(&[])]
#[case::with_alt(b"\x1b")]
#[case::as_sequences(b"\x1b[")]
fn a_cat_on_the_keyboard_breaks_nothing(#[case] before: &[u8]) {
    let fixture = Fixture::new();
    let mut terminal = red(&fixture);
    // Every byte but those that end it, stop it, start a browser or an editor, or mean yes.
    let bytes = (1..=u8::MAX).filter(|byte| !b"\x03\x1aqbeyY".contains(byte));
    terminal.type_bytes(&bytes.flat_map(|byte| [before, &[byte]].concat()).collect::<Vec<u8>>());
    // These end whatever sequence may have begun.
    terminal.type_keys("~~~~~~mMcu~");
    fixture.write(ADD, RIGHT);
    until("the lesson passes", || fixture.path("progress.txt").exists());
    terminal.type_keys(CTRL_C);
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn a_walkthrough_that_cannot_be_shown_is_said() {
    let fixture = Fixture::new();
    let mut terminal = red(&fixture);
    terminal.type_keys("b");
    terminal.shows("book: error:");
    terminal.type_keys("h");
    terminal.shows("What does + do?");
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn what_is_missing_is_said_and_nothing_breaks() {
    let fixture = Fixture::new();
    fs::remove_file(fixture.path("lessons/01_add/hints.md")).unwrap();
    let mut terminal = red(&fixture);
    terminal.type_keys("h");
    terminal.shows("hints.md");
    terminal.type_keys("t");
    terminal.shows("README.md");
    terminal.type_keys(ESC);
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 0);
}
