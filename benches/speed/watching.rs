//! What the watching runner costs, in a terminal of its own: from a save to the verdict on the screen, and at rest.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::pty::Terminal;
use crate::{middle, ms, run, timed};

const LESSON: &str = "shmget";
const SOURCE: &str = "lessons/02_shmget/src/lib.rs";
const PASSES: &str = "✓ all ";

/// How long the runner is left alone to see what it costs then.
const REST: Duration = Duration::from_secs(20);

/// From a save to the verdict on the screen beside `kata check` of such an edit, in turns; then at rest beside `sleep`.
///
/// `kata` holds the solution of the lesson, and is built. Each has a copy of its own, alike but for who watches it.
pub fn watching(kata: &Path, scratch: &Path) {
    let [watched, copy] = ["watched", "copy"].map(|name| scratch.join(name));
    for place in [&watched, &copy] {
        run(Command::new("cp").arg("-a").arg(kata).arg(place));
    }
    let binary = kata.join("target/debug/kata");
    let check = || {
        let mut command = Command::new(&binary);
        command.args(["check", LESSON]).current_dir(&copy).env_remove("CARGO_TARGET_DIR").stdout(Stdio::null());
        run(&mut command);
    };
    let mut watch = Command::new(&binary);
    watch.args(["watch", LESSON]).current_dir(&watched).env_remove("CARGO_TARGET_DIR");
    let mut terminal = Terminal::run(&watch, 40, 120);
    terminal.shows(PASSES);
    check();

    let mut saved = Vec::new();
    let mut checked = Vec::new();
    for _ in 0..20 {
        saved.push(timed(|| {
            edit(&watched);
            terminal.hides(PASSES);
            terminal.shows(PASSES);
        }));
        edit(&copy);
        checked.push(timed(check));
    }
    let (saved, checked) = (middle(saved), middle(checked));
    println!("save to verdict on the screen {}", ms(saved));
    println!("  beside: kata check          {}", ms(checked));
    println!("  more than that              {:.2} ms", (saved.as_secs_f64() - checked.as_secs_f64()) * 1000.0);

    rest("watching", terminal.process(&binary).pid);
    let mut sleep = Command::new("/bin/sleep").arg("600").spawn().expect("sleep runs");
    rest("  beside: sleep", sleep.id().cast_signed());
    sleep.kill().and_then(|()| sleep.wait()).expect("it sleeps");
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 0);
}

/// How soon the first failure is on the screen while other tests hang: from a save, beside a run of that test alone, which
/// is when the failure is known, and beside the verdict on the whole lesson.
///
/// `kata` holds the solution of the lesson, and is built.
pub fn first_failure(kata: &Path, scratch: &Path) {
    const FAILS: &str = "a_size_out_of_range_is_refused";
    let [watched, copy] = ["hanging", "hanging-copy"].map(|name| scratch.join(name));
    for place in [&watched, &copy] {
        run(Command::new("cp").arg("-a").arg(kata).arg(place));
    }
    let binary = kata.join("target/debug/kata");
    let mut watch = Command::new(&binary);
    watch.args(["watch", LESSON]).current_dir(&watched).env_remove("CARGO_TARGET_DIR");
    let mut terminal = Terminal::run(&watch, 40, 120);
    terminal.shows(PASSES);
    let shown = timed(|| {
        hang(&watched);
        terminal.shows(&format!("failed: {FAILS}"));
    });
    terminal.type_keys("q");
    assert_eq!(terminal.wait(), 0);

    hang(&copy);
    // Both end with a failure.
    let fails = |command: &mut Command| {
        let command = command.current_dir(&copy).env_remove("CARGO_TARGET_DIR");
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        timed(|| assert!(!command.status().expect("it runs").success()))
    };
    let known = fails(Command::new(env!("CARGO")).args(["test", "-p", LESSON, FAILS]));
    let whole = fails(Command::new(&binary).args(["check", LESSON]));
    println!("save to the first failure on the screen, while others hang {}", ms(shown));
    println!("  beside: cargo test -p of that test alone                 {}", ms(known));
    println!("  beside: kata check, until the verdict                    {:.1} s", whole.as_secs_f64());
}

/// Makes `create` round 0 up, which an early test of libtest's order finds, and loop without an end for large sizes, which
/// later ones ask for.
fn hang(kata: &Path) {
    const CALL: &str = "    match unsafe { libc::shmget(key, size, ";
    let source = kata.join(SOURCE);
    let text = fs::read_to_string(&source).expect("the lesson's file can be read");
    assert!(text.contains(CALL), "the solution of {LESSON} is another one now");
    let wrong = "    while size > 1 << 20 && size < usize::MAX {}\n    match unsafe { libc::shmget(key, size.max(1), ";
    fs::write(&source, text.replace(CALL, wrong)).expect("the copy can be edited");
}

fn edit(kata: &Path) {
    let source = kata.join(SOURCE);
    let text = fs::read_to_string(&source).expect("the lesson's file can be read");
    fs::write(&source, format!("{text}// edited\n")).expect("the copy can be edited");
}

/// What a process takes while nothing happens, all its threads together.
pub fn rest(what: &str, pid: i32) {
    let (before, start) = (processor_time(pid), Instant::now());
    std::thread::sleep(REST);
    let share = (processor_time(pid) - before).as_secs_f64() / start.elapsed().as_secs_f64();
    println!("{what:<20} at rest  {:.3} % of a core, {:.1} MB resident", share * 100.0, resident(pid));
}

/// Source: the kernel's Documentation/scheduler/sched-stats.rst; the first number is nanoseconds on a processor.
fn processor_time(pid: i32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).expect("the process runs").flatten();
    let nanoseconds = |thread: fs::DirEntry| -> u64 {
        let stat = fs::read_to_string(thread.path().join("schedstat")).expect("a kernel with schedstat");
        stat.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    };
    Duration::from_nanos(threads.map(nanoseconds).sum())
}

fn resident(pid: i32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its resident set");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}
