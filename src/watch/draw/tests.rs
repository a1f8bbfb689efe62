use std::time::Duration;

use super::super::bars::status;
use super::super::panel::{Kind, List, Question, Text};
use super::super::state::Note;
use super::super::state::tests::{found, judgement, state};
use super::*;
use crate::check::News;
use crate::check::cargo::{Diagnostic, Position};
use crate::check::guide::{Guide, Spot, guides};
use crate::check::verdict::{Blank, Errors, Failure, Outcome, Place, Results, Test, Verdict};
use crate::course::Lesson;
use crate::course::progress::Standing;
use crate::show::board::tests::many;
use crate::text::style::Color;
use rstest::rstest;

/// The screen's lines without what is empty at their ends.
pub fn screen(state: &State, width: u16, height: u16) -> Vec<String> {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    draw(state, Instant::now(), Paint::Plain, area, &mut buffer);
    let mut lines: Vec<_> = buffer.lines().iter().map(|line| line.trim_end().to_owned()).collect();
    // Without a column there is no line.
    lines.resize(usize::from(height), String::new());
    lines
}

pub fn text(lines: &[String]) -> String {
    lines.join("\n").trim_end().to_owned()
}

/// A size that was rounded, as the sandbox reports it.
pub fn failed() -> State {
    let report = "the size of the segment\n  expected: 1\n  found:    4096\n  at:       \
                  lessons/02_shmget/tests/shmget.rs:55:9\n\nThe kernel's table of segments at that moment:\n  \
                  key         id  bytes\n  0x1d6bebfb  21  4096";
    let at = Place { path: "lessons/02_shmget/tests/shmget.rs".into(), line: 55, column: 9 };
    let failure = Failure::Bare { at: Some(at.clone()), blank: None, text: report.into() };
    let outcomes = [Outcome::Passed, Outcome::Failed(failure), Outcome::Missing];
    let tests = outcomes.into_iter().zip(["opens", "sizes::case_1_one", "ends"]);
    let tests = tests.map(|(outcome, name)| Test { name: name.into(), outcome }).collect();
    let mut state = state();
    state.end(found(Results { tests, ..Results::default() }.verdict()));
    let about = vec!["The size counts bytes, not pages.".to_owned()];
    let open = Spot { path: "lessons/02_shmget/src/lib.rs".into(), line: Some(39) };
    judgement(&mut state).guides = vec![Guide { about, open, test: Some(at) }];
    state
}

#[test]
fn a_failure_fits_an_ordinary_window_and_its_evidence_comes_last() {
    let expected = "\
kata  Lesson 2, shmget: a key names a segment in the kernel          1 of 3 done
✓ 1 key   ▸ 2 shmget   · 3 shmat
────────────────────────────────────────────────────────────────────────────────
  ✓✗·
  failed: sizes (case 1: one)
  │ The size counts bytes, not pages.

  the size of the segment
    expected: 1
    found:    4096
    at:       lessons/02_shmget/tests/shmget.rs:55:9

  The kernel's table of segments at that moment:
    key         id  bytes
    0x1d6bebfb  21  4096






open lessons/02_shmget/src/lib.rs:39  test lessons/02_shmget/tests/shmget.rs:55
✗ 1 of 3 tests pass  0.56 s   saving a file runs it again
h hint  t task  e edit  l lessons  r run  x x-ray  b book  ? keys  q quit";
    assert_eq!(text(&screen(&failed(), 80, 24)), expected);
}

#[test]
fn a_wide_window_has_the_tests_beside_the_failure() {
    let lines = screen(&failed(), 130, 12);
    assert_eq!(lines[3], "  ✓ opens  │  failed: sizes (case 1: one)");
    assert_eq!(lines[5], "  · ends   │");
    assert_eq!(lines[6], "           │  the size of the segment");
}

/// One column less, and the card's code would not fit.
/// In a very wide window too it is the card that is scrolled while it is open.
#[test]
fn arrows_choose_among_the_tests_that_fail() {
    let mut state = failed();
    let another = || Failure::Bare { at: None, blank: None, text: "another".into() };
    let Verdict::Failed(results) = &mut judgement(&mut state).verdict else { panic!() };
    results.tests[0].outcome = Outcome::Failed(another());
    results.tests.push(Test { name: "sizes::case_2_two".into(), outcome: Outcome::Failed(another()) });
    results.tests.swap(2, 3);
    judgement(&mut state).guides.push(Guide::default());
    judgement(&mut state).guides[1].open = Spot { path: "lessons/02_shmget/src/lib.rs".into(), line: Some(7) };
    let shown = |state: &State| screen(state, 80, 24)[3..5].to_vec();
    assert_eq!(shown(&state), ["  ✗··   1 of 2 that fail; arrows choose", "  failed: opens"]);
    state.choose(1);
    let second = ["  ·✗·   2 of 2 that fail; arrows choose", "  failed: sizes (case 1: one)"];
    assert_eq!(shown(&state), second, "the cases of one test are one");
    assert!(screen(&state, 80, 24)[21].starts_with("open lessons/02_shmget/src/lib.rs:7"));
    assert_eq!(state.spot().line, Some(7));
    state.choose(1);
    assert_eq!(shown(&state)[1], "  failed: opens", "the first comes after the last");
    state.choose(-1);
    assert_eq!(shown(&state), second);
    // After another run the same test is shown, as long as it fails.
    let Verdict::Failed(results) = &mut judgement(&mut state).verdict else { panic!() };
    results.tests[1].outcome = Outcome::Passed;
    results.tests[2].outcome = Outcome::Passed;
    assert_eq!(shown(&state), ["  ✗✓·", "  failed: opens"]);
}

#[test]
fn a_small_window_keeps_what_matters_most() {
    let lines = screen(&failed(), 40, 6);
    assert!(lines[0].starts_with("kata  Lesson 2, shmget"), "{lines:?}");
    assert_eq!(lines[1], "  failed: sizes (case 1: one)");
    assert!(lines[5].starts_with("✗ 1 of 3 tests pass"), "{lines:?}");
    assert!(screen(&failed(), 20, 1)[0].starts_with("✗ 1 of 3 tests"), "one line is the status");
}

#[rstest]
fn no_size_is_too_small(
    #[values(0, 1, 2, 3, 9, 39, 79, 119, 120, 121, 200)] width: u16,
    #[values(0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 60)] height: u16,
) {
    let mut panels = failed();
    screen(&panels, width, height);
    panels.begin(Instant::now());
    screen(&panels, width, height);
    for panel in [Panel::Keys, Panel::Lessons(List::default())] {
        panels.open(panel);
        screen(&panels, width, height);
    }
    panels.question = Some(Question::Reset);
    screen(&panels, width, height);
}

#[test]
fn what_is_out_of_sight_is_counted_and_can_be_scrolled_to() {
    let mut state = state();
    let prose = (1..=20).map(|number| format!("    line {number}\n")).collect();
    state.open(Panel::Text { kind: Kind::Hint(1), title: "hint".into(), text: Text { prose, ..Text::default() } });
    let lines = screen(&state, 60, 12);
    assert_eq!(lines[2], "── hint ───────────────────────────── 13 more below: PgDn ──");
    assert_eq!(lines[3], "    line 1");
    state.scroll = usize::MAX;
    let lines = screen(&state, 60, 12);
    assert_eq!((lines[3].as_str(), lines[9].as_str()), ("    line 14", "    line 20"));
    assert!(!lines[2].contains("more"));
}

#[test]
fn the_lesson_chosen_stays_in_sight_of_the_list() {
    let mut state = state();
    let template = state.course.lessons.remove(0);
    state.course.lessons = (1..=100).map(|number| Lesson { number, ..template.clone() }).collect();
    state.standings = vec![Standing::NotYet; 100];
    for (width, height) in [(80, 12), (20, 9), (80, 4), (20, 3)] {
        let mut list = List::default();
        for by in [0, 1, 3, 50, isize::MAX, -1, -7, isize::MIN] {
            list.step(&state.course, by);
            state.open(Panel::Lessons(list.clone()));
            let lines = screen(&state, width, height);
            let chosen = lines.iter().find(|line| line.starts_with(" ▸ ·")).expect("the one chosen");
            assert_eq!(chosen.split_whitespace().nth(2), Some((list.at + 1).to_string().as_str()), "{lines:#?}");
        }
    }
}

#[test]
fn the_line_to_open_is_a_link_and_so_is_the_compilers() {
    let links = |state: &State| {
        let area = Rect::new(0, 0, 80, 24);
        draw(state, Instant::now(), Paint::Colored, area, &mut Buffer::empty(area)).links
    };
    let found_links = links(&failed());
    assert_eq!(found_links.len(), 2);
    assert_eq!((found_links[0].x, found_links[0].y, found_links[0].width), (5, 21, 31));
    assert!(found_links[0].url.ends_with("/kata/lessons/02_shmget/src/lib.rs#39"), "{found_links:?}");

    let mut state = state();
    let error = Diagnostic {
        package: "/kata/lessons/02_shmget".into(),
        error: true,
        rendered: "error: no\n \x1b[1;94m--> \x1b[0mlessons/02_shmget/src/lib.rs:41:38\n".into(),
        at: Some(Position { path: "lessons/02_shmget/src/lib.rs".into(), line: 41, column: 38 }),
    };
    let verdict = Verdict::DoesNotCompile(Errors { lesson: "shmget".into(), errors: vec![error] });
    let guides = guides(&state.course, state.lesson(), &verdict);
    state.end(found(verdict));
    judgement(&mut state).guides = guides;
    assert!(links(&state)[0].url.ends_with("/kata/lessons/02_shmget/src/lib.rs#41"));
    assert!(screen(&state, 80, 24)[22].starts_with("✗ does not compile: one error"));
}

/// Without colours weight tells what colours tell.
#[test]
fn without_colours_there_is_weight() {
    let state = failed();
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    draw(&state, Instant::now(), Paint::Plain, area, &mut buffer);
    let cells = Buffer::empty(area).difference(&buffer);
    let of = |row: u16, column: u16| cells.iter().find(|(x, y, _)| (*x, *y) == (column, row)).expect("a cell").2;
    assert!(cells.iter().all(|(.., cell)| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
    assert!(of(4, 2).modifier.contains(Modifier::BOLD), "what failed");
    assert!(!of(8, 4).modifier.contains(Modifier::BOLD), "what was expected");
}

#[test]
fn a_blank_of_an_earlier_lesson_is_told() {
    let mut state = failed();
    let Verdict::Failed(results) = &mut judgement(&mut state).verdict else { panic!() };
    let Outcome::Failed(failure) = &mut results.tests[1].outcome else { panic!() };
    let place = Place { path: "lessons/01_key/src/lib.rs".into(), line: 9, column: 5 };
    let blank = Some(Blank { place, task: "do it".into() });
    *failure = Failure::Bare { at: failure.at(), blank, text: failure.text() };
    assert!(text(&screen(&state, 100, 30)).contains("Stopped at lesson 1's blank: key is still to do."));
}

#[test]
fn the_lesson_watched_stays_in_sight_of_the_board() {
    let mut state = state();
    state.go(2);
    assert_eq!(screen(&state, 40, 10)[1], "✓ 1 key   · 2 shmget   ▸ 3 shmat");
    assert_eq!(screen(&state, 26, 10)[1], "‹ · 2 shmget   ▸ 3 shmat");
    assert_eq!(screen(&state, 16, 10)[1], "‹ ▸ 3 shmat");
}

#[test]
fn a_long_course_fits_an_ordinary_window() {
    let course = many();
    let count = course.lessons.len();
    let mut state = State::new(course, vec![Standing::NotYet; count], 0);
    for lesson in 0..count {
        state.go(lesson);
        let strip = &screen(&state, 80, 24)[1];
        let name = &state.lesson().name;
        assert!(strip.contains(&format!("▸ {} {name}", lesson + 1)), "{strip}");
        if let Some(next) = state.course.lessons.get(lesson + 1) {
            assert!(strip.contains(&format!("· {} {}", next.number, next.name)), "what comes next: {strip}");
        }
        assert_ne!(strip.starts_with('‹'), strip.contains(" 1 key"), "{strip}");
        assert_ne!(strip.ends_with('›'), strip.contains("29 capstone"), "{strip}");
        assert!(!strip.contains('…'), "{strip}");
        state.open(Panel::Lessons(List { at: lesson, ..List::default() }));
        let lines = screen(&state, 80, 50);
        let row = &lines[3 + lesson];
        assert!(row.starts_with(" ▸ · ") && row.ends_with("until someone removes…"), "{row}");
    }
}

/// The first failure is there as soon as it is known, while other tests may still hang.
#[test]
fn a_failure_is_shown_while_other_tests_run() {
    use kata::report::{Ending, Report};

    let mut state = state();
    let start = Instant::now();
    state.begin(start);
    state.hear(News::Running(vec!["opens".into(), "ends".into()]));
    let ending = Ending::TimedOut { after: Duration::from_secs(10) };
    state.hear(News::Failed(Box::new(Report::new("ends", "shmget", 7, ending))));
    let shown = |after| Paint::Plain.text(&body::text(&state, start + Duration::from_millis(after), 80, false));
    assert!(!shown(900).contains("timed out"), "a run that is over soon does not flicker");
    assert!(shown(1100).starts_with("  timed out: ends\n"), "{}", shown(1100));
    assert!(shown(1100).contains("KATA_SEED=0x7") && shown(1100).contains("… opens"), "{}", shown(1100));
}

#[test]
fn seconds_pass_while_it_is_built() {
    let mut state = state();
    let start = Instant::now();
    state.begin(start);
    assert_eq!(status(&state, start, false).to_string(), "building");
    assert_eq!(status(&state, start + Duration::from_secs(3), false).to_string(), "building, 3 s");
}

#[test]
fn a_note_takes_nothing_away_and_goes_with_the_next_check() {
    let mut state = failed();
    let now = Instant::now();
    state.note = Some(Note { text: "Lesson shmget is as it was.".into(), since: now });
    let lines = screen(&state, 80, 24);
    assert_eq!(lines[21], "Lesson shmget is as it was.");
    assert!(lines[22].starts_with("✗ 1 of 3 tests pass"), "{lines:?}");
    let command = "To get your code back: cp .kata/kept/02_shmget-1/lib.rs lessons/02_shmget/src/";
    state.note = Some(Note { text: format!("Lesson shmget is as it was. {command}"), since: now });
    let lines = screen(&state, 80, 24);
    assert_eq!(lines[20], "Lesson shmget is as it was. To get your code back: cp");
    assert_eq!(lines[21], ".kata/kept/02_shmget-1/lib.rs lessons/02_shmget/src/", "all of it can be read");
    state.begin(now);
    assert!(state.note.is_some(), "what it brought about itself does not take it away");
    state.begin(now + Duration::from_secs(3));
    assert!(state.note.is_none());
}

#[test]
fn a_run_that_takes_long_is_shown_as_far_as_it_is() {
    let mut state = failed();
    let start = Instant::now().checked_sub(Duration::from_secs(5)).expect("the machine runs for seconds");
    state.begin(start);
    assert!(text(&screen(&state, 80, 24)).contains("from before this run"), "while it is built");
    state.hear(News::Running(vec!["opens".into(), "hangs".into()]));
    state.hear(News::Ended { name: "opens".into(), passed: true });
    let lines = screen(&state, 80, 24);
    assert_eq!(lines[3..6], ["  ✓ opens", "  … hangs", ""]);
    assert_eq!(lines[6..8], ["  A test has ten seconds. Saving ends this run and starts over.", ""]);

    // And why it may be, while nothing fails.
    let start = Instant::now().checked_sub(Duration::from_secs(11)).expect("the machine runs for seconds");
    state.begin(start);
    state.hear(News::Running(vec!["opens".into()]));
    let lines = screen(&state, 80, 24);
    assert_eq!(lines[6], "  Each test runs in a new process, so a slow first call is slow in every test.");
}

#[test]
fn a_warning_is_shown_with_the_failure() {
    let mut state = failed();
    let Verdict::Failed(results) = &mut judgement(&mut state).verdict else { panic!() };
    results.warnings =
        vec!["warning: this creates a dangling pointer\n --> lessons/02_shmget/src/lib.rs:41:9\n  |\n".into()];
    let all = text(&screen(&state, 80, 30));
    assert!(
        all.contains("  warning: this creates a dangling pointer\n   --> lessons/02_shmget/src/lib.rs:41:9\n"),
        "{all}"
    );
    assert!(all.contains("The compiler says more: cargo check -p shmget"), "{all}");
}
