//! The lessons as text: where the learner stands with each.

use crate::check::verdict::{Outcome, Verdict};
use crate::course::progress::{Board, Standing};
use crate::course::{Course, Lesson};
use crate::show::paint::Mark;
use crate::text::Line;
use crate::text::style::Stylize;

/// How a lesson's standing is shown at a glance; `here` is where the learner is.
pub fn mark(standing: Standing, here: bool) -> Mark {
    match standing {
        Standing::Done => Mark::Passes,
        Standing::Partial => Mark::Partial,
        Standing::Changed => Mark::Changed,
        Standing::NotYet if here => Mark::Here,
        Standing::NotYet => Mark::NotYet,
    }
}

/// The first line of all.
pub fn greeting() -> Vec<Line> {
    let what = "  System V shared memory, one failing test at a time";
    vec![Line::from(["kata".bold(), what.into()]), Line::default()]
}

/// How many characters a line of the board has at most: what nearly every terminal has room for.
const WIDTH: usize = 80;

/// The lessons, and where the learner is. An idea that is too long for the line is cut.
pub fn board(course: &Course, board: &Board) -> Vec<Line> {
    let lessons = course.lessons.iter().zip(&board.standings).enumerate();
    let name_width = longest(course, |lesson| &lesson.name);
    let room = |word: &str| WIDTH.saturating_sub("  m NN  ".len() + name_width + 4 + word.chars().count());
    let column = longest(course, |lesson| &lesson.idea).min(room("you are here"));
    let line = |(index, (lesson, standing)): (usize, (&Lesson, &Standing))| {
        let here = board.current == Some(index);
        let (name, word) = (format!("{:name_width$}", lesson.name), word(*standing, here));
        let width = column.min(room(&word));
        let idea = format!("  {:width$}  ", cut(&lesson.idea, width));
        let spans = [
            "  ".into(),
            mark(*standing, here).span(),
            format!(" {:>2}  ", lesson.number).into(),
            if here { name.bold() } else { name.into() },
            idea.into(),
            word.dim(),
        ];
        Line::from(spans).spoken(in_words(lesson, *standing, here))
    };
    lessons.map(line).collect()
}

/// As many of the text's words as fit into `width` characters; where some are left out, a sign says so.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    let words = kept.rfind(' ').map_or(kept.as_str(), |end| &kept[..end]);
    if width == 0 { String::new() } else { format!("{}…", words.trim_end_matches([' ', ','])) }
}

/// How many characters the longest of the lessons' texts has.
pub fn longest(course: &Course, text: impl Fn(&Lesson) -> &String) -> usize {
    course.lessons.iter().map(|lesson| text(lesson).chars().count()).max().unwrap_or(0)
}

fn word(standing: Standing, here: bool) -> String {
    let word = match standing {
        Standing::Done => "done",
        Standing::Partial => "partial",
        Standing::Changed => "changed since it passed",
        Standing::NotYet if here => "you are here",
        Standing::NotYet => "not yet",
    };
    if here && standing == Standing::Changed { format!("you are here: {word}") } else { word.to_owned() }
}

/// `  Lesson 2, shmget, a key names a segment in the kernel: not yet`
pub fn in_words(lesson: &Lesson, standing: Standing, here: bool) -> String {
    let idea = if lesson.idea.is_empty() { String::new() } else { format!(", {}", lesson.idea_within()) };
    format!("  Lesson {}, {}{idea}: {}", lesson.number, lesson.name, word(standing, here))
}

/// One line for a lesson among several that were checked.
pub fn summary(lesson: &Lesson, verdict: &Verdict, width: usize) -> Line {
    let (mark, said) = match verdict {
        Verdict::Passed(report) => (Mark::Passes, format!("all {} tests pass", report.tests.len())),
        Verdict::Partial(report) => (
            Mark::Partial,
            format!(
                "partial: {} of {} tests could run",
                report.tests.iter().filter(|test| test.outcome == Outcome::Passed).count(),
                report.tests.len()
            ),
        ),
        Verdict::Failed(report) => (Mark::Fails, format!("{} of {} tests pass", report.passed(), report.tests.len())),
        Verdict::DoesNotCompile(errors) if errors.lesson == lesson.name => (Mark::Fails, "does not compile".to_owned()),
        Verdict::DoesNotCompile(errors) => {
            (Mark::Fails, format!("waits for {}, which does not compile", errors.lesson))
        }
    };
    let words = format!("  Lesson {}, {}: {said}", lesson.number, lesson.name);
    let rest = format!(" {:>2}  {:width$}  {said}", lesson.number, lesson.name);
    Line::from(["  ".into(), mark.span(), rest.into()]).spoken(words)
}

/// What is left to say when no lesson is left.
pub fn all_done(course: &Course, partial: usize) -> Vec<Line> {
    let mut text = if partial == 0 {
        vec![Line::from(["  ".into(), format!("All {} lessons pass.", course.lessons.len()).green()])]
    } else {
        let (some, them) = if partial == 1 { ("one".to_owned(), "it") } else { (partial.to_string(), "them") };
        let passes = format!("Every lesson passes; {some} of them in part.").yellow();
        let again = format!("  Check {them} again where namespaces are allowed: cargo kata check --all");
        vec![Line::from(["  ".into(), passes]), Line::raw(again)]
    };
    text.extend(pay_off(course));
    text
}

/// What each lesson was about.
pub fn recap(course: &Course) -> Vec<Line> {
    let name_width = longest(course, |lesson| &lesson.name);
    let room = WIDTH.saturating_sub("  NN    ".len() + name_width);
    let line = |lesson: &Lesson| {
        let (number, name, idea) = (lesson.number, &lesson.name, cut(&lesson.idea, room));
        let words = format!("  Lesson {number}, {name}: {}", lesson.idea_within());
        Line::from([format!("  {number:>2}  {name:name_width$}  {idea}").into()]).spoken(words)
    };
    let head = [Line::default(), Line::from(["  ".into(), "What you have learned".bold()])];
    head.into_iter().chain(course.lessons.iter().map(line)).collect()
}

/// What the learner has in the end, in lines to paste; nothing in a kata without these programs.
pub fn pay_off(course: &Course) -> Vec<Line> {
    const PROGRAMS: [(&str, &str); 3] = [("write", "writer"), ("read", "reader"), ("shmctl", "remover")];
    let has = |(lesson, program): &(&str, &str)| {
        course.lesson(lesson).is_ok_and(|lesson| lesson.programs.iter().any(|name| name == program))
    };
    if !PROGRAMS.iter().all(has) {
        return Vec::new();
    }
    let [writer, reader, remover] = PROGRAMS.map(|(lesson, program)| format!("cargo run -p {lesson} --bin {program}"));
    let lines = [format!(r"printf 'Hello World\n' | {writer}"), "ipcs -m".to_owned(), reader, remover];
    let lines = lines.into_iter().map(|line| Line::from(["    ".into(), line.cyan()]));
    let head = [Line::default(), Line::from(["  ".into(), "You have three programs".bold()])];
    let read_on = [Line::default(), Line::row("read on", ["cargo kata book".cyan()])];
    head.into_iter().chain(lines).chain(read_on).collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::show::paint::Paint;

    /// A course as long as the curriculum, with ideas as long as they get.
    pub fn many() -> Course {
        let names = "key shmget shmat write read shmctl handle unwind owner readonly layout offset distrust counter claim \
                     mailbox snapshot semaphore opening undo ring padding futex shmpipe copies posix memfd robust capstone";
        let lesson = |(index, name): (usize, &str)| Lesson {
            number: index as u32 + 1,
            name: name.into(),
            folder: format!("{:02}_{name}", index + 1),
            idea: "A segment outlives everyone until someone removes it".into(),
            ..Lesson::default()
        };
        let lessons: Vec<_> = names.split_whitespace().enumerate().map(lesson).collect();
        assert_eq!(lessons.len(), 29);
        Course { root: "/kata".into(), lessons }
    }

    #[test]
    fn whoever_is_done_has_three_programs_to_run() {
        let course = Course::find(Some(env!("CARGO_MANIFEST_DIR").as_ref())).unwrap();
        let expected = r"
  You have three programs
    printf 'Hello World\n' | cargo run -p write --bin writer
    ipcs -m
    cargo run -p read --bin reader
    cargo run -p shmctl --bin remover

  read on  cargo kata book
";
        assert_eq!(Paint::Plain.text(&pay_off(&course)), expected);
        assert!(Paint::Plain.text(&all_done(&course, 0)).ends_with(expected));
        assert!(Paint::Plain.text(&all_done(&course, 1)).ends_with(expected));
        assert_eq!(pay_off(&Course { lessons: Vec::new(), ..course }), []);
    }

    #[test]
    fn a_line_has_80_columns_with_29_lessons() {
        let course = many();
        for standing in [Standing::NotYet, Standing::Partial, Standing::Changed, Standing::Done] {
            for current in [None, Some(17)] {
                let board =
                    Board { standings: vec![standing; course.lessons.len()], fingerprints: Vec::new(), current };
                let lines = super::board(&course, &board);
                for (line, lesson) in lines.iter().zip(&course.lessons) {
                    assert!(line.width() <= 80, "{}: {line}", line.width());
                    let here = current == Some(lesson.number as usize - 1);
                    assert!(line.to_string().ends_with(&word(standing, here)), "{line}");
                    assert!(line.to_string().contains(&lesson.idea[..18]), "{line}");
                }
            }
        }
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("An object", 9), "An object");
        assert_eq!(cut("An object", 8), "An…");
        assert_eq!(cut("One, two, three", 12), "One, two…");
        assert_eq!(cut("Unbreakable", 4), "Unb…");
        assert_eq!(cut("An object", 0), "");
    }
}
