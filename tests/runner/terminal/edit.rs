//! `e` lets the learner's editor have the terminal, and takes it back when the editor has ended.

use std::os::unix::fs::symlink;

use super::ends::untouched;
use super::keys::PASSES;
use super::pty::{CTRL_C, CTRL_Z, Terminal};
use super::suspend::Shell;
use super::{ADD, RIGHT, command, kata, until};
use crate::fixture::Fixture;

/// An editor of the name `vi`: says what it is to edit, takes a line, and writes what is right.
fn editor(fixture: &Fixture) -> String {
    fixture.write("bin/right.rs", RIGHT);
    fixture.write("bin/script", "echo \"editing $*\"\nread line\necho \"$line\" > typed\ncp bin/right.rs \"$2\"\n");
    symlink("/bin/sh", fixture.path("bin/vi")).expect("a link");
    format!("{} {}", fixture.path("bin/vi").display(), fixture.path("bin/script").display())
}

#[test]
fn an_editor_has_the_terminal_until_it_ends() {
    let fixture = Fixture::new();
    let mut command = command(&fixture, &["watch"]);
    command.env("VISUAL", editor(&fixture)).env("EDITOR", "false");
    let mut terminal = Terminal::run(&command, 30, 110);
    terminal.shows("✗ 0 of 2 tests pass");
    let raw = terminal.modes();
    let edits = |terminal: &mut Terminal| {
        terminal.type_keys("e");
        terminal.shows(&format!("editing +5 {ADD}"));
        assert!(!terminal.in_alternate_screen() && terminal.cursor_is_visible());
        assert_eq!(terminal.modes(), untouched());
    };
    edits(&mut terminal);
    // Ctrl-C is the editor's.
    terminal.type_keys(CTRL_C);
    terminal.shows("The editor `");
    assert!(terminal.in_alternate_screen() && !terminal.cursor_is_visible());
    assert_eq!(terminal.modes(), raw);
    edits(&mut terminal);
    // None of these keys is the runner's.
    terminal.type_keys("quit\r");
    terminal.shows(PASSES);
    assert_eq!(fixture.read("typed"), "quit\n");
    assert!(terminal.in_alternate_screen() && !terminal.cursor_is_visible());
    assert_eq!(terminal.modes(), raw);
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 0);
}

#[test]
fn ctrl_z_stops_an_editor_and_the_runner_and_fg_brings_both_back() {
    let fixture = Fixture::new();
    let mut shell = Shell::new(&fixture);
    let raw = shell.run(&format!("EDITOR='{}' VISUAL= $KATA watch", editor(&fixture)), "✗ 0 of 2 tests pass");
    shell.terminal.type_keys("e");
    shell.terminal.shows("editing +5");
    shell.terminal.type_keys(CTRL_Z);
    shell.terminal.shows("Stopped");
    assert!(shell.terminal.process(kata()).is_stopped());
    shell.has_it_back();
    shell.terminal.type_keys("fg\r");
    until("it goes on", || !shell.terminal.process(kata()).is_stopped());
    shell.terminal.type_keys("\r");
    shell.terminal.shows(PASSES);
    assert_eq!(shell.terminal.modes(), raw);
    shell.terminal.type_keys("q");
    shell.has_it_back();
}

#[test]
fn without_an_editor_it_is_said_how_one_is_chosen() {
    let fixture = Fixture::new();
    let mut command = command(&fixture, &["watch"]);
    command.env("VISUAL", "").env("EDITOR", " ");
    let mut terminal = Terminal::run(&command, 30, 110);
    terminal.shows("✗ 0 of 2 tests pass");
    terminal.type_keys("e");
    terminal.shows("No editor is chosen. Before you start the kata: export EDITOR=nano");
    assert!(terminal.in_alternate_screen());
}
