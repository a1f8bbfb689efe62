//! The screen: a function of the state, the time and the window's size.

use std::time::Instant;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Modifier, Style};

use crate::paint::{Mark, Paint};
use crate::progress::Standing;
use crate::terminal::{Link, Row, rows};
use crate::verdict::Verdict;
use crate::wording::lowercase_first;

use super::body;
use super::files::How;
use super::keys::KEYS;
use super::state::{Found, Panel, Question, Said, State};

/// From this width on the tests stand beside what failed, and not above it in marks alone.
const WIDE: u16 = 120;
/// What is left for it then, at least.
const FAILURE: u16 = 80;

/// What drawing found out.
#[derive(Debug, Default)]
pub struct Drawn {
    pub links: Vec<Link>,
    /// The furthest that the text can be scrolled, in lines.
    pub bottom: usize,
    /// How many lines of it are in sight.
    pub page: usize,
}

/// Draws everything.
pub fn draw(state: &State, now: Instant, paint: Paint, area: Rect, buffer: &mut Buffer) -> Drawn {
    let mut drawn = Drawn::default();
    let mut rest = area;
    let mut line = None;
    let top = |rest: &mut Rect| take(rest, 1, true);
    if area.height >= 10 {
        put(buffer, top(&mut rest), &header(state, paint, area.width), &mut drawn.links);
        put(buffer, top(&mut rest), &board(state, paint, area.width), &mut drawn.links);
        line = Some(top(&mut rest));
    } else if area.height >= 5 {
        put(buffer, top(&mut rest), &header(state, paint, area.width), &mut drawn.links);
    }
    if area.height >= 8 {
        put(buffer, take(&mut rest, 1, false), &keys(state, paint, area.width), &mut drawn.links);
    }
    put(buffer, take(&mut rest, 1, false), &status(state, now, paint), &mut drawn.links);
    if let Some(places) = body::places(state, paint).filter(|_| area.height >= 8 && state.panel.is_none()) {
        put(buffer, take(&mut rest, 1, false), &places, &mut drawn.links);
    }
    let tests = state.panel.is_none() && state.found.is_some() && !state.passes();
    if tests && area.width >= WIDE {
        let names = rows(&body::tests(state, paint), u16::MAX);
        let longest = names.iter().map(|row| row.line.width()).max().unwrap_or(0) as u16;
        let width = (longest + 2).min(rest.width - FAILURE);
        fill(buffer, Rect { width, ..rest }, &names, &mut drawn.links);
        for y in rest.top()..rest.bottom() {
            buffer.set_string(rest.x + width, y, "│", dim());
        }
        rest = Rect { x: rest.x + width + 1, width: rest.width - width - 1, ..rest };
    } else if tests && area.height >= 10 {
        let marks: String = state.tests().into_iter().map(|(_, mark, _)| paint.mark(mark)).collect();
        if !marks.is_empty() {
            put(buffer, top(&mut rest), &format!("  {marks}"), &mut drawn.links);
        }
    }
    let painted = body::text(state, paint, usize::from(rest.width));
    let text = rows(&painted, rest.width);
    drawn.page = usize::from(rest.height);
    drawn.bottom = text.len().saturating_sub(drawn.page);
    let mut scroll = state.scroll;
    if let Some(Panel::Lessons(list)) = &state.panel {
        // The one chosen stays in sight.
        let above = list.left(&state.course).iter().take_while(|place| **place != list.at).count();
        let until = |lines| painted.lines().take(lines).map(|line| rows(line, rest.width).len()).sum::<usize>();
        scroll = scroll.max(until(above + 1).saturating_sub(drawn.page)).min(until(above));
    }
    let scroll = scroll.min(drawn.bottom);
    fill(buffer, rest, &text[scroll..], &mut drawn.links);
    // What is from before the save is not to be mistaken for what is now.
    if state.run.is_some() && state.found.is_some() && state.panel.is_none() {
        buffer.set_style(rest, dim());
    }
    if let Some(line) = line {
        let below = drawn.bottom - scroll;
        put(buffer, line, &rule(state, below, paint, area.width), &mut drawn.links);
    }
    drawn
}

fn dim() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

/// Cuts `height` lines off, from above or from below.
fn take(rest: &mut Rect, height: u16, above: bool) -> Rect {
    let height = height.min(rest.height);
    let part = Rect { y: if above { rest.y } else { rest.bottom() - height }, height, ..*rest };
    rest.height -= height;
    if above {
        rest.y += height;
    }
    part
}

/// One line of painted text; what does not fit is left out.
fn put(buffer: &mut Buffer, area: Rect, painted: &str, links: &mut Vec<Link>) {
    fill(buffer, area, &rows(painted, u16::MAX), links);
}

fn fill(buffer: &mut Buffer, area: Rect, rows: &[Row], links: &mut Vec<Link>) {
    for (y, row) in (area.top()..area.bottom()).zip(rows) {
        buffer.set_line(area.x, y, &row.line, area.width);
        for (x, width, url) in &row.links {
            if *x < area.width {
                let width = (*width).min(area.width - x);
                links.push(Link { x: area.x + x, y, width, url: url.clone() });
            }
        }
    }
}

fn header(state: &State, paint: Paint, width: u16) -> String {
    let lesson = state.lesson();
    let name = format!("Lesson {}, {}", lesson.number, lesson.name);
    let idea = format!(": {}", lowercase_first(&lesson.idea));
    let done = state.standings.iter().filter(|standing| **standing == Standing::Done).count();
    let far = format!("{done} of {} done", state.standings.len());
    let used = 6 + name.chars().count() + idea.chars().count();
    let gap = usize::from(width).saturating_sub(used + far.len());
    let (idea, gap) = if gap == 0 { (String::new(), 2) } else { (idea, gap) };
    format!("{}  {}{idea}{}{}", paint.dim("kata"), paint.bold(&name), " ".repeat(gap), paint.dim(&far))
}

/// The lessons in a line, with the one watched in sight.
fn board(state: &State, paint: Paint, width: u16) -> String {
    let cells = |place: usize| {
        let lesson = &state.course.lessons[place];
        5 + lesson.number.to_string().len() + lesson.name.chars().count()
    };
    let mut first = 0;
    while first < state.lesson && (first..=state.lesson).map(cells).sum::<usize>() > usize::from(width) {
        first += 1;
    }
    let mut text = if first == 0 { String::new() } else { paint.dim("‹ ") };
    for (place, lesson) in state.course.lessons.iter().enumerate().skip(first) {
        let here = place == state.lesson;
        let mark = match state.standings[place] {
            Standing::Done => Mark::Passes,
            Standing::Partial => Mark::Partial,
            Standing::Changed => Mark::Changed,
            Standing::NotYet if here => Mark::Here,
            Standing::NotYet => Mark::NotYet,
        };
        let name = format!("{} {}", lesson.number, lesson.name);
        text += &format!("{} {}   ", paint.mark(mark), if here { paint.bold(&name) } else { paint.dim(&name) });
    }
    text
}

/// The line above the text: its title, and how many lines of it are out of sight below.
fn rule(state: &State, below: usize, paint: Paint, width: u16) -> String {
    let framed = |text: String| if text.is_empty() { text } else { format!(" {text} ") };
    let title = framed(body::title(state));
    let more = framed(if below == 0 { String::new() } else { format!("{below} more below: PgDn") });
    let left = usize::from(width).saturating_sub(title.chars().count() + more.chars().count() + 4);
    let line = paint.dim(&"─".repeat(left));
    format!("{}{}{line}{}{}", paint.dim("──"), paint.bold(&title), paint.bold(&more), paint.dim("──"))
}

/// What goes on, what was found, and how saves are noticed.
pub fn status(state: &State, now: Instant, paint: Paint) -> String {
    if let Some(question) = state.question {
        return paint.bold(&asked(state, question));
    }
    if let Some(note) = &state.note {
        return note.clone();
    }
    let how = match &state.how {
        How::Events => paint.dim("   saving a file runs it again"),
        How::Looks(_) => paint.yellow("   no file events here: looking 4 times a second; r runs"),
    };
    if let Some(run) = &state.run {
        let seconds = now.saturating_duration_since(run.since).as_secs();
        let since = if seconds == 0 { String::new() } else { format!(", {seconds} s") };
        if run.tests.is_empty() {
            let said = if run.building.is_empty() { String::new() } else { format!(": {}", run.building) };
            return format!("{}{}{since}", paint.cyan("building"), paint.dim(&said));
        }
        let ended = run.tests.iter().filter(|tick| tick.passed.is_some()).count();
        return format!("{} {ended} of {} tests{since}", paint.cyan("running"), run.tests.len());
    }
    let Some(Found { said, took, .. }) = &state.found else { return how };
    let took = paint.dim(&format!("  {:.2} s", took.as_secs_f32()));
    match said {
        Said::Trouble { .. } => format!("{}{how}", paint.red("the kata could not run it")),
        Said::Verdict { verdict, .. } => match verdict {
            Verdict::Passed(report) => {
                format!("{}{took}{how}", paint.green(&format!("✓ all {} tests pass", report.tests.len())))
            }
            Verdict::Partial(report) => {
                format!("{}{took}{how}", paint.yellow(&format!("~ {} tests pass or skip", report.tests.len())))
            }
            Verdict::Failed(report) => {
                let said = format!("✗ {} of {} tests pass", report.passed(), report.tests.len());
                format!("{}{took}{how}", paint.red(&said))
            }
            Verdict::DoesNotCompile(errors) => {
                let count = errors.errors.len();
                let errors = if count == 1 { "one error".to_owned() } else { format!("{count} errors") };
                format!("{}{took}{how}", paint.red(&format!("✗ does not compile: {errors}")))
            }
        },
    }
}

/// A question, with what its answer does.
pub fn asked(state: &State, question: Question) -> String {
    let name = &state.lesson().name;
    let what = match question {
        Question::Reset => format!("Reset lesson {name}? What you wrote is kept in .kata."),
        Question::ShowSolution => format!("Lesson {name} has not passed yet. Show its solution?"),
        Question::ShowDifference => format!("Lesson {name} has not passed yet. Show what differs?"),
    };
    format!("{what}  y yes, other keys no")
}

/// The keys that mean something now, as many as fit; `?` and `q` always.
fn keys(state: &State, paint: Paint, width: u16) -> String {
    let wanted = |key: &str| match key {
        "n" => state.passes() && state.next().is_some(),
        "Esc" => state.panel.is_some(),
        "?" | "q" | "arrows" => false,
        _ => true,
    };
    let says = |key: &str, what: &str| format!("{} {}", paint.bold(key), paint.dim(what));
    let last = "? keys  q quit";
    let mut left = usize::from(width).saturating_sub(last.len());
    let mut text = String::new();
    // Where a panel is open, the way back comes first.
    let back = KEYS.iter().filter(|(key, ..)| *key == "Esc");
    for (key, what, _) in back.chain(KEYS.iter().filter(|(key, ..)| *key != "Esc")).filter(|(key, ..)| wanted(key)) {
        let cells = key.len() + what.len() + 3;
        if cells > left {
            break;
        }
        left -= cells;
        text += &format!("{}  ", says(key, what));
    }
    format!("{text}{}  {}", says("?", "keys"), says("q", "quit"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::state::Text;
    use super::super::state::tests::{found, state};
    use super::super::state::{Kind, List};
    use super::*;
    use crate::check::News;
    use crate::course::Lesson;
    use crate::guide::Guide;
    use crate::verdict::{Blank, Errors, Failure, Kind as FailureKind, Outcome, Place, Report, Test};
    use rstest::rstest;

    /// The screen's lines without what is empty at their ends.
    fn screen(state: &State, width: u16, height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        draw(state, Instant::now(), Paint::Plain, area, &mut buffer);
        let symbol = |x, y| buffer.cell((x, y)).expect("a cell of the screen").symbol();
        (0..height).map(|y| (0..width).map(|x| symbol(x, y)).collect::<String>().trim_end().to_owned()).collect()
    }

    fn text(lines: &[String]) -> String {
        lines.join("\n").trim_end().to_owned()
    }

    /// A size that was rounded, as the sandbox reports it.
    fn failed() -> State {
        let report = "  failed: sizes::case_1_one\n  at lessons/02_shmget/tests/shmget.rs:55:9\n  the size of the segment\n    \
                      expected: 1\n    found:    4096\n\n  What the kernel held at that moment (as `ipcs -m` shows it):\n    \
                      key         id  bytes\n    0x1d6bebfb  21  4096";
        let at = Place { path: "lessons/02_shmget/tests/shmget.rs".into(), line: 55 };
        let failure = Failure { kind: FailureKind::Assertion, at: Some(at.clone()), blank: None, text: report.into() };
        let outcomes = [Outcome::Passed, Outcome::Failed(failure), Outcome::Missing];
        let tests = outcomes.into_iter().zip(["opens", "sizes::case_1_one", "ends"]);
        let tests = tests.map(|(outcome, name)| Test { name: name.into(), outcome }).collect();
        let mut found = found(Report { tests, ..Report::default() }.verdict());
        if let Said::Verdict { guide, .. } = &mut found.said {
            let about = vec!["The size counts bytes, not pages.".to_owned()];
            **guide = Guide { about, open: "lessons/02_shmget/src/lib.rs:39".into(), test: Some(at) };
        }
        let mut state = state();
        state.end(found);
        state
    }

    #[test]
    fn a_failure_fits_an_ordinary_window_with_its_evidence_first() {
        let expected = "\
kata  Lesson 2, shmget: a key names an object in the kernel          1 of 3 done
✓ 1 key   ▸ 2 shmget   · 3 shmat
────────────────────────────────────────────────────────────────────────────────
  ✓✗·
  failed: sizes::case_1_one
  at lessons/02_shmget/tests/shmget.rs:55:9
  the size of the segment
    expected: 1
    found:    4096

  What the kernel held at that moment (as `ipcs -m` shows it):
    key         id  bytes
    0x1d6bebfb  21  4096

  │ The size counts bytes, not pages.






open lessons/02_shmget/src/lib.rs:39  test lessons/02_shmget/tests/shmget.rs:55
✗ 1 of 3 tests pass  0.56 s   saving a file runs it again
h hint  t task  l lessons  r run  b book  s solution  d diff  ? keys  q quit";
        assert_eq!(text(&screen(&failed(), 80, 24)), expected);
    }

    #[test]
    fn a_wide_window_has_the_tests_beside_the_failure() {
        let lines = screen(&failed(), 130, 12);
        assert_eq!(lines[3], "  ✓ opens  │  failed: sizes::case_1_one");
        assert_eq!(lines[5], "  · ends   │  the size of the segment");
    }

    #[test]
    fn a_small_window_keeps_what_matters_most() {
        let lines = screen(&failed(), 40, 6);
        assert!(lines[0].starts_with("kata  Lesson 2, shmget"), "{lines:?}");
        assert_eq!(lines[1], "  failed: sizes::case_1_one");
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
    fn what_is_out_of_sight_is_counted_and_can_be_scrolled_to() {
        let mut state = state();
        let prose = (1..=20).map(|number| format!("    line {number}\n")).collect();
        state.open(Panel::Text { kind: Kind::Task, title: "task".into(), text: Text { prose, ..Text::default() } });
        let lines = screen(&state, 60, 12);
        assert_eq!(lines[2], "── task ───────────────────────────── 13 more below: PgDn ──");
        assert_eq!(lines[3], "      line 1");
        state.scroll = usize::MAX;
        let lines = screen(&state, 60, 12);
        assert_eq!((lines[3].as_str(), lines[9].as_str()), ("      line 14", "      line 20"));
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
        let error = "error: no\n \x1b[1;94m--> \x1b[0mlessons/02_shmget/src/lib.rs:41:38\n".to_owned();
        state.end(found(Verdict::DoesNotCompile(Errors { lesson: "shmget".into(), errors: vec![error] })));
        assert!(links(&state)[0].url.ends_with("/kata/lessons/02_shmget/src/lib.rs#41"));
        assert!(screen(&state, 80, 24)[22].starts_with("✗ does not compile: one error"));
    }

    #[test]
    fn a_pass_says_how_to_go_on_and_the_keys_do_too() {
        let mut state = state();
        let tests = vec![Test { name: "opens".into(), outcome: Outcome::Passed }];
        state.end(found(Report { tests, ..Report::default() }.verdict()));
        let all = text(&screen(&state, 100, 24));
        for said in ["All 1 tests pass. Lesson 2 is done.", "Enter goes on to lesson 3, shmat", "n next", "✓ opens"] {
            assert!(all.contains(said), "{said}: {all}");
        }
        state.begin(Instant::now());
        assert!(!text(&screen(&state, 100, 24)).contains("n next"), "not while it is not known any more");
    }

    #[test]
    fn a_blank_of_an_earlier_lesson_is_told() {
        let mut state = failed();
        let Some(Found { said: Said::Verdict { verdict: Verdict::Failed(report), .. }, .. }) = &mut state.found else {
            panic!()
        };
        let Outcome::Failed(failure) = &mut report.tests[1].outcome else { panic!() };
        let place = Place { path: "lessons/01_key/src/lib.rs".into(), line: 9 };
        failure.blank = Some(Blank { place, task: "do it".into() });
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
    fn seconds_pass_while_it_is_built() {
        let mut state = state();
        let start = Instant::now();
        state.begin(start);
        assert_eq!(status(&state, start, Paint::Plain), "building");
        assert_eq!(status(&state, start + Duration::from_secs(3), Paint::Plain), "building, 3 s");
    }
}
