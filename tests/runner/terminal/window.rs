//! The window: any size, and what may be written to it.

use rstest::rstest;

use super::pty::{CTRL_L, DOWN, END, ESC, PAGE_DOWN, Terminal, UP};
use super::{ADD, RIGHT, WRONG, command, hanging_test, in_sh, runs, until, watch};
use crate::fixture::Fixture;

#[test]
fn the_screen_fits_its_window() {
    let fixture = Fixture::new();
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    for (rows, columns) in [(24, 80), (50, 200), (12, 40), (30, 110)] {
        terminal.resize(rows, columns);
        terminal.until("it is drawn anew", |screen| {
            let rows_shown: Vec<String> = screen.rows(0, columns).collect();
            rows_shown[0].starts_with("kata  Lesson 1, add")
                && rows_shown[0].trim_end().ends_with("0 of 2 done")
                && rows_shown[usize::from(rows) - 1].contains("q quit")
                && rows_shown.iter().any(|row| row.contains("✗ 0 of 2 tests pass"))
        });
    }
}

#[test]
fn what_the_terminal_has_lost_is_drawn_again() {
    let fixture = Fixture::new();
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    for _ in 0..20 {
        // The runner is told twice, and finds the size that it knows.
        terminal.resize(3, 10);
        terminal.resize(30, 110);
        terminal.shows("q quit");
        terminal.shows("not yet implemented: add 7 and 0");
    }
    // What another program has written over it, such as `wall`.
    terminal.scribble("\x1b[2J");
    terminal.hides("q quit");
    terminal.type_keys(CTRL_L);
    terminal.shows("q quit");
}

#[test]
fn a_window_of_no_size_is_taken_for_an_ordinary_one() {
    let fixture = Fixture::new();
    let watch = in_sh(&command(&fixture, &["watch"]), "stty rows 0 cols 0; \"$@\"");
    let terminal = Terminal::run(&watch, 24, 80);
    terminal.shows("✗ 0 of 2 tests pass");
}

const TINY: [(u16, u16); 7] = [(3, 10), (1, 1), (2, 1), (1, 200), (200, 1), (5, 7), (8, 9)];

/// Resizes the window, and waits until the screen is drawn anew.
fn resized(terminal: &Terminal, (rows, columns): (u16, u16)) {
    let before = terminal.printed().len();
    terminal.resize(rows, columns);
    let clear = b"\x1b[2J";
    let cleared = || terminal.printed()[before..].windows(clear.len()).any(|bytes| bytes == clear);
    until("it is drawn anew", cleared);
}

#[test]
fn a_tiny_window_is_survived() {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    // While a test runs, and when all have passed.
    for (code, said) in [(WRONG, "running 1 of 2 tests"), (RIGHT, "✓ all 2 tests pass")] {
        fixture.write(ADD, code);
        terminal.resize(30, 110);
        terminal.shows(said);
        for size in TINY {
            resized(&terminal, size);
            // Every panel and question in it, and another run.
            let before = runs(&fixture);
            for key in [
                "h", "t", "l", "j", "/a", "\t", PAGE_DOWN, END, UP, "?", "x", DOWN, "q", "s", "N", "d", "N", "R", "N",
                "N", "r",
            ] {
                terminal.type_keys(key);
            }
            until("it runs again", || runs(&fixture) > before);
            terminal.resize(30, 110);
            terminal.shows(said);
        }
        // And a verdict that comes while it is tiny.
        resized(&terminal, (1, 1));
        fixture.write(ADD, "pub fn add() {\n");
        for size in TINY {
            terminal.resize(30, 110);
            terminal.shows("✗ does not compile");
            resized(&terminal, size);
        }
    }
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 0);
}

/// The reader of keys may learn of both at once, and must not forget the key.
#[test]
fn a_key_typed_while_the_window_changes_is_read() {
    let fixture = Fixture::new();
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    for round in 0..100 {
        terminal.resize(30, 100 + round % 2);
        terminal.type_keys("?");
        terminal.shows("── keys ─");
        terminal.resize(30, 110);
        terminal.type_keys("?");
        terminal.until("the panel is closed", |screen| !screen.contents().contains("── keys ─"));
    }
}

/// Nor may it forget the window, which has its old size again and has lost what it showed.
#[test]
fn a_window_that_changes_while_a_key_is_typed_is_drawn_again() {
    let fixture = Fixture::new();
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    for round in 0..100 {
        terminal.type_keys("?");
        terminal.resize(3, 10);
        terminal.resize(30, 110);
        let panel = round % 2 == 0;
        terminal.until("it is drawn again", |screen| {
            let shown = screen.contents();
            shown.starts_with("kata  Lesson 1, add") && shown.contains("q quit") && shown.contains("── keys ─") == panel
        });
    }
}

#[test]
fn it_begins_in_a_tiny_window_too() {
    let fixture = Fixture::new();
    let terminal = Terminal::run(&command(&fixture, &["watch"]), 1, 1);
    terminal.until("it has taken the screen", vt100::Screen::alternate_screen);
    terminal.resize(30, 110);
    terminal.shows("✗ 0 of 2 tests pass");
}

#[test]
fn a_size_that_changes_all_the_time_settles() {
    let fixture = Fixture::new();
    let terminal = watch(&fixture, &["watch"]);
    for step in 0..200 {
        terminal.resize(5 + step % 40, 20 + step % 130);
    }
    terminal.resize(30, 110);
    terminal.shows("✗ 0 of 2 tests pass");
    terminal.shows("q quit");
}

/// The colours among the escape sequences (Select Graphic Rendition). Source: ECMA-48, 8.3.117.
fn colours(printed: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(printed).into_owned();
    let sequences = text.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| ('@'..='~').contains(&c))?;
        rest[end..].starts_with('m').then(|| rest[..end].to_owned())
    });
    let is_colour =
        |code: &str| code.parse().is_ok_and(|code: u16| (30..=49).contains(&code) || (90..=107).contains(&code));
    sequences.filter(|codes| codes.split([';', ':']).any(is_colour)).collect()
}

#[rstest]
#[case::wanted("", true)]
#[case::not_wanted("1", false)]
fn colours_are_for_whoever_wants_them(#[case] no_color: &str, #[case] expected: bool) {
    let fixture = Fixture::new();
    let mut command = command(&fixture, &["watch"]);
    command.env("NO_COLOR", no_color);
    let mut terminal = Terminal::run(&command, 30, 110);
    terminal.shows("✗ 0 of 2 tests pass");
    fixture.write(ADD, "pub fn add(a: u32, b: u32) -> u32 {\n    c\n}\n");
    terminal.shows("cannot find value `c`");
    terminal.type_keys("l");
    terminal.shows("Enter goes there");
    terminal.type_keys(ESC);
    terminal.hides("Enter goes there");
    terminal.type_keys("sy");
    terminal.shows("a + b");
    terminal.type_keys(ESC);
    fixture.write(ADD, RIGHT);
    terminal.shows("✓ all 2 tests pass");
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 0);
    let colours = colours(&terminal.printed());
    assert_eq!(!colours.is_empty(), expected, "{colours:?}");
}
