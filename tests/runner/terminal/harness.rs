//! The terminal of these tests is one: what programs see in it, and what they leave behind.

use std::path::Path;
use std::process::Command;

use super::pty::{CTRL_C, CTRL_Z, ENTER, Terminal};

fn sh(script: &str) -> Terminal {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Terminal::run(&command, 10, 40)
}

#[test]
fn a_program_sees_a_terminal_of_the_size_given_and_of_the_next() {
    let mut terminal = sh("tty -s && stty size; trap 'stty size' WINCH; echo ready; while :; do read _; done");
    terminal.shows("10 40\nready");
    terminal.resize(7, 33);
    terminal.shows("7 33");
    terminal.type_keys(CTRL_C);
    assert_eq!(terminal.wait(), 128 + libc::SIGINT);
}

#[test]
fn what_is_typed_arrives_and_how_it_ended_is_known() {
    let mut terminal = sh("read line; echo \"got $line\"; exit 3");
    terminal.type_keys("words");
    terminal.type_keys(ENTER);
    terminal.shows("got words");
    assert_eq!(terminal.wait(), 3);
}

#[test]
fn the_modes_are_what_stty_prints_and_those_left_behind_are_seen() {
    let mut terminal = sh("stty -g; read _; stty raw -echo; printf '\\033[?1049h\\033[?25l'");
    terminal.shows(":");
    let sane = terminal.modes();
    terminal.type_keys(ENTER);
    assert_eq!(terminal.wait(), 0);
    assert!(terminal.in_alternate_screen() && !terminal.cursor_is_visible());
    assert_ne!(terminal.modes(), sane);
    let said = String::from_utf8(terminal.printed()).unwrap();
    assert!(said.starts_with(&format!("{sane}\r\n")), "{sane} is not {said:?}");

    let terminal = sh("stty raw; stty sane; printf '\\033[?1049h\\033[?25l\\033[?25h\\033[?1049l'");
    assert_eq!(terminal.wait(), 0);
    assert!(!terminal.in_alternate_screen() && terminal.cursor_is_visible());
}

#[test]
fn a_frame_is_seen_whole() {
    let mut terminal = sh("printf '\\033[?2026h\\033[2J\\033[Hhalf'; read _; printf 'whole\\033[?2026l'; sleep 60");
    while !terminal.contents().contains("half") {
        std::thread::yield_now();
    }
    terminal.type_keys(ENTER);
    terminal.until("text", |screen| {
        assert!(screen.contents().contains("whole"), "half a frame was shown");
        true
    });
}

#[test]
fn a_shell_in_it_controls_jobs() {
    let mut shell = Command::new("bash");
    shell.args(["--norc", "--noprofile", "-i"]).env("PS1", "prompt> ");
    let mut terminal = Terminal::run(&shell, 10, 40);
    terminal.shows("prompt> ");
    terminal.type_keys("cat\r");
    let cat = || terminal.processes().into_iter().find(|process| process.arguments == "cat ");
    super::until("cat runs", || cat().is_some());
    let cat = cat().expect("it ran just now");
    terminal.type_keys("mew\r");
    terminal.shows("mew\nmew");
    terminal.type_keys(CTRL_Z);
    terminal.shows("Stopped");
    assert!(cat.is_stopped());
    terminal.type_keys("fg\r");
    super::until("cat goes on", || !cat.is_stopped());
    terminal.type_keys("again\r");
    terminal.shows("again\nagain");
}

#[test]
fn closing_the_window_hangs_up() {
    let mut terminal = sh("trap 'exit 0' HUP; echo ready; while :; do sleep 1; done");
    terminal.shows("ready");
    assert!(terminal.processes().iter().any(|process| process.runs(Path::new("/bin/sh"))));
    terminal.close();
    super::until("the session ends", || terminal.processes().is_empty());
}

#[test]
fn dropping_it_ends_who_left_its_session_too() {
    let terminal = sh("setsid sleep 600 & echo started; sleep 600");
    terminal.shows("started");
    let sleeping = || terminal.processes().iter().filter(|process| process.arguments.contains("sleep 600")).count();
    super::until("both sleep", || sleeping() >= 2);
    let pids: Vec<_> = terminal.processes().iter().map(|process| process.pid).collect();
    drop(terminal);
    for pid in pids {
        assert!(!kata::process::is_there(pid), "{pid} is left");
    }
}
