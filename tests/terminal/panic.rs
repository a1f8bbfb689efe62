//! A panic gives the terminal back before its message is printed, and is the runner's end.

use std::process::Command;

use crate::ends::untouched;
use crate::pty::Terminal;
use shm_kata::terminal::Screen;

/// The variable under which [`panics`] is no test, but the program to be looked at.
const HERE: &str = "KATA_TEST_PANICS";

/// Takes the terminal, then panics on another thread.
#[test]
fn panics() {
    if std::env::var_os(HERE).is_none() {
        return;
    }
    let _screen = Screen::enter().expect("a terminal");
    std::thread::spawn(|| panic!("out of order"));
    loop {
        std::thread::park();
    }
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "--nocapture", "panic::panics"]).env(HERE, "1").env("RUST_BACKTRACE", "0");
    let terminal = Terminal::run(&command, 20, 100);
    assert_eq!(terminal.wait(), 101);
    terminal.shows("out of order");
    let printed = terminal.printed();
    assert!(printed.windows(8).any(|bytes| bytes == b"\x1b[?1049h"), "it never took the terminal");
    assert!(!terminal.in_alternate_screen() && terminal.cursor_is_visible());
    assert_eq!(terminal.modes(), untouched());
}
