//! A shell can stop the runner and bring it back; in between the terminal is the shell's.

use std::process::Command;

use rstest::rstest;

use super::pty::{CTRL_C, CTRL_Z, Terminal};
use super::{ADD, RIGHT, WRONG, command, hanging, hanging_test, kata, until, watch};
use crate::fixture::Fixture;

const PROMPT: &str = "prompt> ";
const WATCH: &str = "$KATA watch";

/// An interactive shell in the fixture.
pub struct Shell {
    pub terminal: Terminal,
    /// The terminal's modes while it waits for a command.
    waiting: String,
    /// What `stty -g` says.
    sane: String,
    /// How often it was asked.
    asked: usize,
}

impl Shell {
    pub fn new(fixture: &Fixture) -> Self {
        let mut bash = Command::new("bash");
        bash.args(["--norc", "--noprofile", "-i"]).current_dir(fixture.path("")).env("PS1", PROMPT).env("KATA", kata());
        command(fixture, &[]).get_envs().for_each(|(name, value)| _ = value.map(|value| bash.env(name, value)));
        let terminal = Terminal::run(&bash, 30, 110);
        terminal.shows(PROMPT);
        let mut shell = Self { terminal, waiting: String::new(), sane: String::new(), asked: 0 };
        shell.sane = shell.stty();
        shell.waiting = shell.terminal.modes();
        shell
    }

    /// What `stty -g` says now.
    fn stty(&mut self) -> String {
        self.asked += 1;
        let asked = format!("asked {}", self.asked);
        self.terminal.type_keys(&format!("clear; stty -g; echo {asked}\r"));
        let answer = |said: &str| {
            let mut lines = said.trim_end().lines().rev();
            let answered = lines.next()? == PROMPT.trim_end() && lines.next()? == asked;
            lines.next().filter(|_| answered).map(str::to_owned)
        };
        self.terminal.until("the modes and a prompt", |screen| answer(&screen.contents()).is_some());
        answer(&self.terminal.contents()).expect("it was there")
    }

    /// Runs `line`, until the screen holds `text`; the modes it has then.
    pub fn run(&mut self, line: &str, text: &str) -> String {
        self.terminal.type_keys(&format!("{line}\r"));
        self.terminal.shows(text);
        assert!(self.terminal.in_alternate_screen());
        self.terminal.modes()
    }

    /// Ends the job that is stopped, as the shell does it, and waits until the shell knows.
    fn kill(&mut self) {
        self.terminal.type_keys("clear; kill %1\r");
        until("it ends", || !self.terminal.processes().iter().any(|process| process.runs(kata())));
        // The shell tells before a prompt; the one that is there may have gone with the runner's screen.
        while !self.terminal.contents().contains("Exit 143") {
            self.terminal.type_keys("\r");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        self.has_it_back();
    }

    /// Waits until the shell has the terminal again, and looks whether it is as it was.
    #[track_caller]
    pub fn has_it_back(&mut self) {
        self.terminal.until("the prompt is back", |screen| {
            !screen.alternate_screen() && screen.contents().trim_end().ends_with(PROMPT.trim_end())
        });
        assert!(self.terminal.cursor_is_visible());
        until("the shell reads", || self.terminal.modes() == self.waiting);
        assert_eq!(self.stty(), self.sane);
    }
}

#[rstest]
#[case::alone(WATCH)]
#[case::with_somebody_of_its_group_who_waits("sh -c '$KATA watch; :'")]
fn ctrl_z_stops_it_and_fg_brings_it_back(#[case] line: &str) {
    let fixture = Fixture::new();
    let mut shell = Shell::new(&fixture);
    let raw = shell.run(line, "✗ 0 of 2 tests pass");
    let process = shell.terminal.process(kata());
    for _ in 0..2 {
        shell.terminal.type_keys(CTRL_Z);
        shell.has_it_back();
        assert!(process.is_stopped());
        shell.terminal.type_keys("fg\r");
        shell.terminal.shows("✗ 0 of 2 tests pass");
        assert!(shell.terminal.in_alternate_screen() && !shell.terminal.cursor_is_visible());
        assert_eq!(shell.terminal.modes(), raw);
        shell.terminal.type_keys("h");
        shell.terminal.shows("What does + do?");
        shell.terminal.type_keys("\x1b");
        shell.terminal.shows("add 7 and 0");
    }
    shell.terminal.type_keys("q");
    shell.has_it_back();
}

#[test]
fn what_was_saved_while_it_was_stopped_is_checked_when_it_comes_back() {
    let fixture = Fixture::new();
    let mut shell = Shell::new(&fixture);
    shell.run(WATCH, "✗ 0 of 2 tests pass");
    shell.terminal.type_keys(CTRL_Z);
    shell.has_it_back();
    fixture.write(ADD, RIGHT);
    shell.terminal.type_keys("fg\r");
    shell.terminal.shows("✓ all 2 tests pass");
}

#[test]
fn it_stops_in_the_middle_of_a_run_and_goes_on() {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    fixture.write(ADD, WRONG);
    let mut shell = Shell::new(&fixture);
    shell.run(WATCH, "running 1 of 2 tests");
    hanging(&fixture);
    shell.terminal.type_keys(CTRL_Z);
    shell.has_it_back();
    shell.terminal.type_keys("fg\r");
    shell.terminal.shows("running 1 of 2 tests");
    fixture.write(ADD, RIGHT);
    shell.terminal.shows("✓ all 2 tests pass");
    shell.terminal.type_keys(CTRL_C);
    shell.has_it_back();
}

#[test]
fn a_stop_from_outside_is_the_same() {
    let fixture = Fixture::new();
    let mut shell = Shell::new(&fixture);
    let raw = shell.run(WATCH, "✗ 0 of 2 tests pass");
    let process = shell.terminal.process(kata());
    process.signal(libc::SIGTSTP);
    shell.has_it_back();
    assert!(process.is_stopped());
    // In the background the terminal is not its own, and it stops again.
    process.signal(libc::SIGCONT);
    until("it waits for its turn", || process.is_stopped());
    assert_eq!(shell.stty(), shell.sane);
    assert!(!shell.terminal.in_alternate_screen());
    shell.terminal.type_keys("fg\r");
    shell.terminal.shows("✗ 0 of 2 tests pass");
    assert!(shell.terminal.in_alternate_screen());
    assert_eq!(shell.terminal.modes(), raw);
    shell.terminal.type_keys("q");
    shell.has_it_back();
}

#[test]
fn stopped_it_can_be_killed_where_there_is_no_screen_too() {
    let fixture = Fixture::new();
    let mut shell = Shell::new(&fixture);
    shell.terminal.type_keys("$KATA --plain watch\r");
    shell.terminal.shows("for all letters, q to quit");
    shell.terminal.type_keys(CTRL_Z);
    shell.terminal.shows("Stopped");
    shell.kill();
}

/// Bash sends a job that is stopped SIGCONT together with it.
#[rstest]
#[case::by_ctrl_z(WATCH, None)]
#[case::by_force(WATCH, Some(libc::SIGSTOP))]
#[case::under_the_x_ray("$KATA xray", None)]
fn stopped_it_can_be_killed(#[case] line: &str, #[case] stop: Option<libc::c_int>) {
    let fixture = Fixture::new();
    let mut shell = Shell::new(&fixture);
    shell.run(line, "keys  q");
    match stop {
        Some(signal) => shell.terminal.process(kata()).signal(signal),
        None => shell.terminal.type_keys(CTRL_Z),
    }
    shell.terminal.shows("Stopped");
    shell.kill();
}

#[test]
fn begun_in_the_background_it_waits_for_its_turn() {
    let fixture = Fixture::new();
    let mut shell = Shell::new(&fixture);
    // Late enough that the modes are those in which the shell reads.
    shell.terminal.type_keys(&format!("sh -c 'sleep 0.3; exec {WATCH}' &\r"));
    let process = || shell.terminal.processes().into_iter().find(|process| process.runs(kata()));
    until("it stops", || process().is_some_and(|process| process.is_stopped()));
    assert_eq!(shell.stty(), shell.sane);
    assert!(!shell.terminal.in_alternate_screen());
    shell.terminal.type_keys("fg\r");
    shell.terminal.shows("✗ 0 of 2 tests pass");
    shell.terminal.type_keys("q");
    shell.has_it_back();
}

#[test]
fn a_stop_that_nobody_can_refuse_is_survived() {
    let fixture = Fixture::new();
    let mut shell = Shell::new(&fixture);
    let raw = shell.run(WATCH, "✗ 0 of 2 tests pass");
    let process = shell.terminal.process(kata());
    process.signal(libc::SIGSTOP);
    shell.terminal.shows("Stopped");
    process.signal(libc::SIGCONT);
    until("it waits for its turn", || process.is_stopped());
    // Bash types into what the runner could not give back.
    shell.terminal.type_keys("clear\r");
    shell.terminal.hides("tests pass");
    shell.terminal.type_keys("fg\r");
    shell.terminal.shows("✗ 0 of 2 tests pass");
    assert_eq!(shell.terminal.modes(), raw);
    shell.terminal.type_keys("q");
    shell.has_it_back();
}

#[test]
fn where_no_shell_could_wake_it_ctrl_z_does_not_stop_it() {
    let fixture = Fixture::new();
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    let raw = terminal.modes();
    terminal.type_keys(CTRL_Z);
    terminal.type_keys("h");
    terminal.shows("What does + do?");
    assert!(terminal.in_alternate_screen() && !terminal.cursor_is_visible());
    assert_eq!(terminal.modes(), raw);
}
