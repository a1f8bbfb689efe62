//! What a lesson has to read, as text: its task, its three hints, and why its solution is as it is.

use std::fs;

use crate::course::markdown::{is_anchor, unfenced};
use crate::course::{Course, Lesson};
use crate::trouble::{self, Trouble, cannot};

/// One hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// `a question`
    pub title: String,
    pub text: String,
}

/// The hints, the gentlest first.
pub fn hints(course: &Course, lesson: &Lesson) -> Result<Vec<Hint>, Trouble> {
    let path = course.dir(lesson).join("hints.md");
    let text = fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))?;
    read_hints(&text).map_err(|wrong| cannot(format!("{}: {wrong}", path.display()), ""))
}

/// The hint of this level, from 1 on.
pub fn hint<'a>(lesson: &Lesson, hints: &'a [Hint], level: usize) -> Result<&'a Hint, Trouble> {
    level.checked_sub(1).and_then(|index| hints.get(index)).ok_or_else(|| {
        cannot(format!("there is no hint {level}"), format!("Lesson {} has {}.", lesson.name, hints.len()))
    })
}

/// The task: the lesson's own page.
pub fn task(course: &Course, lesson: &Lesson) -> Result<String, Trouble> {
    let path = course.dir(lesson).join("README.md");
    fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))
}

/// Why the solution is as it is, in Markdown.
pub fn why(course: &Course, lesson: &Lesson) -> Option<String> {
    fs::read_to_string(course.solution(lesson).join("why.md")).ok()
}

/// The heading of a card's goals: what the learner can do after the lesson.
pub const AFTERWARDS: &str = "Afterwards you can";

/// How many goals a card has.
pub const GOALS: usize = 3;

/// The goals of a card, in their order, each in one line: the numbered list below `## Afterwards you can`.
pub fn read_goals(card: &str) -> Vec<String> {
    let heading = format!("## {AFTERWARDS}");
    let section = card.lines().skip_while(|line| *line != heading).skip(1);
    let mut goals: Vec<String> = Vec::new();
    for line in section.take_while(|line| !line.starts_with("## ")).map(str::trim).filter(|line| !line.is_empty()) {
        match (line.strip_prefix(&format!("{}. ", goals.len() + 1)), goals.last_mut()) {
            (Some(goal), _) => goals.push(goal.to_owned()),
            (None, Some(goal)) => *goal += &format!(" {line}"),
            (None, None) => {}
        }
    }
    goals
}

/// The hints of a `hints.md`, in its order: sections that begin with `## Hint N: what it is`; their numbers must count
/// from 1. The walkthrough includes the same hints, by anchors that must not be shown on a terminal; nor fences, so
/// code is indented there.
pub fn read_hints(file: &str) -> Result<Vec<Hint>, String> {
    let mut hints: Vec<Hint> = Vec::new();
    for line in unfenced(file).lines().filter(|line| !is_anchor(line)) {
        if let Some(head) = line.strip_prefix("## Hint ") {
            let number = hints.len() + 1;
            let title = head.strip_prefix(&number.to_string()).and_then(|rest| rest.strip_prefix(':'));
            let title = title.ok_or_else(|| format!("`{line}` should begin with `## Hint {number}:`"))?;
            hints.push(Hint { title: title.trim().to_owned(), text: String::new() });
        } else if let Some(hint) = hints.last_mut() {
            hint.text += line;
            hint.text += "\n";
        }
    }
    for hint in &mut hints {
        hint.text = hint.text.trim_matches('\n').to_owned();
    }
    if hints.is_empty() { Err("there is no `## Hint 1:`".to_owned()) } else { Ok(hints) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_sections() {
        let hints =
            read_hints("# Hints\n\n## Hint 1: a question\n\nWhy?\n\n## Hint 2: the call\n\n```rust\ncall();\n\n## no head\n```\nSo.\n").unwrap();
        assert_eq!(hints[0], Hint { title: "a question".into(), text: "Why?".into() });
        assert_eq!(hints[1].text, "    call();\n\n    ## no head\nSo.");
    }

    #[test]
    fn anchors_are_the_walkthroughs_alone() {
        let marked = "## Hint 1: a question\n\n<!-- ANCHOR: hint1 -->\nWhy?\n<!-- ANCHOR_END: hint1 -->\n";
        assert_eq!(read_hints(marked).unwrap(), [Hint { title: "a question".into(), text: "Why?".into() }]);
    }

    #[test]
    fn goals_are_a_numbered_list() {
        let card = "## What\n\n1. no goal\n\n## Afterwards you can\n\n1. turn a path\n   into a key\n2. look\n\n## Read\n\n3. no\n";
        assert_eq!(read_goals(card), ["turn a path into a key", "look"]);
        assert_eq!(read_goals("## Read\n"), Vec::<String>::new());
    }

    #[test]
    fn hints_count_from_one() {
        assert!(read_hints("").is_err());
        assert_eq!(read_hints("## Hint 2: x\n"), Err("`## Hint 2: x` should begin with `## Hint 1:`".to_owned()));
    }
}
