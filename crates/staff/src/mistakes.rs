//! `mistakes.md`: the wrong solutions of a lesson, each with the test that catches it and the report that the learner
//! then reads.
//!
//! ````markdown
//! ## no_excl
//!
//! What is wrong, and what it costs.
//!
//! Caught by: `a_taken_key_is_refused`
//!
//! ```diff
//! @@ fn create @@
//!      let flags = libc::IPC_CREAT;
//! -    shmget(key, size, flags | libc::IPC_EXCL)
//! +    shmget(key, size, flags)
//! ```
//!
//! ```text
//! failed: a_taken_key_is_refused
//! ```
//! ````
//!
//! `dev check --bless` writes the `text` block. What a diff may say is in `patch`.

use crate::patch::{self, Edit};
use walkthrough::sections::{Block, Fault, Section, block, each, sections, with_lines};

/// One wrong solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub name: String,
    /// The line of its heading.
    pub line: usize,
    /// The test that must fail.
    pub caught_by: String,
    pub edits: Vec<Edit>,
    /// What the learner then reads; none when it is not written down yet.
    pub report: Option<String>,
}

/// The mistake that every lesson has: each function refuses whatever it is asked. All tests are run on it, because each goal
/// of the card has a test that does not accept it.
pub const REFUSES_EVERYTHING: &str = "refuses_everything";

/// The mistakes that `text` holds, and what is wrong in it. A mistake that has a fault is left out.
pub fn read(text: &str) -> (Vec<Mistake>, Vec<Fault>) {
    each(text, mistake)
}

const CAUGHT_BY: &str = "Caught by:";

fn mistake(section: &Section) -> Result<Mistake, Fault> {
    let Section { name, line, words, blocks, .. } = section;
    let fault = |line: usize, what: &str| Err(section.fault(line, what));
    let (named, about): (Vec<_>, Vec<_>) = words.iter().partition(|(_, words)| words.starts_with(CAUGHT_BY));
    if about.is_empty() {
        return fault(*line, "say in a sentence or two what is wrong and what it costs");
    }
    let (at, caught_by) = match named[..] {
        [(at, words)] => (at, words[CAUGHT_BY.len()..].trim().trim_matches('`')),
        [] => return fault(*line, "name the test that must catch it, on a line `Caught by: TEST`"),
        [_, (again, _), ..] => return fault(again, "a mistake is caught by one test, and this line names another"),
    };
    if caught_by.is_empty() || caught_by.contains(char::is_whitespace) {
        return fault(at, "`Caught by:` is followed by the name of one test");
    }
    if let Some(other) = blocks.iter().find(|block| !matches!(block.language, "diff" | "text")) {
        let what = format!("a mistake has a ```diff and a ```text, and this block is a ```{}", other.language);
        return fault(other.place.start, &what);
    }
    let diff = match of(section, "diff")[..] {
        [diff] => diff,
        [] => return fault(*line, "the lines that differ from the solution are missing: a block ```diff"),
        [_, again, ..] => return fault(again.place.start, "one block ```diff holds all that differs"),
    };
    let report = match of(section, "text")[..] {
        [] => None,
        [report] => Some(report.text()),
        [_, again, ..] => return fault(again.place.start, "a mistake has one report, and this is another ```text"),
    };
    let edits = patch::read(&diff.lines, diff.place.start + 1);
    let edits = edits.map_err(|Fault { line, what }| section.fault(line, &what))?;
    Ok(Mistake { name: (*name).to_owned(), line: *line, caught_by: caught_by.to_owned(), edits, report })
}

fn of<'s, 'a>(section: &'s Section<'a>, language: &str) -> Vec<&'s Block<'a>> {
    section.blocks.iter().filter(|block| block.language == language).collect()
}

/// `text` with `report` as the report of the mistake `name`, and nothing else changed; none when there is no such
/// mistake.
pub fn with_report(text: &str, name: &str, report: &str) -> Option<String> {
    let (sections, _) = sections(text);
    let section = sections.iter().find(|section| section.name == name)?;
    let report = block("text", report);
    let (old, new) = match of(section, "text").first() {
        Some(old) => (old.place.clone(), report),
        None => {
            let behind = of(section, "diff").first()?.place.end;
            (behind..behind, format!("\n{report}"))
        }
    };
    Some(with_lines(text, old, &new))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use kata::report::{Ending, Held, How, Line, Panic, Report, When};
    use rstest::rstest;
    use shm_kata::check::guide::meant;
    use shm_kata::check::verdict::{Failure, Place};
    use shm_kata::course::{Course, starter};

    const TWO: &str = "\
# Lesson 2: mistakes

## no_excl

Takes a segment
that is there.

Caught by: `a_taken_key_is_refused`

```diff
@@ fn create @@
-a | b
+a
```

```text
  failed: a_taken_key_is_refused

  and so on
```

## no_mode

Nobody may read.

Caught by: the_mode_is_0600

```diff
@@ fn create @@
-b
+
```
";

    #[test]
    fn a_mistake_is_read() {
        let (mistakes, faults) = read(TWO);
        assert_eq!(faults, []);
        let [one, two] = &mistakes[..] else { panic!("{mistakes:?}") };
        assert_eq!((one.name.as_str(), one.line, one.caught_by.as_str()), ("no_excl", 3, "a_taken_key_is_refused"));
        assert_eq!(one.report.as_deref(), Some("  failed: a_taken_key_is_refused\n\n  and so on\n"));
        assert_eq!((two.caught_by.as_str(), two.report.as_deref(), two.edits.len()), ("the_mode_is_0600", None, 1));
    }

    #[rstest]
    #[case::no_words("Takes a segment\nthat is there.\n", "", 3, "no_excl: say in a sentence or two what is wrong")]
    #[case::no_test("Caught by: `a_taken_key_is_refused`\n", "", 3, "no_excl: name the test")]
    #[case::an_empty_test("`a_taken_key_is_refused`", "", 8, "followed by the name of one test")]
    #[case::two_words("`a_taken_key_is_refused`", "this and that", 8, "followed by the name of one test")]
    #[case::two_tests("```diff", "Caught by: another\n\n```diff", 10, "this line names another")]
    #[case::no_diff("```diff\n@@ fn create @@\n-a | b\n+a\n```\n", "", 3, "a block ```diff")]
    #[case::two_diffs("```text\n", "```diff\n", 16, "one block ```diff holds all")]
    #[case::another_block("```text\n", "```rust\n", 16, "this block is a ```rust")]
    #[case::two_reports("  and so on\n```\n", "```\n```text\n```\n", 20, "another ```text")]
    #[case::a_diff_that_is_none("+a\n", "a\n", 13, "no_excl: a line of a diff begins with")]
    fn a_fault_is_told_and_the_other_mistakes_stay(
        #[case] old: &str,
        #[case] new: &str,
        #[case] line: usize,
        #[case] what: &str,
    ) {
        assert!(TWO.contains(old));
        let (mistakes, faults) = read(&TWO.replacen(old, new, 1));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].line == line && faults[0].what.contains(what), "{faults:?}");
        assert_eq!(mistakes.iter().map(|mistake| mistake.name.as_str()).collect::<Vec<_>>(), ["no_mode"]);
    }

    #[test]
    fn a_report_is_written_in_its_place_and_nothing_else_changes() {
        let old = "  failed: a_taken_key_is_refused\n\n  and so on\n";
        assert_eq!(with_report(TWO, "no_excl", old).as_deref(), Some(TWO));
        assert_eq!(with_report(TWO, "no_excl", "new\n").unwrap(), TWO.replace(old, "new\n"));
        assert_eq!(with_report(TWO, "no_mode", "new\n").unwrap(), format!("{TWO}\n```text\nnew\n```\n"));
        assert_eq!(with_report(TWO, "gone", "new\n"), None);
    }

    #[test]
    fn a_report_may_hold_a_fence() {
        let text = with_report(TWO, "no_excl", "```\nx\n```\n").unwrap();
        assert_eq!(read(&text).0[0].report.as_deref(), Some("```\nx\n```\n"));
    }
    /// A failure of which a report that is written down tells: what the test said, and the programs that it started.
    fn failure(text: &str) -> Failure {
        let message =
            text.lines().skip(1).take_while(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
        let held = Held::new(When::Then, String::new(), "", -1);
        let mut report = Report::new("t", "p", 1, Ending::Failed(Panic { place: None, message, held }));
        let started = text.lines().filter_map(|line| line.trim().strip_prefix('[')?.split_once(" PID] (started) "));
        let line = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
        let lines = started.map(line).map(|(speaker, text)| Line { speaker, pid: 7, how: How::Started, text });
        report.printed.lines = lines.collect();
        Failure::Reported(Box::new(report))
    }

    /// Each of the kata's mistakes is in a function, and its report must not lead to another one.
    #[test]
    fn no_mistakes_report_leads_astray() {
        let course = Course::find(Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../..").as_ref())).unwrap();
        let (mut told, mut all) = (0, 0);
        for lesson in &course.lessons {
            let folder = course.solution(lesson);
            let source = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
            // Any line will do that differs from the others'.
            let blanks = starter::blanks(&source, &source).into_iter();
            let blanks = blanks
                .map(|(name, line)| (name, Place { path: "lib.rs".into(), line: line as u32, column: 0 }))
                .collect::<Vec<_>>();
            let (mistakes, faults) = read(&fs::read_to_string(folder.join("mistakes.md")).unwrap());
            assert_eq!(faults, []);
            for mistake in mistakes {
                let Some(text) = mistake.report else { continue };
                let failure = failure(&text);
                all += 1;
                let Some(found) = meant(&failure, "nowhere", &blanks, &lesson.programs) else { continue };
                told += 1;
                let (name, _) = blanks.iter().find(|(_, place)| *place == found).unwrap();
                let item = Some(format!("fn {name}"));
                let is_there = mistake.edits.iter().any(|edit| edit.item == item);
                assert!(is_there, "{}: {} leads to {name}", lesson.folder, mistake.name);
            }
        }
        assert!(told * 10 >= all * 9, "{told} of {all} lead to a function");
    }
}
