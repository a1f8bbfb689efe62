//! JSON for scripts: the names that `--help` promises, and the exit codes of the same commands for people.

use super::telling;
use crate::fixture::Fixture;
use kata::report::Ending;
use predicates::prelude::*;
use predicates::str::contains;
use tinyjson::JsonValue;

/// What `kata ARGS --format json` prints. Nothing else may be said.
#[track_caller]
fn json(fixture: &Fixture, arguments: &[&str], code: i32) -> JsonValue {
    let output = fixture.kata(arguments).args(["--format", "json"]).assert().code(code).stderr("").get_output().clone();
    String::from_utf8(output.stdout).unwrap().parse().unwrap()
}

fn text(value: &JsonValue) -> &str {
    value.get::<String>().map_or_else(|| panic!("{value:?} is no text"), String::as_str)
}

fn is_null(value: &JsonValue) -> bool {
    value.get::<()>().is_some()
}

/// The names of an object's fields.
fn fields(value: &JsonValue) -> Vec<&str> {
    let mut names: Vec<_> =
        value.get::<std::collections::HashMap<String, JsonValue>>().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// Every name stands in the command's help, where the author of a script finds it.
#[track_caller]
fn documented(fixture: &Fixture, command: &str, names: &[&str]) {
    let help = fixture.kata(&[command, "--help"]).assert().success().get_output().stdout.clone();
    let help = String::from_utf8(help).unwrap();
    let words: Vec<_> = help.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    for name in names {
        assert!(words.contains(name), "`kata {command} --help` does not tell of {name}");
    }
}

#[test]
fn the_board_is_a_list_of_lessons() {
    let fixture = Fixture::new();
    fixture.kata(&["solution", "1", "--apply"]).assert().success();
    fixture.kata(&["check", "1"]).assert().success();
    let board = json(&fixture, &["list"], 0);
    let (add, double) = (&board["lessons"][0], &board["lessons"][1]);
    let names = ["current", "folder", "idea", "name", "number", "standing"];
    assert_eq!(fields(add), names);
    documented(&fixture, "list", &names);
    assert_eq!((text(&add["name"]), text(&add["standing"])), ("add", "done"));
    assert_eq!((text(&double["folder"]), text(&double["standing"])), ("lessons/02_double", "not-yet"));
    assert_eq!(add["current"].get(), Some(&false));
    assert_eq!((double["current"].get(), double["number"].get()), (Some(&true), Some(&2.0)));

    fixture.write("lessons/01_add/src/lib.rs", "//! Other.\n");
    let board = json(&fixture, &["list"], 0);
    assert_eq!(text(&board["lessons"][0]["standing"]), "changed");
}

#[test]
fn a_blank_is_told_with_its_place_and_its_task() {
    let fixture = Fixture::new();
    let said = json(&fixture, &["check"], 1);
    assert_eq!(said["passes"].get(), Some(&false));
    let check = &said["checks"][0];
    let names = ["blocking", "died", "errors", "fallback", "guide", "name", "number", "tests", "verdict", "warnings"];
    assert_eq!(fields(check), names);
    documented(&fixture, "check", &names);
    assert_eq!(text(&check["verdict"]), "failed");
    assert!(["blocking", "died", "fallback"].iter().all(|name| is_null(&check[*name])), "{check:?}");
    let (first, second) = (&check["tests"][0], &check["tests"][1]);
    assert_eq!((text(&first["name"]), text(&second["name"])), ("zero_changes_nothing", "both_orders_are_one_sum"));
    assert_eq!(fields(first), ["failure", "name", "outcome", "reason"]);
    let failure = &first["failure"];
    assert_eq!(fields(failure), ["at", "blank", "kind", "text"]);
    documented(&fixture, "check", &["failure", "outcome", "reason", "at", "blank", "kind", "text"]);
    assert_eq!((text(&first["outcome"]), text(&failure["kind"])), ("failed", "bare"));
    assert_eq!(text(&failure["blank"]["task"]), "add 7 and 0");
    assert_eq!((text(&failure["at"]["path"]), failure["at"]["line"].get()), ("lessons/01_add/src/lib.rs", Some(&5.0)));
    assert!(text(&failure["text"]).contains("panicked at lessons/01_add/src/lib.rs:5:5"));
    assert_eq!(text(&check["guide"]["open"]), "lessons/01_add/src/lib.rs:5");
    assert_eq!(text(&check["guide"]["test"]["path"]), "lessons/01_add/tests/add.rs");
    assert_eq!(text(&check["guide"]["about"]), "Nothing added changes nothing.");
    documented(&fixture, "check", &["guide", "open", "test", "about", "path", "line", "task"]);
}

#[test]
fn an_earlier_lesson_in_the_way_is_named_with_how() {
    let fixture = Fixture::new();
    let blocking = |how: &str| {
        let said = json(&fixture, &["check", "2"], 1);
        let blocking = &said["checks"][0]["blocking"];
        assert_eq!((text(&blocking["lesson"]), text(&blocking["how"])), ("add", how));
        said
    };
    fixture.kata(&["solution", "2", "--apply"]).assert().success();
    blocking("blank");
    let lib = "lessons/01_add/src/lib.rs";
    fixture.write(lib, &fixture.read(lib).replace("todo!(\"add {a} and {b}\")", "a + b + 1"));
    blocking("not-yet");
    fixture.kata(&["solution", "1", "--apply"]).assert().success();
    fixture.kata(&["check", "1"]).assert().success();
    fixture.write(lib, &fixture.read(lib).replace("a + b", "a + b + 1"));
    blocking("changed");
    fixture.write(lib, &fixture.read(lib).replace("a + b", "a + c"));
    let said = blocking("does-not-compile");
    assert_eq!(text(&said["checks"][0]["verdict"]), "does-not-compile");
    assert!(text(&said["checks"][0]["errors"][0]).starts_with("error[E0425]: cannot find value `c`"));
    assert!(is_null(&said["checks"][0]["guide"]));
    documented(&fixture, "check", &["blocking", "lesson", "how", "errors"]);
}

#[test]
fn all_lessons_are_checked_and_the_code_is_theirs_together() {
    let fixture = Fixture::new();
    fixture.kata(&["solution", "1", "--apply"]).assert().success();
    let verdicts = |said: &JsonValue| {
        let checks = said["checks"].get::<Vec<_>>().unwrap();
        checks.iter().map(|check| text(&check["verdict"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&json(&fixture, &["check", "--all"], 1)), ["passed", "failed"]);
    fixture.kata(&["solution", "2", "--apply"]).assert().success();
    let all = json(&fixture, &["check", "--all"], 0);
    assert_eq!((verdicts(&all), all["passes"].get()), (vec!["passed".to_owned(), "passed".to_owned()], Some(&true)));
    let none = json(&fixture, &["check"], 0);
    assert_eq!((verdicts(&none), none["passes"].get()), (vec![], Some(&true)));
}

#[test]
fn a_test_that_cannot_show_its_point_leaves_the_check_partial() {
    let fixture = Fixture::new();
    telling::tests(&fixture, &(telling::skips("shows_nothing", "no namespaces", "EPERM") + telling::PASSES));
    let check = &json(&fixture, &["check"], 1)["checks"][0];
    assert_eq!((text(&check["verdict"]), text(&check["fallback"])), ("partial", "EPERM"));
    assert_eq!((text(&check["tests"][0]["outcome"]), text(&check["tests"][0]["reason"])), ("skipped", "no namespaces"));
}

#[test]
fn a_report_that_cannot_be_read_is_never_a_pass() {
    let fixture = Fixture::new();
    let passed = telling::report("t", Ending::Passed);
    let cases = [
        (format!("tell(&{passed}[..40])"), "a report is cut off"),
        (format!("write(&{passed})"), "does not bear this run's key"),
        ("write(b\"KATA\\x09\\0 and so on, as that version has it\")".to_owned(), "a report has version 9"),
        ("write(b\"test t ... ok\\n\")".to_owned(), "a report is garbled"),
    ];
    let arms = cases.iter().enumerate().map(|(case, (tells, _))| format!("        \"{case}\" => {tells},\n"));
    let arms: String = arms.collect();
    let case = "std::env::var(\"CASE\").unwrap().as_str()";
    telling::tests(
        &fixture,
        &format!("#[test]\nfn t() {{\n    match {case} {{\n{arms}        _ => {{}}\n    }}\n}}\n"),
    );
    for (case, (_, said)) in cases.into_iter().enumerate() {
        let mut command = fixture.kata(&["check", "--format", "json"]);
        let output = command.env("CASE", case.to_string()).assert().code(1).get_output().stdout.clone();
        let value: JsonValue = String::from_utf8(output).unwrap().parse().unwrap();
        let check = &value["checks"][0];
        assert_eq!((text(&check["verdict"]), text(&check["tests"][0]["outcome"])), ("failed", "passed"));
        let died = text(&check["died"]);
        assert!(died.starts_with("left a report that cannot be read: ") && died.contains(said), "{died}");
    }
}

/// The report counts, and not libtest's word; and what did not run is counted apart.
#[test]
fn a_reported_failure_fails_and_what_was_not_run_is_neither() {
    let fixture = Fixture::new();
    let (left, late) =
        (telling::report("left", Ending::LeftRunning), telling::report("late", Ending::NotRun("it was late".into())));
    let tests = format!(
        "#[test]\nfn left() {{\n    tell(&{left});\n}}\n\n#[test]\nfn late() {{\n    tell(&{late});\n    \
         std::panic::resume_unwind(Box::new(()));\n}}\n"
    );
    telling::tests(&fixture, &tests);
    let check = &json(&fixture, &["check"], 1)["checks"][0];
    assert_eq!((text(&check["verdict"]), is_null(&check["died"])), ("failed", true));
    let (left, late) = (&check["tests"][0], &check["tests"][1]);
    assert_eq!((text(&left["outcome"]), text(&left["failure"]["kind"])), ("failed", "left-running"));
    assert_eq!((text(&late["outcome"]), text(&late["reason"])), ("not-run", "it was late"));
    assert!(is_null(&late["failure"]));
    let said = contains("0 of 2 tests pass. One was not run: a test that hangs had used up the time.");
    fixture.kata(&["check"]).assert().code(1).stdout(said.and(contains("  … late\n")));
    fixture.kata(&["check", "--plain"]).assert().code(1).stdout(contains("not run: late\n"));
}

#[test]
fn a_test_program_that_ends_early_has_died_and_its_tests_are_missing() {
    let fixture = Fixture::new();
    let ends = "//! Adding.\npub fn add(_: u32, _: u32) -> u32 {\n    std::process::exit(0)\n}\n";
    fixture.write("lessons/01_add/src/lib.rs", ends);
    let check = &json(&fixture, &["check"], 1)["checks"][0];
    assert_eq!(
        (text(&check["verdict"]), text(&check["died"])),
        ("failed", "ended with exit code 0 before its last line")
    );
    assert_eq!(text(&check["tests"][1]["outcome"]), "missing");
    assert!(is_null(&check["tests"][1]["failure"]) && is_null(&check["guide"]));
}

#[test]
fn trouble_goes_to_standard_error_and_the_code_is_2() {
    let fixture = Fixture::new();
    let said = contains("kata: there is no lesson `7`");
    fixture.kata(&["check", "7", "--format", "json"]).assert().code(2).stdout("").stderr(said);
}
