//! Where no full screen is wanted, or can be: lines in words.

use rstest::rstest;

use super::pty::{ENTER, Terminal};
use super::{ADD, RIGHT, command, in_sh};
use crate::fixture::Fixture;

#[rstest]
#[case::asked_for(&["--plain", "watch"], "xterm-256color")]
#[case::asked_for_at_home(&["--plain"], "xterm-256color")]
#[case::dumb(&["watch"], "dumb")]
fn plain_output_is_lines_without_escapes(#[case] arguments: &[&str], #[case] term: &str) {
    let fixture = Fixture::new();
    let mut command = command(&fixture, arguments);
    command.env("TERM", term);
    let mut terminal = Terminal::run(&command, 60, 100);
    terminal.shows("0 of 2 tests pass");
    terminal.type_keys("h");
    terminal.type_keys(ENTER);
    terminal.shows("What does + do?");
    fixture.write(ADD, RIGHT);
    terminal.shows("Saved.");
    terminal.shows("All 2 tests pass.");
    terminal.type_keys("q");
    terminal.type_keys(ENTER);
    assert_eq!(terminal.wait(), 0);
    let printed = String::from_utf8(terminal.printed()).expect("text");
    assert!(!printed.contains('\x1b'), "{printed:?}");
    for symbol in ["✓", "✗", "▸", "·", "…", "│", "─", "≠"] {
        assert!(!printed.contains(symbol), "{symbol}:\n{printed}");
    }
}

#[test]
fn what_is_typed_in_another_encoding_is_no_end() {
    let fixture = Fixture::new();
    let mut terminal = Terminal::run(&command(&fixture, &["--plain", "watch"]), 60, 100);
    terminal.shows("0 of 2 tests pass");
    terminal.type_bytes(b"\xe9\r");
    terminal.shows("That letter means nothing here");
}

#[rstest]
#[case::to_a_pipe("| cat")]
#[case::from_a_file("< /dev/null")]
fn without_a_terminal_on_both_sides_there_is_no_screen_to_take(#[case] redirected: &str) {
    let fixture = Fixture::new();
    let terminal = Terminal::run(&in_sh(&command(&fixture, &[]), &format!("\"$@\" {redirected}")), 60, 110);
    terminal.wait();
    terminal.shows("0 of 2 tests pass");
    let printed = terminal.printed();
    assert!(!printed.windows(5).any(|bytes| bytes == b"\x1b[?10"), "{}", String::from_utf8_lossy(&printed));
}
