//! `kata dev`: what an author gets wrong is found, and said so that it can be put right.

#[path = "../../../tests/runner/fixture.rs"]
mod fixture;

use predicates::prelude::*;
use predicates::str::contains;

use fixture::{ADD, Fixture};

/// What the fixture runs.
const PROGRAM: &str = env!("CARGO_BIN_EXE_staff");

/// The first one fails in a sandbox, so that a report can be written down.
const REPORTS: &str = "\
#[test]
fn sums_are_right() {
    kata::sandbox::sandbox(|_| {
        let sum = add::add(2, 3);
        assert!(sum == 5, \"process {} found {sum}\", std::process::id());
    });
}

#[test]
fn seven_is_seven() {
    assert_eq!(add::add(7, 0), 7);
}
";

/// A section of mistakes.md: `add` with another body.
fn mistake(name: &str, caught_by: &str, body: &str) -> String {
    format!(
        "## {name}\n\nDoes it wrong.\n\nCaught by: `{caught_by}`\n\n```diff\n@@ fn add @@\n-    a + b\n+    {body}\n```\n\n"
    )
}

/// A section of variants.md.
fn variant(name: &str, body: &str) -> String {
    format!("## {name}\n\nOtherwise.\n\n```rust\npub fn add(a: u32, b: u32) -> u32 {{\n    {body}\n}}\n```\n\n")
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
    for manifest in ["lessons/01_add/Cargo.toml", "solutions/01_add/Cargo.toml"] {
        let library = concat!(env!("CARGO_MANIFEST_DIR"), "/../kata");
        let section = format!("\n[dev-dependencies]\nkata = {{ path = \"{library}\" }}\n");
        fixture.write(manifest, &(fixture.read(manifest) + &section));
    }
    let path = "solutions/01_add/mistakes.md";
    let text = [
        "# Lesson 1: mistakes\n\n".to_owned(),
        mistake("off_by_one", "sums_are_right", "a + b + 1"),
        mistake("right", "sums_are_right", "b + a"),
        mistake("other_test", "no_such_test", "a - b"),
        mistake("no_compile", "sums_are_right", "a + c"),
        mistake("bare", "seven_is_seven", "a + b + 1"),
    ]
    .concat();
    fixture.write(path, &text);
    let checked = |flags: &[&str]| {
        let mut command = fixture.kata(&["check", "--only", "mistakes", "add"]);
        command.args(flags).assert().code(1)
    };
    let expected = contains("solutions/01_add/mistakes.md:3: off_by_one: its failure is not written down")
        .and(contains("right: is not caught by sums_are_right"))
        .and(contains("names no_such_test, which is no test"))
        .and(contains("no_compile: does not compile\n    error[E0425]"))
        .and(contains("bare: seven_is_seven fails outside of a sandbox"))
        .and(contains("2 mistakes have a test to themselves; five are needed"))
        .and(contains("mistakes.md: has no `## refuses_everything`, "));
    checked(&[]).stdout(expected);

    checked(&["--bless"]).stdout(contains("1 written down anew"));
    let report = "failed: sums are right\nprocess PID found 6\n  at:       lessons/01_add/tests/add.rs\n";
    let (above, below) = text.split_once("## right").unwrap();
    let written = format!("{above}```text\n{report}```\n\n## right{below}");
    assert_eq!(fixture.read(path), written);
    checked(&[]).stdout(contains("1 caught as written down").and(contains("off_by_one").not()));

    fixture.write(path, &written.replace("found 6", "found 7"));
    checked(&[]).stdout(contains("- process PID found 7\n    + process PID found 6"));
    checked(&["--bless"]).stdout(contains("1 written down anew"));
    assert_eq!(fixture.read(path), written);
}

/// All tests are run on it, and not the one alone that it names.
#[test]
fn what_refuses_everything_must_fail_a_test_of_each_goal() {
    let fixture = Fixture::new();
    let test = |name: &str, goal: u32, a: u32| {
        format!("/// Why.\n// goal: {goal}\n#[test]\nfn {name}() {{\n    assert_eq!(add::add({a}, 0), {a});\n}}\n")
    };
    fixture.write("lessons/01_add/tests/add.rs", &[test("one", 1, 1), test("zero", 2, 0), test("two", 3, 2)].concat());
    fixture.write("solutions/01_add/mistakes.md", &mistake("refuses_everything", "one", "a * b"));
    let expected = contains("2 goals have a test in which a call succeeds")
        .and(contains("refuses_everything: no test of goal 2 fails: it needs one in which a call succeeds"))
        .and(contains("of goal 1").not())
        .and(contains("of goal 3").not())
        .and(contains("has no `## refuses_everything`").not());
    fixture.kata(&["check", "--only", "mistakes", "add"]).assert().code(1).stdout(expected);
}

/// The other mistakes are looked at all the same.
#[test]
fn a_mistake_or_variant_that_cannot_be_read_is_found_with_its_line() {
    let fixture = Fixture::new();
    let fault = |file: &str, text: &str, expected: &str| {
        fixture.write(&format!("solutions/01_add/{file}.md"), text);
        let mut command = fixture.kata(&["check", "--only", file, "add"]);
        command.assert().code(1).stdout(contains(format!("solutions/01_add/{file}.md:{expected}")));
    };
    let fine = mistake("fine", "both_orders_are_one_sum", "a + b * 2");
    let named = fine.replace("Caught by:", "Found by:");
    fault("mistakes", &named, "1: fine: name the test that must catch it, on a line `Caught by: TEST`");
    let applies = fine.replace("-    a + b\n", "-    a - b\n");
    fault("mistakes", &applies, "8: fine: src/lib.rs: `fn add` has no line `a - b`");
    let two = [fine.clone(), mistake("twice", "both_orders_are_one_sum", "1")].concat().replace("## twice", "## fine");
    fault("mistakes", &two, "13: two sections are named `fine`");
    fault("mistakes", &two, "1: fine: both_orders_are_one_sum fails outside of a sandbox");
    fault("variants", &variant("other", "b + a").replace("```rust", "```"), "5: other: a variant has blocks ```rust");
}

#[test]
fn a_right_solution_that_fails_is_found() {
    let fixture = Fixture::new();
    let text = [variant("backwards", "b + a"), variant("wrong", "a + b * 2")].concat();
    fixture.write("solutions/01_add/variants.md", &text);
    let expected =
        contains("solutions/01_add/variants.md:11: wrong: both_orders_are_one_sum").and(contains("backwards").not());
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

    let manifest = fixture.read("lessons/02_double/Cargo.toml");
    fixture.write("lessons/02_double/Cargo.toml", &manifest.replace("doctest = false", ""));
    sync(&["check", "--only", "sync"]).assert().code(1).stdout(contains("lessons/02_double/Cargo.toml: is not what"));
    sync(&["sync"]).assert().success().stdout("wrote  lessons/02_double/Cargo.toml\n");
    assert_eq!(fixture.read("lessons/02_double/Cargo.toml"), manifest);
}

#[test]
fn a_solution_that_names_no_test_is_told_so() {
    let fixture = Fixture::new();
    let path = "solutions/01_add/Cargo.toml";
    let manifest = fixture.read(path);
    fixture.write(path, &manifest.replace("tests/add.rs", "tests/sum.rs"));
    let named =
        contains("solutions/01_add/Cargo.toml: has to say where the lesson's tests are: [[test]] | name = \"add\"");
    fixture.kata(&["check", "--only", "sync"]).assert().code(1).stdout(named);
    let (above, below) = manifest.split_once("[[test]]").unwrap();
    let (_, below) = below.split_once("\n\n").unwrap();
    fixture.write(path, &format!("{above}{below}"));
    let named = contains("has no tests: solutions/01_add/Cargo.toml has no [[test]] with name = \"add\"");
    fixture.kata(&["check", "--only", "solutions", "add"]).assert().code(1).stdout(named);
}
