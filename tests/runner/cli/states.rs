//! What every command prints in every state that a learner can be in, word for word, in a transcript for each state below
//! `transcripts/`. `SNAPSHOTS=overwrite cargo test --test runner states` writes them anew.

use std::path::Path;

use kata::sandbox::Options;
use rstest::rstest;

use super::doctor::refused;
use super::telling;
use super::transcript::Transcript;
use crate::fixture::{ADD, Fixture, kata};

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
    telling::tests(fixture, &skips());
    done(fixture);
})]
fn every_command_says(#[case] state: &str, #[case] arrange: impl Fn(&Fixture)) {
    let fixture = Fixture::new();
    arrange(&fixture);
    let mut transcript = Transcript::new(state);
    for arguments in COMMANDS {
        transcript.add(arguments, &fixture.kata(arguments).output().expect("kata runs"), &fixture.path(""));
    }
    transcript.check();
}

const LIB: &str = "lessons/01_add/src/lib.rs";

fn done(fixture: &Fixture) {
    for lesson in ["1", "2"] {
        fixture.kata(&["solution", lesson, "--apply"]).assert().success();
        _ = fixture.kata(&["check", lesson]).output();
    }
}

/// The tests of lesson 1 where namespaces are refused.
fn skips() -> String {
    let refused = "the kernel refuses IPC namespaces here (namespace: EPERM). The tests use random keys.";
    let why = "only a new IPC namespace has a fresh table, and the kernel refuses one here";
    let zero = "//! Lesson 1.\n\n/// Nothing added changes nothing.\n#[test]\nfn zero_changes_nothing() {\n    \
                assert_eq!(add::add(7, 0), 7);\n}\n\n/// The first id is 0.\n";
    zero.to_owned() + &telling::skips("zero_is_a_valid_id", why, refused)
}

/// What doctor says of the lessons; the rest is the machine's.
fn lessons_alone(text: &str) -> String {
    let mut kept = String::new();
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
    let mut transcript = Transcript::new("any");
    let commands: [&[&str]; 10] = [
        &["hint", "1"],
        &["hint", "1", "2"],
        &["hint", "1", "3"],
        &["hint", "1", "--plain"],
        &["hint", "1", "4"],
        &["solution", "1"],
        &["solution", "1", "--yes"],
        &["solution", "1", "--yes", "--plain"],
        &["check", "7"],
        &["chekc"],
    ];
    for arguments in commands {
        let output = fixture.kata(arguments).output().expect("kata runs");
        transcript.add(arguments, &output, &fixture.path(""));
    }
    for arguments in [["doctor"].as_slice(), &["doctor", "--plain"]] {
        let output = fixture.kata(arguments).output().expect("kata runs");
        transcript.add_text(arguments, 0, &lessons_alone(&String::from_utf8_lossy(&output.stdout)));
    }
    // Cargo's own words come before those of the kata.
    let mut output = fixture.kata(&["book"]).output().expect("kata runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    output.stderr = said.as_bytes()[said.find("kata: ").expect("a word of the kata's")..].to_vec();
    transcript.add(&["book"], &output, &fixture.path(""));
    transcript.check();
}

/// Where the kernel itself refuses.
#[test]
fn doctor_says_which_tests_skip() {
    Options::new().fresh_table().run(|s| {
        let fixture = Fixture::new();
        let fresh =
            |name: &str| format!("#[test]\nfn {name}() {{\n    Options::new().fresh_table().run(|s| {{}});\n}}\n\n");
        fixture
            .write("lessons/01_add/tests/add.rs", &format!("{}#[test]\nfn two() {{}}\n", fresh("zero_is_a_valid_id")));
        fixture.write(
            "lessons/02_double/tests/double.rs",
            &(fresh("segment_zero_can_be_found") + &fresh("zero_is_a_valid_id")),
        );
        let mut transcript = Transcript::new("doctor");
        for arguments in [["doctor"].as_slice(), &["doctor", "--plain"]] {
            let root = format!("--root {} {}", fixture.path("").display(), arguments[1..].join(" "));
            transcript.add_text(arguments, 0, &lessons_alone(&refused(s, &root)));
        }
        transcript.check();
    });
}

#[test]
fn help_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut transcript = Transcript::new("help");
    let help = kata(root, &["--help"]).output().expect("kata runs");
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    let commands = text.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("the commands");
    let commands = commands.lines().filter_map(|line| line.split_whitespace().next());
    transcript.add(&["--help"], &help, root);
    transcript.add(&["-h"], &kata(root, &["-h"]).output().expect("kata runs"), root);
    for command in commands.filter(|command| !matches!(*command, "help" | "dev")) {
        let arguments = [command, "--help"];
        transcript.add(&arguments, &kata(root, &arguments).output().expect("kata runs"), root);
    }
    transcript.check();
}

#[test]
fn the_xray_of_an_empty_table_says() {
    Options::new().fresh_table().run(|s| {
        let mut transcript = Transcript::new("xray");
        let commands: [&[&str]; 4] = [
            &["xray", "--once"],
            &["xray", "--plain"],
            &["xray", "--format", "json"],
            &["xray", "--once", "--key", "0x929"],
        ];
        for arguments in commands {
            let program = arguments.iter().fold(s.program(env!("CARGO_BIN_EXE_kata")), |program, one| program.arg(one));
            let said = program.run();
            transcript.add_text(arguments, said.code().expect("an exit code"), &said.stdout());
        }
        transcript.check();
    });
}
