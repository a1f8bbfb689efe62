//! `kata dev`: what an author gets wrong is found, and said so that it can be put right.

#[path = "../../../tests/cli/fixture.rs"]
mod fixture;

use predicates::prelude::*;
use predicates::str::contains;

use fixture::{ADD, Fixture};

/// What the fixture runs.
const PROGRAM: &str = env!("CARGO_BIN_EXE_staff");

/// Fails as the sandbox does, so that a report can be written down.
const REPORTS: &str = "\
#[test]
fn sums_are_right() {
    let sum = add::add(2, 3);
    if sum != 5 {
        eprintln!(\"\\n  failed: sums_are_right\\n  at lessons/01_add/tests/add.rs:{}:9\\n  process {} found {sum}\", line!(), std::process::id());
        std::panic::resume_unwind(Box::new(()));
    }
}

#[test]
fn seven_is_seven() {
    assert_eq!(add::add(7, 0), 7);
}
";

fn mistake(caught_by: &str, body: &str) -> String {
    format!(
        "//! Does it wrong.\n//!\n//! Caught by: {caught_by}\n\npub fn add(a: u32, b: u32) -> u32 {{\n    {body}\n}}\n"
    )
}

#[test]
fn a_starter_that_has_nothing_to_do_is_found() {
    let fixture = Fixture::new();
    let checked = || fixture.kata(&["check", "--only", "starters", "add"]);
    checked().assert().success().stdout(contains("2 tests stop at a blank"));

    fixture.write("solutions/01_add/src/lib.rs", &ADD.replace("todo!", "panic!"));
    checked().assert().code(2).stderr(contains("anchor `add` carries `panic!"));
    fixture.write("solutions/01_add/src/lib.rs", &ADD.replace("todo!(\"add {a} and {b}\")", "todo!()"));
    checked().assert().code(1).stdout(contains("compiles with warnings").and(contains("unused variable: `a`")));

    fixture.write("solutions/01_add/src/lib.rs", ADD);
    let idle = "#[test]\nfn nothing_is_asked() {}\n";
    fixture.write("lessons/01_add/tests/add.rs", idle);
    checked().assert().code(1).stdout(contains("nothing_is_asked").and(contains("does not stop at a blank")));
    fixture.write("solutions/01_add/starter-passes.txt", "nothing_is_asked: it shows the way\n");
    checked().assert().success().stdout(contains("1 have a reason not to"));
    fixture.write("solutions/01_add/starter-passes.txt", "nothing_is_asked: so\ngone: so\nwhy\n");
    checked()
        .assert()
        .code(1)
        .stdout(contains("lists gone, which is no test").and(contains("`why` is not `TEST: why`")));
}

#[test]
fn a_mistake_must_be_caught_by_the_test_it_names_as_written_down() {
    let fixture = Fixture::new();
    fixture.write("lessons/01_add/tests/add.rs", REPORTS);
    fixture.write("solutions/01_add/mistakes/off_by_one.rs", &mistake("sums_are_right", "a + b + 1"));
    fixture.write("solutions/01_add/mistakes/right.rs", &mistake("sums_are_right", "b + a"));
    fixture.write("solutions/01_add/mistakes/other_test.rs", &mistake("no_such_test", "a - b"));
    fixture.write("solutions/01_add/mistakes/no_compile.rs", &mistake("sums_are_right", "a + c"));
    fixture.write("solutions/01_add/mistakes/bare.rs", &mistake("seven_is_seven", "a + b + 1"));
    fixture.write("solutions/01_add/mistakes/forgotten.snap", "");
    let checked = |flags: &[&str]| {
        let mut command = fixture.kata(&["check", "--only", "mistakes", "add"]);
        command.args(flags).assert().code(1)
    };
    let expected = contains("off_by_one\n    its failure is not written down")
        .and(contains("right\n    is not caught by sums_are_right"))
        .and(contains("names no_such_test, which is no test"))
        .and(contains("no_compile\n    does not compile\n    error[E0425]"))
        .and(contains("bare\n    seven_is_seven fails outside of a sandbox"))
        .and(contains("2 mistakes have a test to themselves; five are needed"))
        .and(contains("forgotten.snap belongs to no mistake"));
    checked(&[]).stdout(expected);

    checked(&["--bless"]).stdout(contains("1 written down anew"));
    let written = "  failed: sums_are_right\n  at lessons/01_add/tests/add.rs\n  process PID found 6\n";
    assert_eq!(fixture.read("solutions/01_add/mistakes/off_by_one.snap"), written);
    checked(&[]).stdout(contains("1 caught as written down").and(contains("off_by_one").not()));

    fixture.write("solutions/01_add/mistakes/off_by_one.snap", &written.replace('6', "7"));
    checked(&[]).stdout(contains("-   process PID found 7\n    +   process PID found 6"));
}

#[test]
fn a_right_solution_that_fails_is_found() {
    let fixture = Fixture::new();
    let variant = "//! Otherwise.\n\npub fn add(a: u32, b: u32) -> u32 {\n    SUM(a, b)\n}\n";
    fixture.write("solutions/01_add/variants/backwards.rs", &variant.replace("SUM(a, b)", "b + a"));
    fixture.write("solutions/01_add/variants/wrong.rs", &variant.replace("SUM(a, b)", "a + b * 2"));
    let expected = contains("01_add/variants/wrong: both_orders_are_one_sum").and(contains("backwards").not());
    fixture.kata(&["check", "--only", "variants", "1"]).assert().code(1).stdout(expected);
    fixture.kata(&["check", "--only", "solutions"]).assert().success().stdout(contains("2 pass"));
    fixture.kata(&["check", "--only", "variants", "2"]).assert().code(1).stdout(contains("has 0 variants"));
}

#[test]
fn starters_follow_the_solutions() {
    let fixture = Fixture::new();
    let sync = |part: &[&str]| fixture.kata(part);
    sync(&["check", "--only", "sync"]).assert().success();
    fixture.write("solutions/01_add/src/lib.rs", &ADD.replace("The sum.", "The sum of both."));
    sync(&["check", "--only", "sync"])
        .assert()
        .code(1)
        .stdout(contains("lessons/01_add/src").and(contains("kata dev sync")));
    sync(&["sync"]).assert().success().stdout("wrote  lessons/01_add/src/lib.rs\n");
    assert!(fixture.read("lessons/01_add/src/lib.rs").contains("The sum of both."));
    sync(&["sync"]).assert().success().stdout(contains("are what the solutions generate"));
}
