//! What comes next, and how far one's own way is from the solution's.

use crate::fixture::Fixture;
use predicates::prelude::*;
use predicates::str::contains;

#[test]
fn what_comes_next_is_named_with_its_task_and_nothing_is_marked() {
    let fixture = Fixture::new();
    fixture.write("lessons/01_add/README.md", "# 1 · add: two become one\n\nAbout a minute.\n");
    let expected = "1 · add: two become one\n\n  read     lessons/01_add/README.md\n  check    cargo kata check add\n";
    fixture.kata(&["next"]).assert().success().stdout(expected);
    assert!(!fixture.path("progress.txt").exists());

    fixture.kata(&["solution", "1", "--apply"]).assert().success();
    fixture.kata(&["next"]).assert().success().stdout(expected);
    fixture.kata(&["check", "1"]).assert().success();
    let second = contains("2 · double: One becomes two").and(contains("lessons/02_double/README.md"));
    fixture.kata(&["next"]).assert().success().stdout(second);

    fixture.kata(&["solution", "2", "--apply"]).assert().success();
    fixture.kata(&["check", "2"]).assert().success();
    fixture.kata(&["next"]).assert().success().stdout("  All 2 lessons pass.\n");
}

#[test]
fn the_difference_to_the_solution_is_asked_for_before_the_lesson_passes() {
    let fixture = Fixture::new();
    for command in ["diff", "solution"] {
        let yes = format!("cargo kata {command} add --yes");
        let refused = contains("the solution is not shown: the lesson has not passed yet").and(contains(yes));
        fixture.kata(&[command, "add"]).assert().code(2).stdout("").stderr(refused);
    }
    let expected = "\
--- lessons/01_add/src/lib.rs
+++ solutions/01_add/src/lib.rs
@@ -2,5 +2,5 @@
 
 /// The sum.
 pub fn add(a: u32, b: u32) -> u32 {
-    todo!(\"add {a} and {b}\")
+    a + b
 }
";
    fixture.kata(&["diff", "add", "--yes"]).assert().code(1).stdout(expected);

    // Once it passes there is nothing to spoil, also after a change.
    fixture.write(
        "lessons/01_add/src/lib.rs",
        &fixture.read("lessons/01_add/src/lib.rs").replace("todo!(\"add {a} and {b}\")", "b + a"),
    );
    fixture.kata(&["check", "add"]).assert().success();
    fixture.kata(&["diff", "1"]).assert().code(1).stdout(contains("-    b + a\n+    a + b\n"));
    fixture.kata(&["solution", "1"]).assert().success().stdout(contains("    a + b\n"));
    fixture.write("lessons/01_add/src/more.rs", "//! More.\n");
    let more = contains("--- lessons/01_add/src/more.rs\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-//! More.\n");
    fixture.kata(&["diff", "1"]).assert().code(1).stdout(more);
}

#[test]
fn what_differs_in_layout_alone_is_the_same() {
    let fixture = Fixture::new();
    fixture.kata(&["solution", "add", "--apply"]).assert().success();
    let solved = fixture.read("lessons/01_add/src/lib.rs");
    fixture.write(
        "lessons/01_add/src/lib.rs",
        &solved.replace("    a + b", "  // ANCHOR: sum\n  a+b\n  // ANCHOR_END: sum"),
    );
    fixture.kata(&["diff", "add"]).assert().success().stdout("Lesson add: yours and the solution are the same.\n");
    // Where something else differs, the learner's lines are shown as they are.
    fixture.write(
        "lessons/01_add/src/lib.rs",
        &solved.replace("pub fn add(a: u32, b: u32) -> u32 {\n    a + b", "pub fn add(a: u32,b: u32)->u32 {\n  b + a"),
    );
    let own = contains(" pub fn add(a: u32,b: u32)->u32 {\n-  b + a\n+    a + b\n }\n");
    fixture.kata(&["diff", "add", "--yes"]).assert().code(1).stdout(own);
    fixture.write("lessons/01_add/src/lib.rs", "not Rust\n");
    fixture.kata(&["diff", "add", "--yes"]).assert().code(1).stdout(contains("-not Rust\n"));
}
