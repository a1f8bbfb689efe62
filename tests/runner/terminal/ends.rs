//! However the runner ends, the terminal is what it was, and no process is left.

use std::process::Command;

use rstest::rstest;
use shm_kata::terminal::Screen;

use super::pty::{CTRL_C, LEADER, Terminal};
use super::{ADD_TESTS, at_the_same_time, command, in_sh, kata, until, watch};
use crate::fixture::Fixture;

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
    let leader = format!("sh -c {LEADER} ");
    processes.filter(|arguments| !arguments.starts_with(&leader) && arguments != "cat ").collect()
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
    let said = terminal.contents();
    for line in [
        "Lesson 1, add: 0 of 2 tests pass. 0 of 2 lessons are done.\n",
        "  next     lessons/01_add/src/lib.rs:5\n",
        "  go on    cargo kata\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

/// How a run ends that does not end by itself.
enum End {
    Key(&'static str),
    Signal(libc::c_int),
    /// SIGTERM to a runner whose terminal takes nothing more of what it writes.
    Hang,
    /// The window closes; before the runner starts, the shell runs this.
    Window(&'static str),
}

/// At the same time, because the runner gives a process that left its group two seconds before it kills it.
#[test]
fn what_runs_is_ended_too() {
    let fixture = Fixture::new();
    fixture.write(ADD_TESTS, BREEDS);
    let ends = [
        ("q", End::Key("q")),
        ("Ctrl-C", End::Key(CTRL_C)),
        ("SIGINT", End::Signal(libc::SIGINT)),
        ("SIGTERM", End::Signal(libc::SIGTERM)),
        ("SIGHUP", End::Signal(libc::SIGHUP)),
        ("SIGQUIT", End::Signal(libc::SIGQUIT)),
        ("a terminal that takes nothing more", End::Hang),
        ("the window closes", End::Window(":")),
        ("the window closes, and SIGHUP is ignored", End::Window("trap '' HUP")),
    ];
    at_the_same_time(ends.each_ref().map(|(name, end)| (*name, || what_runs_ends_with(&fixture, end))));
}

fn what_runs_ends_with(fixture: &Fixture, end: &End) {
    let watch = command(fixture, &["watch"]);
    // The runner, the test binary and its two children; and a shell that waits for the runner.
    let (watch, processes) = match end {
        End::Window(before) => (in_sh(&watch, &format!("{before}; \"$@\"")), 5),
        _ => (watch, 4),
    };
    let mut terminal = Terminal::run(&watch, 30, 110);
    terminal.shows("running 0 of 1 tests");
    until("all its processes run", || started(&terminal).len() >= processes);
    match end {
        End::Key(key) => {
            terminal.type_keys(key);
            assert_eq!(terminal.wait(), 0);
            is_given_back(&terminal, &untouched());
        }
        End::Signal(signal) => {
            terminal.process(kata()).signal(*signal);
            assert_eq!(terminal.wait(), 128 + signal);
            is_given_back(&terminal, &untouched());
        }
        End::Hang => {
            terminal.hang();
            terminal.type_keys("?");
            terminal.process(kata()).signal(libc::SIGTERM);
            until("nobody is left", || started(&terminal).is_empty());
            assert_eq!(terminal.modes(), untouched());
        }
        End::Window(_) => {
            terminal.close();
            until("nobody is left", || terminal.processes().is_empty());
        }
    }
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

/// The variable under which [`panics`] is no test, but a program that [`a_panic_gives_the_terminal_back`] looks at.
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

/// A panic gives the terminal back before its message is printed, and is the runner's end.
#[test]
fn a_panic_gives_the_terminal_back() {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "--nocapture", "terminal::ends::panics"]).env(HERE, "1").env("RUST_BACKTRACE", "0");
    let terminal = Terminal::run(&command, 20, 100);
    assert_eq!(terminal.wait(), 101);
    terminal.shows("out of order");
    let printed = terminal.printed();
    assert!(printed.windows(8).any(|bytes| bytes == b"\x1b[?1049h"), "it never took the terminal");
    assert!(!terminal.in_alternate_screen() && terminal.cursor_is_visible());
    assert_eq!(terminal.modes(), untouched());
}
