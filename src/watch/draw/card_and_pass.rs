//! The card, alone and beside what was found, and what is shown of a lesson that passes.

use std::time::Instant;

use rstest::rstest;

use super::super::found;
use super::super::panel::{Kind, Panel, Text};
use super::super::state::State;
use super::super::state::tests::{found as judged, judgement, state};
use super::tests::{failed, screen, text};
use crate::check::News;
use crate::check::verdict::{Outcome, Results, Test};
use crate::course::afterwards::Afterwards;
use crate::course::progress::Standing;
use crate::show::paint::Paint;

#[test]
fn a_very_wide_window_has_the_card_beside_the_failure() {
    let mut state = failed();
    state.task = format!("# 2 · shmget\n\n```sh\n{}\n```\n\nMake a segment.\n", "x".repeat(76));
    assert!(!text(&screen(&state, 160, 30)).contains("Make a segment"));
    let lines = screen(&state, 161, 30);
    let row = |start: &str, column: char, end: &str| format!("{start:80}{column}{end}");
    assert_eq!(lines[3], row("  2 · shmget", '│', "  ✓✗·"));
    assert_eq!(lines[5], row(&format!("    {}", "x".repeat(76)), '│', "  │ The size counts bytes, not pages."));
    assert_eq!(lines[16], row("", '│', "  ✓ opens"), "and there is room for the tests' names");
    state.greet();
    assert!(screen(&state, 161, 30)[28].contains("saving a file runs it again"), "nothing is out of sight");
    state.open(Panel::Keys);
    assert!(text(&screen(&state, 161, 30)).contains("Make a segment"));
    state.open(Panel::Text { kind: Kind::Solution, title: "solution".into(), text: Text::default() });
    assert!(!text(&screen(&state, 161, 30)).contains("Make a segment"), "code is wide");
}

#[rstest]
#[case::alone(80)]
#[case::beside(170)]
fn a_card_is_left_and_opened_again_where_it_was(#[case] width: u16) {
    let mut state = failed();
    state.standings = vec![Standing::Done; 3];
    state.task = (1..=50).map(|line| format!("Line {line}.\n\n")).collect();
    let card = || Panel::Text { kind: Kind::Task, title: "task".into(), text: Text::default() };
    state.open(card());
    state.scroll = 40;
    assert!(screen(&state, width, 24)[3].starts_with("  Line 21."));
    state.close();
    assert_eq!(screen(&state, width, 24)[3].starts_with("  Line 21."), width == 170);
    assert!(text(&screen(&state, width, 24)).contains("failed: sizes (case 1: one)"));
    state.open(card());
    assert!(screen(&state, width, 24)[3].starts_with("  Line 21."));
}

#[test]
fn whoever_has_passed_nothing_yet_reads_how_this_works_above_the_card() {
    let mut state = state();
    state.task = "# 2 · shmget\n\n## What you will build\n".into();
    state.standings = vec![Standing::NotYet; 3];
    state.greet();
    let expected = [
        "  Write lessons/02_shmget/src/lib.rs in your editor, and leave this window open.",
        "  Each time you save the file, its tests run, and the first that fails is shown.",
        "  h is a hint, t this card, e your editor, ? all keys.",
        "",
        "  2 · shmget",
        "",
        "  What you will build",
    ];
    assert_eq!(screen(&state, 80, 24)[3..10], expected);
    state.standings[0] = Standing::Done;
    assert_eq!(screen(&state, 80, 24)[3], "  2 · shmget");
}

#[test]
fn while_it_is_built_for_the_first_time_there_is_the_task_to_read() {
    let mut state = state();
    state.task = "# 2 · shmget\n\nMake a segment.\n".into();
    state.begin(Instant::now());
    state.hear(News::Building("Compiling shmget v0.1.0".into()));
    let lines = screen(&state, 80, 12);
    assert_eq!(lines[3..6], ["  2 · shmget", "", "  Make a segment."]);
    assert_eq!(lines[10], "building: Compiling shmget v0.1.0");
    state.hear(News::Running(vec!["opens".into(), "ends".into()]));
    state.hear(News::Ended { name: "opens".into(), passed: true });
    let lines = screen(&state, 80, 12);
    assert_eq!(lines[3..5], ["  ✓ opens", "  … ends"]);
    assert_eq!(lines[10], "running 1 of 2 tests");
}

#[test]
fn a_pass_says_how_to_go_on_and_the_keys_do_too() {
    let mut state = state();
    let tests = vec![Test { name: "opens".into(), outcome: Outcome::Passed }];
    state.end(judged(Results { tests, ..Results::default() }.verdict()));
    let all = text(&screen(&state, 100, 24));
    for said in ["All 1 tests pass. Lesson 2 is done.", "Enter goes on to lesson 3, shmat", "n next", "i beware"] {
        assert!(all.contains(said), "{said}: {all}");
    }
    assert!(!all.contains("opens"), "the tests' names say nothing any more: {all}");
    state.begin(Instant::now());
    assert!(!text(&screen(&state, 100, 24)).contains("n next"), "not while it is not known any more");
}

#[test]
fn a_pass_says_what_one_can_do_now_and_how_to_try_it() {
    let mut state = state();
    state.course.lessons[1].programs = vec!["writer".into()];
    let tests = vec![Test { name: "opens".into(), outcome: Outcome::Passed }];
    state.end(judged(Results { tests, ..Results::default() }.verdict()));
    judgement(&mut state).afterwards = Afterwards {
        goals: vec!["make a `segment`".into(), "find one".into()],
        commands: vec!["cargo run -p write --bin writer".into()],
        shapes: vec!["A slice".into(), "A plain store".into()],
    };
    let expected = [
        "  All 1 tests pass. Lesson 2 is done. You built writer.",
        "",
        "  You can now",
        "    1. make a segment",
        "    2. find one",
        "",
        "  Try it in another terminal, then press x here:",
        "    cargo run -p write --bin writer",
        "",
        "  If yours looks like this, it passes and is wrong; i says why:",
        "    - A slice",
        "    - A plain store",
    ];
    let lines = screen(&state, 80, 24);
    assert_eq!(lines[3..15], expected);
    assert_eq!(lines[21], "Enter goes on to lesson 3, shmat: attaching a segment gives it an address");
    // When every lesson passes, it says what there was to learn.
    state.standings = vec![Standing::Done; 3];
    let all = text(&screen(&state, 80, 40));
    for said in
        ["  All 3 lessons pass.", "What you have learned", "   3  shmat   Attaching a segment gives it an address"]
    {
        assert!(all.contains(said), "{said}: {all}");
    }
    assert!(!all.contains("Enter goes on"), "{all}");
    let summary = |state: &State| Paint::Plain.text(&found::summary(state));
    let done = "Lesson 2, shmget, passes. 3 of 3 lessons are done.\n  read on  cargo kata book\n";
    assert_eq!(summary(&state), done);
    state.standings[2] = Standing::NotYet;
    let next = "  next     lesson 3, shmat: attaching a segment gives it an address\n  go on    cargo kata\n";
    assert_eq!(summary(&state), format!("Lesson 2, shmget, passes. 2 of 3 lessons are done.\n{next}"));
}

#[test]
fn a_lesson_not_begun_shows_its_task_until_a_file_is_saved() {
    let mut state = failed();
    state.task = "# 2 · shmget\n\nMake a segment.\n".into();
    state.greet();
    let lines = screen(&state, 80, 24);
    assert!(lines[2].starts_with("── task: read it first; Esc shows what fails ─"), "{lines:?}");
    assert!(lines[21].starts_with("open lessons/02_shmget/src/lib.rs:39"), "the reader knows which file is meant");
    assert_eq!(lines[22], "✗ 1 of 3 tests pass  0.56 s   Esc shows it");
    state.saved();
    assert_eq!(screen(&state, 80, 24)[4], "  failed: sizes (case 1: one)");

    // One that was asked for stays.
    state.open(Panel::Text { kind: Kind::Task, title: "task".into(), text: Text::default() });
    state.saved();
    assert!(state.panel.is_some());
}
