//! What every command prints in every state that a learner can be in, word for word: a file each below `snapshots/`, to
//! be read as a learner reads it. `SNAPSHOTS=overwrite cargo test --test cli snapshots` writes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use kata::sandbox::Options;
use rstest::rstest;
use snapbox::{Assert, Data};

use crate::doctor::refused;
use crate::fixture::{ADD, Fixture, kata};

/// The snapshots of one state: compared one by one, and complained of together.
struct Snapshots {
    folder: PathBuf,
    seen: BTreeSet<PathBuf>,
    differ: Vec<String>,
}

impl Snapshots {
    fn new(state: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots").join(state);
        Self { folder, seen: BTreeSet::new(), differ: Vec::new() }
    }

    /// Compares what `kata ARGS` printed, `root` and the test's process left out.
    fn compare(&mut self, arguments: &[&str], output: &Output, root: &Path) {
        let mut text = format!("$ kata {}\n", arguments.join(" ")).replace(" \n", "\n");
        text += &String::from_utf8_lossy(&output.stdout);
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            text += &format!("[stderr] {line}\n");
        }
        text += &format!("[exit code {}]\n", output.status.code().expect("an exit code"));
        self.compare_text(arguments, &without_processes(&text.replace(&root.display().to_string(), "[KATA]")));
    }

    fn compare_text(&mut self, arguments: &[&str], text: &str) {
        let name = arguments.iter().map(|word| word.trim_start_matches('-')).collect::<Vec<_>>().join("_");
        let path = self.folder.join(format!("{}.txt", if name.is_empty() { "home" } else { &name }));
        if let Err(error) = assert().try_eq(Some(&arguments.join(" ")), text.into(), Data::read_from(&path, None).raw())
        {
            self.differ.push(error.to_string());
        }
        self.seen.insert(path);
    }

    /// Every snapshot was compared, and none differs.
    fn hold(self) {
        assert!(self.differ.is_empty(), "{}", self.differ.join("\n"));
        let there = fs::read_dir(&self.folder).expect("the folder of the state").map(|entry| entry.unwrap().path());
        assert_eq!(there.collect::<BTreeSet<_>>(), self.seen, "left the files, right what was compared");
    }
}

fn assert() -> Assert {
    Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV)
}

/// `thread 'name' (1234) panicked`: the number is another one each time.
fn without_processes(text: &str) -> String {
    let line = |line: &str| match line.split_once("' (") {
        Some((before, after)) if line.contains("thread '") => match after.split_once(')') {
            Some((_, after)) => format!("{before}' ([PID]){after}\n"),
            None => format!("{line}\n"),
        },
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// In the order in which they run; a check notes what came of it. Those that change files come last.
const COMMANDS: [&[&str]; 19] = [
    &["list"],
    &["list", "--plain"],
    &["list", "--format", "json"],
    &[],
    &["--plain"],
    &["check"],
    &["check", "2"],
    &["check", "2", "--plain"],
    &["check", "--all"],
    &["check", "--all", "--plain"],
    &["check", "--all", "--format", "json"],
    &["next"],
    &["next", "--plain"],
    &["diff", "1"],
    &["diff", "1", "--yes"],
    &["diff", "1", "--yes", "--plain"],
    &["reset", "1"],
    &["reset", "1", "--yes"],
    &["solution", "1", "--apply"],
];

#[rstest]
#[case::nothing_begun("new", |_: &Fixture| {})]
#[case::all_done("done", done)]
#[case::one_that_does_not_compile("broken", |fixture: &Fixture| {
    fixture.write(LIB, &ADD.replace("a + b", "compile_error!(\"unfinished\")"));
})]
#[case::one_that_fails("failing", |fixture: &Fixture| {
    done(fixture);
    // What lesson 1 passes with lesson 2 does not: the fault is lesson 2's own.
    let lib = "lessons/02_double/src/lib.rs";
    fixture.write(lib, &fixture.read(lib).replace("add::add(a, a)", "add::add(a, 2)"));
    fixture.write("progress.txt", &fixture.read("progress.txt").lines().filter(|line| !line.starts_with("double")).map(|line| format!("{line}\n")).collect::<String>());
})]
#[case::one_changed_since_it_passed("changed", |fixture: &Fixture| {
    done(fixture);
    fixture.write(LIB, &fixture.read(LIB).replace("a + b", "b + a"));
})]
#[case::namespaces_refused("refused", |fixture: &Fixture| {
    fixture.write("lessons/01_add/tests/add.rs", SKIPS);
    done(fixture);
})]
fn every_command_says(#[case] state: &str, #[case] arrange: impl Fn(&Fixture)) {
    let fixture = Fixture::new();
    arrange(&fixture);
    let mut snapshots = Snapshots::new(state);
    for arguments in COMMANDS {
        snapshots.compare(arguments, &fixture.kata(arguments).output().expect("kata runs"), &fixture.path(""));
    }
    snapshots.hold();
}

const LIB: &str = "lessons/01_add/src/lib.rs";

fn done(fixture: &Fixture) {
    for lesson in ["1", "2"] {
        fixture.kata(&["solution", lesson, "--apply"]).assert().success();
        _ = fixture.kata(&["check", lesson]).output();
    }
}

/// What the sandbox says where the kernel refuses namespaces.
const SKIPS: &str = r#"//! Lesson 1.

use std::io::Write;

/// Nothing added changes nothing.
#[test]
fn zero_changes_nothing() {
    assert_eq!(add::add(7, 0), 7);
}

/// The first id is 0.
#[test]
fn zero_is_an_id() {
    let said = "kata: fallback: the kernel refuses IPC namespaces here (namespace: EPERM). The tests use random keys.\n\
                kata: skipped zero_is_an_id: only a new IPC namespace has a fresh table, and the kernel refuses one here\n";
    _ = std::io::stderr().write_all(said.as_bytes());
}
"#;

/// What doctor says of the lessons; the rest is the machine's.
fn lessons_alone(arguments: &[&str], text: &str) -> String {
    let mut kept = format!("$ kata {}\n", arguments.join(" "));
    let mut ours = false;
    for line in text.lines() {
        let finding = !line.starts_with("    ");
        ours = if finding { line.contains(" lesson ") || line.contains(" lesson:") } else { ours };
        if ours {
            kept += &format!("{line}\n");
        }
    }
    kept
}

/// What is the same in every state.
#[test]
fn what_knows_no_state_says() {
    let fixture = Fixture::new();
    let mut snapshots = Snapshots::new("any");
    let commands: [&[&str]; 9] = [
        &["hint", "1"],
        &["hint", "1", "2"],
        &["hint", "1", "3"],
        &["hint", "1", "--plain"],
        &["hint", "1", "4"],
        &["solution", "1"],
        &["solution", "1", "--plain"],
        &["check", "7"],
        &["chekc"],
    ];
    for arguments in commands {
        let output = fixture.kata(arguments).output().expect("kata runs");
        snapshots.compare(arguments, &output, &fixture.path(""));
    }
    for arguments in [["doctor"].as_slice(), &["doctor", "--plain"]] {
        let output = fixture.kata(arguments).output().expect("kata runs");
        snapshots.compare_text(arguments, &lessons_alone(arguments, &String::from_utf8_lossy(&output.stdout)));
    }
    // Cargo's own words come before those of the kata.
    let mut output = fixture.kata(&["book"]).output().expect("kata runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    output.stderr = said.as_bytes()[said.find("kata: ").expect("a word of the kata's")..].to_vec();
    snapshots.compare(&["book"], &output, &fixture.path(""));
    snapshots.hold();
}

/// Where the kernel itself refuses.
#[test]
fn doctor_says_which_tests_skip() {
    Options::new().fresh_table().run(|s| {
        let fixture = Fixture::new();
        let fresh =
            |name: &str| format!("#[test]\nfn {name}() {{\n    Options::new().fresh_table().run(|s| {{}});\n}}\n\n");
        fixture.write("lessons/01_add/tests/add.rs", &format!("{}#[test]\nfn two() {{}}\n", fresh("zero_is_an_id")));
        fixture.write("lessons/02_double/tests/double.rs", &(fresh("zero_can_be_found") + &fresh("zero_is_an_id")));
        let mut snapshots = Snapshots::new("doctor");
        for arguments in [["doctor"].as_slice(), &["doctor", "--plain"]] {
            let root = format!("--root {} {}", fixture.path("").display(), arguments[1..].join(" "));
            snapshots.compare_text(arguments, &lessons_alone(arguments, &refused(s, &root)));
        }
        snapshots.hold();
    });
}

#[test]
fn help_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut snapshots = Snapshots::new("help");
    let help = kata(root, &["--help"]).output().expect("kata runs");
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    let commands = text.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("the commands");
    let commands = commands.lines().filter_map(|line| line.split_whitespace().next());
    snapshots.compare(&["--help"], &help, root);
    snapshots.compare(&["-h"], &kata(root, &["-h"]).output().expect("kata runs"), root);
    for command in commands.filter(|command| !matches!(*command, "help" | "dev")) {
        let arguments = [command, "--help"];
        snapshots.compare(&arguments, &kata(root, &arguments).output().expect("kata runs"), root);
    }
    snapshots.hold();
}

#[test]
fn the_xray_of_an_empty_table_says() {
    Options::new().fresh_table().run(|s| {
        let mut snapshots = Snapshots::new("xray");
        let commands: [&[&str]; 4] = [
            &["xray", "--once"],
            &["xray", "--plain"],
            &["xray", "--format", "json"],
            &["xray", "--once", "--key", "0x929"],
        ];
        for arguments in commands {
            let program = arguments.iter().fold(s.program(env!("CARGO_BIN_EXE_kata")), |program, one| program.arg(one));
            let said = program.run();
            let text =
                format!("$ kata {}\n{}[exit code {}]\n", arguments.join(" "), said.stdout(), said.code().unwrap());
            snapshots.compare_text(arguments, &text);
        }
        snapshots.hold();
    });
}
