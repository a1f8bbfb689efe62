//! The window: any size, and what may be written to it.

use rstest::rstest;

use crate::fixture::Fixture;
use crate::pty::Terminal;
use crate::{ADD, RIGHT, command, hanging, hanging_test, watch};

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

#[rstest]
fn a_tiny_window_is_survived(#[values((3, 10), (1, 1), (2, 1), (1, 200), (200, 1), (5, 7), (8, 9))] size: (u16, u16)) {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    terminal.resize(size.0, size.1);
    // Every panel and question in it, and a run.
    for key in
        ["h", "t", "l", "j", "/a", "\x1b", "\x1b", "?", "x", "\x1b", "s", "n", "R", "n", "\x1b[6~", "\x1b[F", "\x1b[A"]
    {
        terminal.type_keys(key);
    }
    fixture.write(ADD, crate::WRONG);
    hanging(&fixture);
    fixture.write(ADD, RIGHT);
    terminal.resize(30, 110);
    terminal.type_keys("\x1b\x1b");
    terminal.shows("✓ all 2 tests pass");
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 1);
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
    terminal.type_keys("\x1bsy");
    terminal.shows("a + b");
    terminal.type_keys("\x1b");
    fixture.write(ADD, RIGHT);
    terminal.shows("✓ all 2 tests pass");
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 1);
    let colours = colours(&terminal.printed());
    assert_eq!(!colours.is_empty(), expected, "{colours:?}");
}
