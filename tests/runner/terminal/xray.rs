//! The live x-ray, as a learner has it who runs `writer` beside it. Each test has a table of segments of its own.

use std::process::Command;
use std::time::Duration;

use kata::sandbox::{Options, Sandbox};
use rstest::rstest;

use super::pty::{CTRL_C, DOWN, END, ENTER, ESC, HOME, PAGE_DOWN, Terminal};
use super::until;

/// Runs the test with a deadline that leaves the terminal's own to speak first.
fn with_a_terminal(test: impl FnOnce(&Sandbox)) {
    Options::new().deadline(Duration::from_secs(90)).run(test);
}

fn xray(id: libc::c_int, rows: u16, columns: u16) -> Terminal {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kata"));
    command.args(["xray", "--id", &id.to_string()]);
    Terminal::run(&command, rows, columns)
}

/// Whether one of the cells that hold this text is reversed.
fn is_reversed(screen: &vt100::Screen, text: &str) -> bool {
    let (_, columns) = screen.size();
    let rows = screen.rows(0, columns.into()).enumerate();
    let mut found = rows.filter_map(|(row, line)| Some((row as u16, line.find(text)? as u16)));
    found.any(|(row, column)| {
        (column..column + text.len() as u16).any(|column| screen.cell(row, column).is_some_and(vt100::Cell::inverse))
    })
}

#[test]
fn a_message_appears_as_it_is_written_and_who_has_it_mapped_and_where() {
    with_a_terminal(|s| {
        let planted = s.plant(s.key(), 1024, 0o600);
        let mut terminal = xray(planted.id(), 24, 80);
        terminal.shows("mapped   by no process");
        terminal.shows("no change seen");
        planted.write(0, b"Hello World");
        terminal.until("what is new stands out", |screen| is_reversed(screen, "Hello World"));
        terminal.until("and then no longer", |screen| !is_reversed(screen, "Hello World"));
        terminal.shows(" ago: 11 bytes from 0x00");

        let mut stranger = s.stranger();
        let address = stranger.attach(planted.id()).unwrap();
        terminal.shows(&format!("{address:#x}-{:#x}  read-write", address + 4096));
        stranger.detach(planted.id()).unwrap();
        terminal.shows("mapped   by no process");
        // What has happened stays on the screen.
        terminal.shows("11 bytes stored from 0x0000: \"Hello World\"");
        terminal.shows(&format!(" attached at {address:#x} rw"));
        terminal.shows("nattch 0 -> 1");
        terminal.shows(&format!("nattch 1 -> 0: {} ", stranger.pid()));

        s.remove(planted.id());
        assert!(s.segment(planted.id()).is_none(), "nobody keeps it");
        terminal.shows("removed");
        terminal.shows("as they were when last seen");
        terminal.shows(&format!("segment {}  removed", planted.id()));
        terminal.type_keys("q");
        assert_eq!(terminal.wait(), 0);
    });
}

#[test]
fn a_frozen_view_says_afterwards_what_it_missed() {
    with_a_terminal(|s| {
        let planted = s.plant(s.key(), 1024, 0o600);
        let mut terminal = xray(planted.id(), 24, 80);
        terminal.shows("no change seen");
        terminal.type_keys(" ");
        terminal.shows("frozen");
        planted.write(0, b"Hello World");
        terminal.type_keys("?");
        terminal.shows("any key closes this");
        terminal.type_keys(ESC);
        terminal.shows("no change seen");
        terminal.type_keys(" ");
        terminal.shows("ago: 11 bytes from 0x00");
    });
}

#[test]
fn what_is_not_on_screen_is_not_read_and_can_be_brought_there() {
    with_a_terminal(|s| {
        let planted = s.plant(s.key(), 1 << 20, 0o600);
        planted.write(0xffff0, b"the last bytes");
        let resident = || s.segment(planted.id()).and_then(|segment| segment.memory).expect("a segment").rss;
        let before = resident();
        let mut terminal = xray(planted.id(), 24, 80);
        terminal.shows("no change seen");
        assert!(resident() <= before + 4096, "{} of {before}", resident());
        terminal.type_keys(END);
        terminal.shows("000ffff0  74 68 65");
        terminal.type_keys(HOME);
        terminal.shows("00000000  … 4096 zero bytes");
        terminal.type_keys(PAGE_DOWN);
        terminal.hides("00000000  ");
        terminal.shows("00001000  … 4096 zero bytes");
        terminal.type_keys("K");
        terminal.type_keys(DOWN);
        terminal.resize(12, 40);
        terminal.shows(" zero bytes");
        terminal.resize(1, 1);
        terminal.resize(24, 80);
        terminal.shows("of 1048576");
    });
}

#[test]
fn without_permission_it_shows_what_it_may_and_why_not_the_rest() {
    with_a_terminal(|s| {
        let planted = s.plant(s.key(), 1024, 0o200);
        let terminal = xray(planted.id(), 24, 80);
        terminal.shows("mode 200 does not let ");
        terminal.shows("read it (EACCES)");
        terminal.shows("  1024  200");
    });
}

#[rstest]
#[case::q("q", 0)]
#[case::escape(ESC, 0)]
#[case::ctrl_c(CTRL_C, 0)]
#[case::terminate("", 128 + libc::SIGTERM)]
fn the_terminal_is_given_back(#[case] keys: &str, #[case] status: i32) {
    with_a_terminal(|s| {
        let planted = s.plant(s.key(), 64, 0o600);
        let kata = env!("CARGO_BIN_EXE_kata");
        let mut command = Command::new("sh");
        let script = format!("stty -g; read _; {kata} xray --id {}", planted.id());
        command.args(["-c", &script]);
        let mut terminal = Terminal::run(&command, 24, 80);
        terminal.shows(":");
        let modes = terminal.modes();
        terminal.type_keys(ENTER);
        terminal.shows("no change seen");
        assert!(terminal.in_alternate_screen() && !terminal.cursor_is_visible());
        if keys.is_empty() {
            terminal.process(kata.as_ref()).signal(libc::SIGTERM);
        }
        terminal.type_keys(keys);
        assert_eq!(terminal.wait(), status);
        assert!(!terminal.in_alternate_screen() && terminal.cursor_is_visible());
        assert_eq!(terminal.modes(), modes);
        until("nobody is attached", || s.segment(planted.id()).is_some_and(|segment| segment.nattch == 0));
    });
}
