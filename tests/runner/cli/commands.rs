//! The commands, on a kata of two small lessons.

use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime};

use super::telling;
use crate::fixture::{ADD, Fixture, kata};
use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;

fn solved(fixture: &Fixture, lesson: &str) {
    fixture.kata(&["solution", lesson, "--apply"]).assert().success();
}

#[test]
fn a_new_kata_is_greeted_with_the_first_lessons_blank() {
    let fixture = Fixture::new();
    let expected = contains("▸  1  add     Two become one   you are here")
        .and(contains("·  2  double  One becomes two  not yet"))
        .and(contains("  ✗ zero_changes_nothing\n  · both_orders_are_one_sum\n\n"))
        .and(contains("\n\n  ✓ passes  ✗ fails, shown below  · fails too\n\n").count(1))
        .and(contains("│ Nothing added changes nothing."))
        .and(contains("not yet implemented: add 7 and 0"))
        .and(contains("0 of 2 tests pass. One more fails; this one comes first."))
        .and(contains("open     lessons/01_add/src/lib.rs:5"))
        .and(contains("test     lessons/01_add/tests/add.rs:5"))
        .and(contains("again    cargo kata"));
    fixture.kata(&[]).assert().code(1).stdout(expected);
}

#[test]
fn progress_goes_by_what_passed_and_is_kept() {
    let fixture = Fixture::new();
    fixture.write("progress.txt", "# my own\nelsewhere done 0123456789abcdef\n");
    solved(&fixture, "1");
    let passed = contains("All 2 tests pass. Lesson 1 is done.").and(contains("lesson 2, double: one becomes two"));
    fixture.kata(&["check"]).assert().success().stdout(passed);
    let progress = fixture.read("progress.txt");
    assert!(progress.starts_with("# my own\nelsewhere done 0123456789abcdef\nadd done "), "{progress}");

    fixture.kata(&["list"]).assert().success().stdout(contains("✓  1  add").and(contains("▸  2  double")));
    fixture.write("lessons/01_add/src/lib.rs", &format!("{ADD}// edited\n"));
    fixture.kata(&["list"]).assert().success().stdout(contains("≠  1  add").and(contains("changed since it passed")));
    fixture.kata(&["check"]).assert().success().stdout(contains("Lesson 1, add"));

    fixture.kata(&["reset", "add", "--yes"]).assert().success();
    fixture.kata(&["list"]).assert().success().stdout(contains("▸  1  add"));

    solved(&fixture, "add");
    solved(&fixture, "double");
    fixture.kata(&["check", "--all"]).assert().success().stdout(contains("All 2 lessons pass."));
    fixture.kata(&[]).assert().success().stdout(contains("All 2 lessons pass."));
}

#[test]
fn skipping_ahead_stops_at_the_earlier_blank_and_says_so() {
    let fixture = Fixture::new();
    solved(&fixture, "2");
    let expected = contains("Stopped at lesson 1's blank")
        .and(contains("cargo kata solution add --apply"))
        .and(contains("open     lessons/01_add/src/lib.rs:5"))
        .and(contains("again    cargo kata check double"));
    fixture.kata(&["check", "2"]).assert().code(1).stdout(expected);
    fixture.kata(&["check", "--all"]).assert().code(1).stdout(contains("✗  1  add     0 of 2 tests pass"));
}

#[test]
fn a_failure_names_an_earlier_lesson_that_is_not_done_or_has_changed() {
    let fixture = Fixture::new();
    solved(&fixture, "2");
    let lib = "lessons/01_add/src/lib.rs";
    let wrong = fixture.read(lib).replace("todo!(\"add {a} and {b}\")", "a + b + 1");
    fixture.write(lib, &wrong);
    let first = "\n\n  first    cargo kata check add\n  open     lessons/02_double/src/lib.rs:4\n";
    let not_yet = format!("  Lesson 1, add, is not done yet, and this lesson builds on it.{first}");
    fixture.kata(&["check", "2"]).assert().code(1).stdout(contains(not_yet.as_str()));

    solved(&fixture, "1");
    fixture.kata(&["check", "1"]).assert().success();
    fixture.write(lib, &wrong);
    let changed = not_yet.replace("is not done yet", "has changed since it passed");
    fixture.kata(&["check", "2"]).assert().code(1).stdout(contains(changed));

    // What passes says nothing of it.
    fixture.write(lib, &wrong.replace("a + b + 1", "b + a"));
    fixture.kata(&["check", "2"]).assert().success().stdout(contains("builds on it").not());
}

#[test]
fn an_earlier_lessons_fault_takes_no_progress_away() {
    let fixture = Fixture::new();
    for lesson in ["1", "2"] {
        solved(&fixture, lesson);
        fixture.kata(&["check", lesson]).assert().success();
    }
    let lib = "lessons/01_add/src/lib.rs";
    let right = fixture.read(lib);
    for fault in ["a + c", "todo!(\"add {a} and {b}\")", "a + b + 1"] {
        fixture.write(lib, &right.replace("a + b", fault));
        fixture.kata(&["check", "2"]).assert().code(1);
        fixture.kata(&["check", "--all"]).assert().code(1);
        let kept = contains("≠  1  add").and(contains("✓  2  double"));
        fixture.kata(&["list"]).assert().success().stdout(kept);
    }
    // Its own fault does: here, a test that asks for more.
    fixture.write(lib, &right);
    fixture
        .write("lessons/02_double/tests/double.rs", "#[test]\nfn more() {\n    assert_eq!(double::double(3), 7);\n}\n");
    fixture.kata(&["check", "2"]).assert().code(1);
    fixture.kata(&["list"]).assert().success().stdout(contains("✓  1  add").and(contains("▸  2  double")));
}

/// Cargo goes by times, and a text may be older than the last build: restored from an archive, or by `cp -p`.
#[test]
fn what_is_judged_is_what_is_there_whatever_its_time_says() {
    let fixture = Fixture::new();
    solved(&fixture, "1");
    solved(&fixture, "2");
    fixture.kata(&["check", "--all"]).assert().success();
    let source = fixture.path("lessons/01_add/src/lib.rs");
    let time = || fs::metadata(&source).unwrap().modified().unwrap();
    let (right, built) = (fixture.read("lessons/01_add/src/lib.rs"), time());
    let wrong = right.replace("a + b", "a + b + 1");
    let put = |text: &str, time| {
        fs::write(&source, text).unwrap();
        fs::File::options().write(true).open(&source).unwrap().set_modified(time).unwrap();
    };
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for then in [old, built] {
        put(&wrong, then);
        // The lesson itself, and one that builds on it.
        fixture.kata(&["check", "2"]).assert().code(1);
        fixture.kata(&["check", "1"]).assert().code(1);
        assert_eq!(time(), then, "the learner's file is the learner's");
        put(&right, then);
        fixture.kata(&["check", "1"]).assert().success();
        fixture.kata(&["check", "2"]).assert().success();
    }
    // Built by hand meanwhile.
    fixture.write("lessons/01_add/src/lib.rs", &wrong);
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "--quiet", "--package", "add"]).current_dir(fixture.path(""));
    assert!(!cargo.env("CARGO_TARGET_DIR", fixture.path("target")).output().unwrap().status.success());
    put(&right, old);
    fixture.kata(&["check", "1"]).assert().success();
    // The tests too.
    let tests = fixture.path("lessons/01_add/tests/add.rs");
    fixture.write("lessons/01_add/tests/add.rs", "#[test]\nfn fails() {\n    panic!(\"on purpose\");\n}\n");
    fs::File::options().write(true).open(&tests).unwrap().set_modified(old).unwrap();
    fixture.kata(&["check", "1"]).assert().code(1).stdout(contains("on purpose"));
}

/// What is known to be built from the texts as they are is not built again.
#[test]
fn nothing_is_built_twice() {
    let fixture = Fixture::new();
    let built = || {
        let folder = fs::read_dir(fixture.path("target/debug/deps")).unwrap().map(|entry| entry.unwrap());
        let times = folder.map(|entry| (entry.path(), entry.metadata().unwrap().modified().unwrap()));
        times.collect::<std::collections::BTreeMap<_, _>>()
    };
    let shipped = built();
    fixture.kata(&["check", "--all"]).assert().code(1);
    assert_eq!(built(), shipped);
    solved(&fixture, "1");
    fixture.kata(&["check", "1"]).assert().success();
    let solved = built();
    assert_ne!(solved, shipped);
    fixture.kata(&["check", "1"]).assert().success();
    assert_eq!(built(), solved);
}

#[test]
fn what_does_not_compile_is_shown_as_the_compiler_says_it() {
    let fixture = Fixture::new();
    fixture.write("lessons/01_add/src/lib.rs", "//! Adding.\npub fn add(a: u32, b: u32) -> u32 {\n    a + c\n}\n");
    let error = "error[E0425]: cannot find value `c` in this scope";
    let own = contains(error).and(contains("It does not compile."));
    fixture.kata(&["check", "add"]).assert().code(1).stdout(own);
    let earlier = contains(error).and(contains("Lesson 1, add, does not compile, and lesson 2 builds on it."));
    fixture.kata(&["check", "double"]).assert().code(1).stdout(earlier);
}

#[test]
fn a_test_that_cannot_show_its_point_leaves_the_lesson_partial() {
    let fixture = Fixture::new();
    let skips = telling::skips("shows_nothing", "no namespaces", "EPERM");
    telling::tests(&fixture, &(skips.clone() + telling::PASSES));
    let expected = contains("! Not isolated\n    EPERM")
        .and(contains("~ shows_nothing  skipped: no namespaces"))
        .and(contains("Lesson 1 is partial, not done."));
    fixture.kata(&["check"]).assert().code(1).stdout(expected);
    fixture.kata(&["list"]).assert().success().stdout(contains("~  1  add").and(contains("▸  2  double")));
    // Where most of them cannot, nothing is known, and what was noted stays.
    telling::tests(&fixture, &skips);
    let said =
        contains("kata: 1 of 1 tests can show nothing on this machine, so that there is no verdict:\nno namespaces\n");
    fixture.kata(&["check", "1"]).assert().code(2).stderr(said.and(contains("cargo kata doctor")));
    fixture.kata(&["list"]).assert().success().stdout(contains("~  1  add"));
}

#[rstest]
#[case::with_success("std::process::exit(0)", "ended with exit code 0 before its last line")]
#[case::by_a_signal("std::process::abort()", "was killed by signal 6")]
fn a_test_program_that_ends_early_is_a_failure(#[case] ending: &str, #[case] said: &str) {
    let fixture = Fixture::new();
    fixture.write(
        "lessons/01_add/src/lib.rs",
        &format!("//! Adding.\npub fn add(_: u32, _: u32) -> u32 {{\n    {ending}\n}}\n"),
    );
    fixture.kata(&["check", "add"]).assert().code(1).stdout(contains(said));
}

/// Code may run before `main`, and so when the tests are listed: it has a table of segments of its own there, and the runner's
/// memory is closed to it.
#[test]
fn code_that_runs_before_the_tests_is_kept_apart() {
    if kata::runner::granted().isolation == kata::runner::Isolation::Shared {
        return eprintln!("kata: skipped: the kernel refuses namespaces");
    }
    let fixture = Fixture::new();
    solved(&fixture, "1");
    let early = r#"
#[used]
#[unsafe(link_section = ".init_array")]
static EARLY: extern "C" fn() = early;

extern "C" fn early() {
    let parent = std::os::unix::process::parent_id();
    let table = std::fs::read_link("/proc/self/ns/ipc").unwrap();
    let memory = std::fs::File::open(format!("/proc/{parent}/mem")).is_ok();
    let said = format!("{} {memory}\n", table.display());
    let mut file = std::fs::File::options().append(true).create(true).open("NOTE").unwrap();
    std::io::Write::write_all(&mut file, said.as_bytes()).unwrap();
}
"#;
    let note = fixture.path("note");
    let text = fixture.read("lessons/01_add/src/lib.rs") + &early.replace("NOTE", note.to_str().unwrap());
    fixture.write("lessons/01_add/src/lib.rs", &text);
    fixture.kata(&["check", "1"]).assert().success();
    let table = fs::read_link("/proc/self/ns/ipc").unwrap();
    let said = fixture.read("note");
    let lines: Vec<_> = said.lines().map(|line| line.split_once(' ').unwrap()).collect();
    assert_eq!(lines.len(), 2, "listed and run: {said}");
    for (its, memory) in lines {
        assert!(its.starts_with("ipc:[") && its != table.to_str().unwrap() && memory == "false", "{said}");
    }
}

#[test]
fn hints_go_deeper_one_at_a_time() {
    let fixture = Fixture::new();
    let first =
        contains("add, hint 1 of 3: a question").and(contains("cargo kata hint add 2")).and(contains("a + b").not());
    fixture.kata(&["hint", "1"]).assert().success().stdout(first);
    fixture.kata(&["hint", "add", "2"]).assert().success().stdout(contains("\na + b\n"));
    fixture.kata(&["hint", "add", "--level", "3"]).assert().success().stdout(contains("deeper").not());
    fixture.kata(&["hint", "add", "4"]).assert().code(2).stderr(contains("there is no hint 4"));
}

#[test]
fn a_reset_asks_and_keeps_what_was_there() {
    let fixture = Fixture::new();
    let lib = "lessons/01_add/src/lib.rs";
    let shipped = fixture.read(lib);
    fixture.kata(&["reset", "1"]).assert().success().stdout(contains("is its starter already"));

    fixture.write(lib, "mine\n");
    fixture.write("lessons/01_add/src/more.rs", "mine too\n");
    fixture.kata(&["reset", "1"]).assert().code(2).stderr(contains("cargo kata reset add --yes"));
    assert_eq!(fixture.read(lib), "mine\n");

    let back =
        "yours    .kata/kept/01_add-1\n\nTo get your code back: cp -r .kata/kept/01_add-1/. lessons/01_add/src/\n";
    fixture.kata(&["reset", "1", "--yes"]).assert().success().stdout(contains(back));
    assert_eq!(fixture.read(lib), shipped);
    assert!(!fixture.path("lessons/01_add/src/more.rs").exists());
    assert_eq!(fixture.read(".kata/kept/01_add-1/lib.rs"), "mine\n");
    assert_eq!(fixture.read(".kata/kept/01_add-1/more.rs"), "mine too\n");
    assert_eq!(fixture.read(".kata/.gitignore"), "*\n");
}

/// The command that gets one's code back does so, also in the lesson's folder.
#[test]
fn what_was_reset_comes_back_by_the_command_that_it_says() {
    let fixture = Fixture::new();
    for folder in ["", "lessons/01_add"] {
        fixture.write("lessons/01_add/src/lib.rs", "mine\n");
        let here = fixture.path(folder);
        let reset = kata(&here, &["reset", "1", "--yes"]).assert().success().get_output().stdout.clone();
        assert_ne!(fixture.read("lessons/01_add/src/lib.rs"), "mine\n");
        let said = String::from_utf8(reset).unwrap();
        let (_, command) = said.split_once("To get your code back: ").expect("a command");
        let status = Command::new("sh").args(["-c", command]).current_dir(&here).status();
        assert!(status.expect("a shell").success(), "{command}");
        assert_eq!(fixture.read("lessons/01_add/src/lib.rs"), "mine\n");
    }
}

#[test]
fn a_solution_is_shown_or_put_in_without_its_anchors() {
    let fixture = Fixture::new();
    fixture.write("solutions/01_add/src/given.rs", "//! Given.\n");
    let shown = contains("given.rs").not();
    fixture.kata(&["solution", "add", "--yes"]).assert().success().stdout(shown);
    fs::remove_file(fixture.path("solutions/01_add/src/given.rs")).unwrap();
    let shown = contains("    a + b\n")
        .and(contains("ANCHOR").not())
        .and(contains("// lessons/01_add/src/lib.rs"))
        .and(contains("\n}\n\nWhy\n\nadd adds, since that is what the manual offers.\n"));
    fixture.kata(&["solution", "add", "--yes"]).assert().success().stdout(shown);

    fixture.write("lessons/01_add/src/lib.rs", "mine\n");
    fixture.kata(&["solution", "add", "--apply"]).assert().success().stdout(
        "wrote    lessons/01_add/src/lib.rs\nyours    .kata/kept/01_add-1\n\n\
         To get your code back: cp .kata/kept/01_add-1/lib.rs lessons/01_add/src/\nTo mark the lesson as done: cargo kata check add\n",
    );
    assert!(fixture.read("lessons/01_add/src/lib.rs").contains("    a + b\n}"));
    assert_eq!(fixture.read(".kata/kept/01_add-1/lib.rs"), "mine\n");
    fixture.kata(&["solution", "add", "--apply"]).assert().success().stdout(contains("Nothing to change."));
}

#[rstest]
#[case::misspelt("duoble", "Did you mean `double`? The lessons: 1 add, 2 double.")]
#[case::no_such_number("7", "The lessons: 1 add, 2 double.")]
fn an_unknown_lesson_is_refused_with_those_there_are(#[case] asked: &str, #[case] advice: &str) {
    let fixture = Fixture::new();
    for command in ["check", "hint", "reset", "solution", "book"] {
        let expected = contains(format!("kata: there is no lesson `{asked}`")).and(contains(advice));
        fixture.kata(&[command, asked]).assert().code(2).stdout("").stderr(expected);
    }
}

#[test]
fn a_walkthrough_that_cannot_be_shown_is_said_to_be_missing() {
    let fixture = Fixture::new();
    let expected = contains("book").and(contains("kata: the walkthrough could not be shown"));
    fixture.kata(&["book", "double", "--no-open"]).assert().code(2).stdout("").stderr(expected);
}

#[test]
fn elsewhere_it_says_that_this_is_not_the_kata() {
    let elsewhere = tempfile::tempdir().unwrap();
    let expected = contains("is not in a clone of the kata").and(contains("--root"));
    kata(elsewhere.path(), &["list"]).assert().code(2).stderr(expected);
    let fixture = Fixture::new();
    let root = fixture.path("").display().to_string();
    kata(elsewhere.path(), &["--root", &root, "list"]).assert().success();
    kata(&fixture.path("lessons/01_add/src"), &["list"]).assert().success().stdout(contains("add"));
}

#[test]
fn without_cargo_it_says_how_to_get_it() {
    let fixture = Fixture::new();
    let mut check = fixture.kata(&["check"]);
    check.env("PATH", "/nowhere").env_remove("CARGO");
    check.assert().code(2).stderr(contains("cannot start `cargo`").and(contains("rustup.rs")));
}

#[test]
fn a_target_folder_that_cannot_be_written_is_said_with_a_way_out() {
    let fixture = Fixture::new();
    let mut check = fixture.kata(&["check"]);
    check.env("CARGO_TARGET_DIR", "/proc/kata");
    check.assert().code(2).stderr(contains("cargo could not build").and(contains("CARGO_TARGET_DIR")));
}

#[test]
fn a_check_works_where_progress_cannot_be_kept() {
    let fixture = Fixture::new();
    // A folder in the file's place is in the way of root too.
    fs::create_dir(fixture.path("progress.txt")).unwrap();
    solved(&fixture, "1");
    // In one stream, as on a terminal: the warning comes last.
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec 2>&1; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_kata"), "check", "1"]);
    shell.current_dir(fixture.path("")).env("CARGO_TARGET_DIR", fixture.path("target"));
    shell.env_remove("CARGO_MANIFEST_DIR").env_remove("KATA_ROOT");
    let output = shell.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let report = text.find("Lesson 1 is done.").unwrap();
    assert!(text[report..].contains("\nkata: your progress could not be kept in progress.txt"), "{text}");
    assert_eq!(text.matches("kata: ").count(), 1, "{text}");
}

#[test]
fn nobody_listening_is_no_error() {
    use std::process::Stdio;
    let fixture = Fixture::new();
    let mut list = Command::new(env!("CARGO_BIN_EXE_kata"));
    let mut child =
        list.arg("list").current_dir(fixture.path("")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn off_a_terminal_there_is_no_colour() {
    let fixture = Fixture::new();
    fixture.kata(&["list"]).env("TERM", "xterm-256color").assert().stdout(contains("\u{1b}").not());
}

#[test]
fn it_says_its_version() {
    let elsewhere = tempfile::tempdir().unwrap();
    kata(elsewhere.path(), &["--version"]).assert().success().stdout(concat!("kata ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn every_lesson_of_the_kata_has_three_hints() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for lesson in fs::read_dir(root.join("lessons")).unwrap() {
        let folder = lesson.unwrap().file_name().into_string().unwrap();
        for (level, of) in [("1", "hint 1 of 3"), ("2", "hint 2 of 3"), ("3", "hint 3 of 3")] {
            kata(root, &["hint", &folder, level]).assert().success().stdout(contains(of));
        }
    }
}
