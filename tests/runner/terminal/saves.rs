//! A file that is saved is checked, however it was saved.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, SystemTime};

use rstest::rstest;

use super::pty::{ENTER, Terminal};
use super::{ADD, ADD_TESTS, DOUBLE, DOUBLES, RIGHT, WRONG, command, hanging, hanging_test, in_sh, runs, until, watch};
use crate::fixture::Fixture;

#[test]
fn the_verdict_changes_when_a_file_is_saved() {
    let fixture = Fixture::new();
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    assert!(terminal.row(0).contains("Lesson 1, add: two become one"), "{}", terminal.row(0));
    assert!(terminal.row(0).contains("0 of 2 done"), "{}", terminal.row(0));
    terminal.shows("lessons/01_add/src/lib.rs:5");
    terminal.shows("not yet implemented: add 7 and 0");

    fixture.write(ADD, WRONG);
    terminal.shows("✗ 1 of 2 tests pass");
    fixture.write(ADD, "pub fn add(a: u32, b: u32) -> u32 {\n    c\n}\n");
    terminal.shows("✗ does not compile");
    terminal.shows("cannot find value `c`");
    fixture.write(ADD, RIGHT);
    terminal.shows("✓ all 2 tests pass");
    assert!(terminal.row(0).contains("1 of 2 done"), "{}", terminal.row(0));
    assert!(fixture.read("progress.txt").contains("add done"));
}

/// Renamed into place with the time that it had, as an archive or a backup puts it back. Cargo goes by times.
#[test]
fn an_older_text_is_judged_as_a_newer_one() {
    let fixture = Fixture::new();
    fixture.write("wrong.rs", WRONG);
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(fixture.path("wrong.rs")).unwrap().set_modified(old).unwrap();
    fixture.write(ADD, RIGHT);
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✓ all 2 tests pass");
    fs::rename(fixture.path("wrong.rs"), fixture.path(ADD)).unwrap();
    terminal.shows("✗ 1 of 2 tests pass");
}

#[test]
fn saves_that_follow_each_other_are_one_run() {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");
    assert_eq!(runs(&fixture), 1);
    for _ in 0..20 {
        fixture.write(ADD, WRONG);
    }
    fixture.write(ADD, RIGHT);
    terminal.shows("✓ all 2 tests pass");
    assert_eq!(runs(&fixture), 2);
}

#[test]
fn a_save_ends_the_run_and_starts_over() {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    fixture.write(ADD, WRONG);
    let terminal = watch(&fixture, &["watch"]);
    for _ in 0..2 {
        let pid = hanging(&fixture);
        terminal.shows("running 1 of 2 tests");
        fixture.write(ADD, WRONG);
        until("the test that hung is gone", || !kata::process::is_there(pid));
    }
    hanging(&fixture);
    fixture.write(ADD, RIGHT);
    terminal.shows("✓ all 2 tests pass");
    assert_eq!(runs(&fixture), 4);
}

#[test]
fn a_key_runs_it_again() {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    fixture.write(ADD, RIGHT);
    let mut terminal = watch(&fixture, &["watch"]);
    terminal.shows("✓ all 2 tests pass");
    terminal.type_keys("r");
    until("it runs again", || runs(&fixture) == 2);
    terminal.shows("✓ all 2 tests pass");
}

#[test]
fn editors_save_in_many_ways() {
    let fixture = Fixture::new();
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✗ 0 of 2 tests pass");

    // Written beside it and renamed over it, with the old one kept until then.
    let (file, new, backup) = (fixture.path(ADD), fixture.path("lessons/01_add/src/.lib.rs.new"), fixture.path("~"));
    fs::write(&new, RIGHT).unwrap();
    fs::rename(&file, &backup).unwrap();
    fs::rename(&new, &file).unwrap();
    terminal.shows("✓ all 2 tests pass");

    // Another file, that the first one then names.
    fixture.write("lessons/01_add/src/other.rs", "pub fn sum(a: u32, b: u32) -> u32 {\n    a * b\n}\n");
    fixture.write(ADD, "mod other;\npub use other::sum as add;\n");
    terminal.shows("✗ 1 of 2 tests pass");
    fixture.write("lessons/01_add/src/other.rs", "pub fn sum(a: u32, b: u32) -> u32 {\n    a + b\n}\n");
    terminal.shows("✓ all 2 tests pass");

    fs::remove_file(fixture.path("lessons/01_add/src/other.rs")).unwrap();
    terminal.shows("✗ does not compile");

    // A folder that was not there, and a file in it.
    fixture.write("lessons/01_add/src/other/mod.rs", "pub fn sum(a: u32, b: u32) -> u32 {\n    a * b\n}\n");
    terminal.shows("✗ 1 of 2 tests pass");
    fixture.write("lessons/01_add/src/other/mod.rs", "pub fn sum(a: u32, b: u32) -> u32 {\n    a + b\n}\n");
    terminal.shows("✓ all 2 tests pass");

    // The lesson's own file goes, and comes back.
    fs::remove_file(&file).unwrap();
    terminal.hides("all 2 tests pass");
    fs::write(&file, WRONG).unwrap();
    terminal.shows("✗ 1 of 2 tests pass");

    // Its tests and its manifest count as well.
    fixture.write(ADD_TESTS, "#[test]\nfn one() {\n    assert_eq!(add::add(1, 1), 1);\n}\n");
    terminal.shows("✓ all 1 tests pass");
    let manifest = fixture.read("lessons/01_add/Cargo.toml");
    fixture.write("lessons/01_add/Cargo.toml", "[package]\n");
    terminal.shows("the kata could not run it");
    fixture.write("lessons/01_add/Cargo.toml", &manifest);
    terminal.shows("✓ all 1 tests pass");
}

#[test]
fn a_save_in_a_lesson_that_this_one_builds_on_counts() {
    let fixture = Fixture::new();
    fixture.write(DOUBLE, DOUBLES);
    let terminal = watch(&fixture, &["watch", "double"]);
    terminal.shows("✗ 0 of 1 tests pass");
    fixture.write(ADD, RIGHT);
    terminal.shows("✓ all 1 tests pass");
}

#[test]
fn the_lesson_gone_to_is_watched_and_the_one_left_is_not() {
    let fixture = Fixture::new();
    hanging_test(&fixture);
    fixture.write(ADD, RIGHT);
    let mut terminal = watch(&fixture, &["watch", "double"]);
    terminal.shows("✗ 0 of 1 tests pass");
    terminal.type_keys("lk");
    terminal.type_keys(ENTER);
    terminal.shows("✓ all 2 tests pass");
    // Nothing follows, and nothing is there to wait for: what is watched starts a run after a tenth of a second at most.
    let printed = terminal.printed().len();
    fixture.write(DOUBLE, DOUBLES);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(terminal.printed().len(), printed, "{}", terminal.contents());
    fixture.write(ADD, "pub fn add(a: u32, b: u32) -> u32 {\n    b + a + 2\n}\n");
    terminal.shows("✗ 1 of 2 tests pass");
    assert_eq!(runs(&fixture), 2);
}

#[test]
fn a_folder_that_goes_and_comes_back_is_no_end() {
    let fixture = Fixture::new();
    fixture.write(ADD, RIGHT);
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✓ all 2 tests pass");
    for part in ["src", ""] {
        let folder = fixture.path("lessons/01_add").join(part);
        fs::rename(&folder, fixture.path("elsewhere")).unwrap();
        terminal.hides("all 2 tests pass");
        fs::rename(fixture.path("elsewhere"), &folder).unwrap();
        terminal.shows("✓ all 2 tests pass");
        fixture.write(ADD, WRONG);
        terminal.shows("✗ 1 of 2 tests pass");
        fixture.write(ADD, RIGHT);
        terminal.shows("✓ all 2 tests pass");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_said_and_is_no_end() {
    let fixture = Fixture::new();
    fixture.write(ADD, RIGHT);
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✓ all 2 tests pass");
    for lesson in ["01_add", "02_double"] {
        let file = fixture.path(&format!("lessons/{lesson}/src/loops.rs"));
        symlink("loops.rs", &file).unwrap();
        fixture.write(ADD, WRONG);
        terminal.shows("loops.rs");
        fs::remove_file(&file).unwrap();
        fixture.write(ADD, RIGHT);
        terminal.shows("✓ all 2 tests pass");
    }
}

#[test]
fn what_an_editor_keeps_beside_a_file_is_no_part_of_the_lesson() {
    let fixture = Fixture::new();
    fixture.write(ADD, RIGHT);
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✓ all 2 tests pass");
    // Emacs locks a file so while there are changes to it.
    symlink("ada@host.4711:1795300000", fixture.path("lessons/01_add/src/.#lib.rs")).unwrap();
    fixture.write(ADD, WRONG);
    terminal.shows("✗ 1 of 2 tests pass");
    fixture.write(ADD, RIGHT);
    terminal.shows("✓ all 2 tests pass");
    fs::remove_file(fixture.path("lessons/01_add/src/.#lib.rs")).unwrap();
    fixture.write("lessons/01_add/src/.lib.new.rs", "half");
    let again = watch(&fixture, &["list"]);
    assert_eq!(again.wait(), 0);
    again.shows("✓  1  add");
}

#[test]
fn progress_that_cannot_be_kept_is_said() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.path("progress.txt")).unwrap();
    fixture.write(ADD, RIGHT);
    let terminal = watch(&fixture, &["watch"]);
    terminal.shows("✓ all 2 tests pass");
    terminal.shows("Your progress could not be kept in progress.txt");
}

#[rstest]
#[case::asked_for("KATA_POLL=1 exec \"$@\"")]
#[case::no_inotify_left(
    "exec unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"' sh \"$@\""
)]
fn without_file_events_the_files_are_looked_at(#[case] before: &str) {
    let refused = Command::new("unshare").args(["-Ur", "true"]).output();
    if before.contains("unshare") && !refused.is_ok_and(|output| output.status.success()) {
        eprintln!("not shown: user namespaces are refused here, so that inotify has no limit to reach");
        return;
    }
    let fixture = Fixture::new();
    let terminal = Terminal::run(&in_sh(&command(&fixture, &["watch"]), before), 30, 110);
    terminal.shows("no file events here");
    terminal.shows("✗ 0 of 2 tests pass");
    fixture.write(ADD, RIGHT);
    terminal.shows("✓ all 2 tests pass");
    fixture.write("lessons/01_add/src/lib.rs.new", WRONG);
    fs::rename(fixture.path("lessons/01_add/src/lib.rs.new"), fixture.path(ADD)).unwrap();
    terminal.shows("✗ 1 of 2 tests pass");
}
