//! Ctrl-C ends the runner at once and leaves no process behind, whatever the learner's code was doing.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::fixture::Fixture;
use crate::waiting::{at_the_same_time, until};

/// A test that never ends, in a program that has children of its own: one in its group, one in a session apart.
const HANGS: &str = "\
#[test]
fn hangs() {
    let sleep = |program: &str, arguments: &[&str]| std::process::Command::new(program).args(arguments).spawn();
    sleep(\"sleep\", &[\"600\"]).unwrap();
    sleep(\"setsid\", &[\"sleep\", \"600\"]).unwrap();
    std::fs::write(std::env::var_os(\"KATA_TEST_MARK\").unwrap(), \"\").unwrap();
    loop {
        std::thread::park();
    }
}
";

/// A build that never ends.
const BUILDS: &str = "\
fn main() {
    std::fs::write(std::env::var_os(\"KATA_TEST_MARK\").unwrap(), \"\").unwrap();
    _ = std::process::Command::new(\"sleep\").arg(\"600\").status();
}
";

/// At the same time, because the runner gives a process that left its group two seconds before it kills it.
#[test]
fn a_signal_leaves_no_process() {
    let fixture = Fixture::new();
    fixture.write("lessons/01_add/tests/add.rs", HANGS);
    let signals = [("SIGINT", libc::SIGINT), ("SIGTERM", libc::SIGTERM), ("SIGHUP", libc::SIGHUP)];
    // The runner, the test binary and its two children.
    let interrupted = |name, signal| interrupted(&fixture, name, 4, signal);
    at_the_same_time(signals.map(|(name, signal)| (name, move || interrupted(name, signal))));
}

#[test]
fn a_build_that_hangs_leaves_none_either() {
    let fixture = Fixture::new();
    fixture.write("lessons/01_add/build.rs", BUILDS);
    // The runner, cargo, the build script and its child.
    interrupted(&fixture, "build", 4, libc::SIGINT);
}

/// Checks the lesson until `processes` of them run, then sends the runner the signal. `name` is one that no other check of
/// this fixture has.
fn interrupted(fixture: &Fixture, name: &str, processes: usize, signal: libc::c_int) {
    let mark = fixture.path(&format!("hanging-{name}"));
    let mut check = Command::new(env!("CARGO_BIN_EXE_kata"));
    check.args(["check", "add"]).current_dir(fixture.path("")).stdout(Stdio::null());
    check.env("CARGO_TARGET_DIR", fixture.path("target")).env("KATA_TEST_MARK", &mark);
    // The program that started these tests may have ignored the signal, and the runner would respect that.
    // SAFETY: signal is async-signal-safe.
    unsafe {
        check.pre_exec(move || {
            libc::signal(signal, libc::SIG_DFL);
            Ok(())
        })
    };
    let mut check = check.spawn().expect("the runner starts");

    until("it hangs", || mark.exists());
    let mark = mark.display().to_string();
    until("all its processes run", || marked(&mark).len() >= processes);
    // SAFETY: kill touches no memory; the child is ours and not reaped.
    unsafe { libc::kill(check.id() as libc::pid_t, signal) };
    let start = Instant::now();
    let status = check.wait().expect("the runner ends");

    assert_eq!(status.code(), Some(128 + signal), "{status}");
    assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
    assert_eq!(marked(&mark), [] as [String; 0], "processes left behind");
}

/// The processes that have the mark in their environment.
fn marked(mark: &str) -> Vec<String> {
    let wanted = format!("KATA_TEST_MARK={mark}\0");
    let processes = fs::read_dir("/proc").expect("/proc").flatten().map(|entry| entry.path());
    let marked =
        processes.filter(|path| fs::read(path.join("environ")).is_ok_and(|environ| holds(&environ, wanted.as_bytes())));
    marked.map(|path| fs::read_to_string(path.join("cmdline")).unwrap_or_default().replace('\0', " ")).collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
