//! However the runner ends, the terminal is what it was, and no process is left.

use std::process::Command;

use rstest::rstest;

use crate::fixture::Fixture;
use crate::pty::{CTRL_C, Terminal};
use crate::{ADD_TESTS, command, in_sh, kata, until, watch};

/// A test that never ends, in a program that has children of its own: one in its group, one in a session apart.
const BREEDS: &str = "\
#[test]
fn breeds() {
    let sleep = |program: &str, arguments: &[&str]| std::process::Command::new(program).args(arguments).spawn();
    sleep(\"sleep\", &[\"600\"]).unwrap();
    sleep(\"setsid\", &[\"sleep\", \"600\"]).unwrap();
    loop {
        std::thread::park();
    }
}
";

/// Those that the terminal's leader has started, and theirs.
fn started(terminal: &Terminal) -> Vec<String> {
    let processes = terminal.processes().into_iter().map(|process| process.arguments);
    processes.filter(|arguments| !arguments.starts_with("sh -c trap") && arguments != "cat ").collect()
}

#[track_caller]
fn is_given_back(terminal: &Terminal, modes: &str) {
    assert!(!terminal.in_alternate_screen(), "the alternate screen is still there");
    assert!(terminal.cursor_is_visible(), "the cursor is still hidden");
    assert_eq!(terminal.modes(), modes);
    assert_eq!(started(terminal), [] as [String; 0], "processes left behind");
}

/// The modes of a terminal in which nothing has run yet.
pub fn untouched() -> String {
    let terminal = Terminal::run(&Command::new("true"), 30, 110);
    assert_eq!(terminal.wait(), 0);
    terminal.modes()
}

#[rstest]
#[case::q("q")]
#[case::ctrl_c(CTRL_C)]
fn a_key_ends_it(#[case] key: &str) {
    let fixture = Fixture::new();
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    assert!(terminal.in_alternate_screen() && !terminal.cursor_is_visible());
    assert_ne!(terminal.modes(), untouched());
    terminal.type_keys(key);
    assert_eq!(terminal.wait(), 0);
    is_given_back(&terminal, &untouched());
}

#[rstest]
#[case::q("q")]
#[case::ctrl_c(CTRL_C)]
fn a_key_ends_what_runs_too(#[case] key: &str) {
    let fixture = Fixture::new();
    fixture.write(ADD_TESTS, BREEDS);
    let mut terminal = watch(&fixture, &["watch"]);
    until("all its processes run", || started(&terminal).len() >= 4);
    terminal.shows("running 0 of 1 tests");
    terminal.type_keys(key);
    assert_eq!(terminal.wait(), 0);
    is_given_back(&terminal, &untouched());
}

#[rstest]
#[case::interrupt(libc::SIGINT)]
#[case::terminate(libc::SIGTERM)]
#[case::hang_up(libc::SIGHUP)]
#[case::quit(libc::SIGQUIT)]
fn a_signal_ends_it_and_what_runs(#[case] signal: libc::c_int) {
    let fixture = Fixture::new();
    fixture.write(ADD_TESTS, BREEDS);
    let terminal = watch(&fixture, &["watch"]);
    until("all its processes run", || started(&terminal).len() >= 4);
    terminal.shows("running 0 of 1 tests");
    terminal.process(kata()).signal(signal);
    assert_eq!(terminal.wait(), 128 + signal);
    is_given_back(&terminal, &untouched());
}

#[test]
fn a_build_is_ended_too() {
    let fixture = Fixture::new();
    let script = "fn main() {\n    _ = std::process::Command::new(\"sleep\").arg(\"600\").status();\n}\n";
    fixture.write("lessons/01_add/build.rs", script);
    let mut terminal = watch(&fixture, &["watch"]);
    let sleeps = || started(&terminal).iter().any(|arguments| arguments == "sleep 600 ");
    until("the build hangs", sleeps);
    terminal.shows("building");
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 0);
    is_given_back(&terminal, &untouched());
}

#[rstest]
#[case::told(":")]
#[case::not_told("trap '' HUP")]
fn it_ends_with_its_window(#[case] before: &str) {
    let fixture = Fixture::new();
    fixture.write(ADD_TESTS, BREEDS);
    let mut terminal = Terminal::run(&in_sh(&command(&fixture, &["watch"]), &format!("{before}; \"$@\"")), 30, 110);
    until("all its processes run", || started(&terminal).len() >= 5);
    terminal.shows("running 0 of 1 tests");
    terminal.close();
    until("nobody is left", || terminal.processes().is_empty());
}

#[test]
fn at_rest_it_ends_with_its_window_too_if_nobody_tells() {
    let fixture = Fixture::new();
    let watch = in_sh(&command(&fixture, &["watch"]), "trap '' HUP; \"$@\"");
    let mut terminal = Terminal::run(&watch, 30, 110);
    terminal.shows("✗ 0 of 2 tests pass");
    terminal.close();
    until("nobody is left", || terminal.processes().is_empty());
}

#[test]
fn a_terminal_that_takes_nothing_more_does_not_keep_it() {
    let fixture = Fixture::new();
    fixture.write(ADD_TESTS, BREEDS);
    let mut terminal = watch(&fixture, &["watch"]);
    until("all its processes run", || started(&terminal).len() >= 4);
    terminal.shows("running 0 of 1 tests");
    terminal.hang();
    terminal.type_keys("?");
    terminal.process(kata()).signal(libc::SIGTERM);
    until("nobody is left", || started(&terminal).is_empty());
    assert_eq!(terminal.modes(), untouched());
}

#[test]
fn stty_finds_the_same_modes_before_and_after() {
    let fixture = Fixture::new();
    let mut terminal = Terminal::run(&in_sh(&command(&fixture, &["watch"]), "stty -g; \"$@\"; stty -g"), 30, 110);
    terminal.shows("✗ 0 of 2 tests pass");
    terminal.type_keys("q");
    terminal.wait();
    let said = terminal.contents();
    let modes: Vec<_> = said.lines().filter(|line| line.matches(':').count() > 10).collect();
    assert!(modes.len() == 2 && modes[0] == modes[1], "{said}");
}
