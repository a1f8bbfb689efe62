//! What the kata costs, each number beside a baseline of the same run: `cargo bench`, or `cargo bench -- --cold` for
//! the first clone too, which needs rustlings' crates downloaded and takes minutes.
//!
//! Edits and builds happen in a copy of this checkout, never in it.

#[path = "../../tests/runner/terminal/processes.rs"]
#[allow(dead_code, reason = "the tests ask for more")]
mod processes;
#[path = "../../tests/runner/terminal/pty.rs"]
#[allow(dead_code, reason = "as above")]
mod pty;
mod watching;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use kata::sandbox::Options;

use pty::Terminal;

fn main() {
    // First, because the sandbox runs this program again to run its test.
    sandboxed_test();

    let scratch = tempfile::tempdir().expect("a temporary directory can be made");
    let kata = scratch.path().join("kata");
    run(Command::new("git").args(["clone", "--quiet", env!("CARGO_MANIFEST_DIR")]).arg(&kata));
    if std::env::args().any(|argument| argument == "--cold") {
        first_red_test(&kata, scratch.path());
    }
    edit_to_verdict(&kata);
    watching::watching(&kata, scratch.path());
    watching::first_failure(&kata, scratch.path());
}

/// A sandboxed test beside a process that is started and waited for, which is what isolation costs at the least.
fn sandboxed_test() {
    let sandboxed = median(100, || {
        Options::new().run(|_| {});
    });
    let process = median(100, || run(&mut Command::new("/bin/true")));
    println!("a sandboxed test              {}", ms(sandboxed));
    println!("  beside: run /bin/true       {}", ms(process));
}

/// From a changed file to a verdict: `kata check` beside a bare `cargo test -p`, in turns, with the solution in place.
fn edit_to_verdict(kata: &Path) {
    let lesson = "shmget";
    let source = kata.join("lessons/02_shmget/src/lib.rs");
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(arguments)
            .current_dir(kata)
            .env_remove("CARGO_TARGET_DIR")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        run(&mut command);
    };
    cargo(&["run", "--quiet", "--", "solution", lesson, "--apply"]);
    cargo(&["test", "-p", lesson]);
    let binary = kata.join("target/debug/kata");
    let edit = || {
        let text = fs::read_to_string(&source).expect("the lesson's file can be read");
        fs::write(&source, format!("{text}// edited\n")).expect("the copy can be edited");
    };
    let mut bare = Vec::new();
    let mut check = Vec::new();
    for _ in 0..15 {
        edit();
        bare.push(timed(|| cargo(&["test", "-p", lesson])));
        edit();
        check
            .push(timed(|| run(Command::new(&binary).args(["check", lesson]).current_dir(kata).stdout(Stdio::null()))));
    }
    let (bare, check) = (middle(bare), middle(check));
    println!("edit to verdict: kata check   {}", ms(check));
    println!("  beside: cargo test -p       {}", ms(bare));
    println!("  ratio                       {:.2}", check.as_secs_f64() / bare.as_secs_f64());
}

/// From a clone to the first red test, with an empty target directory and all crates downloaded, beside rustlings.
fn first_red_test(kata: &Path, scratch: &Path) {
    let (root, exercises) = (scratch.join("rustlings-root"), scratch.join("rustlings"));
    run(Command::new(env!("CARGO")).args(["fetch", "--locked", "--quiet"]).current_dir(kata));
    // As a learner has it: the runner watches, and its screen shows the test.
    let ours = timed(|| {
        let mut first = Command::new(env!("CARGO"));
        first.args(["run", "--quiet"]).current_dir(kata).env_remove("CARGO_TARGET_DIR");
        let mut terminal = Terminal::run(&first, 40, 120);
        terminal.patience = Duration::from_secs(600);
        terminal.shows("✗ 0 of");
    });
    let install = |target: &Path| {
        let mut command = Command::new(env!("CARGO"));
        command.args(["install", "rustlings", "--locked", "--quiet", "--force", "--root"]).arg(&root);
        command.env("CARGO_TARGET_DIR", target);
        run(&mut command);
    };
    install(&scratch.join("download")); // once to download, once to measure
    let binary: PathBuf = root.join("bin/rustlings");
    let exercise = |name: &str| {
        let mut command = Command::new(&binary);
        command.args(["run", name]).current_dir(&exercises).stdout(Stdio::null()).stderr(Stdio::null());
        // Red or green: what counts is when it is known.
        timed(|| {
            command.status().expect("rustlings runs");
        })
    };
    let theirs = timed(|| {
        install(&scratch.join("measure"));
        let init =
            Command::new(&binary).arg("init").current_dir(scratch).stdin(Stdio::null()).stdout(Stdio::null()).status();
        assert!(init.expect("rustlings runs").success());
        exercise("intro2");
    });
    // A green one with tests, as ours is: a red one ends at the compiler.
    let source = exercises.join("exercises/17_tests/tests1.rs");
    let green =
        "fn main() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn green() {\n        assert!(true);\n    }\n}\n";
    let edited = middle((0..15).map(|edit| {
        fs::write(&source, format!("{green}{}", "// edited\n".repeat(edit))).expect("its exercises can be edited");
        exercise("tests1")
    }));
    let mut watch = Command::new(&binary);
    let mut terminal = Terminal::run(watch.current_dir(&exercises), 40, 120);
    terminal.shows("Current exercise");
    watching::rest("rustlings", terminal.process(&binary).pid);
    terminal.type_keys("q");
    println!("edit to verdict: rustlings    {}", ms(edited));
    println!("clone to first red test       {:.1} s", ours.as_secs_f64());
    println!("  beside: rustlings           {:.1} s", theirs.as_secs_f64());
    println!("  ratio                       {:.2}", ours.as_secs_f64() / theirs.as_secs_f64());
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(times: usize, mut work: impl FnMut()) -> Duration {
    middle((0..times).map(|_| timed(&mut work)))
}

fn middle(times: impl IntoIterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.into_iter().collect();
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
