//! What a learner reads beside the code: the card, `README.md`, the three hints, `why.md`, and the commands that card,
//! hints and chapter name.

use std::fs;

use crate::findings::Findings;
use crate::tables;
use shm_kata::course::material::{AFTERWARDS, GOALS, read_goals, read_hints};
use shm_kata::course::{Course, Lesson};
use walkthrough::include::Part;
use walkthrough::markdown::{fences, plain};

/// The card's, in this order; others may stand between them.
const HEADINGS: [&str; 6] = ["What you will build", AFTERWARDS, "What to write", "How you know", "Read", "Run"];

/// The hints'.
const TITLES: [&str; 3] = ["a question", "the call", "the shape"];

/// How `why.md` ends, in an anchor `unsound`: with shapes that pass and are wrong.
const UNSOUND: &str = "## If yours looks like this";

/// The card: its headings, what it takes, how it is run. A missing file is told with the other files.
pub fn card(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    let place = format!("lessons/{}/README.md", lesson.folder);
    let Ok(text) = fs::read_to_string(course.root.join(&place)) else { return };
    let Lesson { number, name, .. } = lesson;
    let head = format!("# {number} · {name}: {}", lesson.idea_within());
    if text.lines().next() != Some(&head) {
        findings.problem(&place, format!("begins with `{head}`, the idea as in Cargo.toml"));
    }
    if tables::minutes(course, lesson).is_none() {
        findings.problem(&place, "a line has to say how long it takes, `About 15 minutes`");
    }
    if !text.contains("New here:") {
        findings.problem(&place, "has to say what is new, `New here: ...`, beside the minutes");
    }
    let mut headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    for wanted in HEADINGS {
        // `any` goes on where the last heading was found, so that the order counts.
        if !headings.any(|heading| heading == wanted) {
            findings.problem(&place, format!("`## {wanted}` is missing; in this order: {}", HEADINGS.join(", ")));
            break;
        }
    }
    let goals = read_goals(&text).len();
    if text.contains(AFTERWARDS) && goals != GOALS {
        let how = "three lines of a numbered list, such as `1. turn a path into a key`";
        findings.problem(&place, format!("`## {AFTERWARDS}` has {goals} goals: {how}"));
    }
    for command in [format!("cargo kata check {name}"), format!("cargo test -p {name}")] {
        if !text.lines().any(|line| line == command) {
            findings.problem(&place, format!("`## Run` has to name `{command}`"));
        }
    }
    commands(course, &place, &text, findings);
    narrow(&place, &text, findings);
    findings.count("cards");
}

/// What a line of code may have, so that the screen shows it whole at 80 columns.
const CODE: usize = 76;

/// Code that would not fit.
fn narrow(place: &str, text: &str, findings: &mut Findings) {
    let mut fenced = false;
    for (line, number) in text.lines().zip(1..) {
        fenced ^= line.trim_start().starts_with("```");
        let length = line.chars().count();
        if fenced && length > CODE {
            findings
                .problem(format!("{place}:{number}"), format!("code has at most {CODE} columns, this has {length}"));
        }
    }
}

/// The hints: a question, the call, the shape. A missing file is told with the other files.
pub fn hints(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    let place = format!("lessons/{}/hints.md", lesson.folder);
    let Ok(text) = fs::read_to_string(course.root.join(&place)) else { return };
    match read_hints(&text) {
        Err(wrong) => findings.problem(&place, wrong),
        Ok(found) => {
            let titles: Vec<_> = found.iter().map(|hint| hint.title.as_str()).collect();
            if titles != TITLES {
                let wanted =
                    "three hints are needed, `## Hint 1: a question`, `## Hint 2: the call`, `## Hint 3: the shape`";
                findings.problem(&place, format!("{wanted}; it has {titles:?}"));
            }
            for hint in found.iter().filter(|hint| hint.text.trim().is_empty()) {
                findings.problem(&place, format!("the hint `{}` is empty", hint.title));
            }
            findings.add(found.len(), "hints");
        }
    }
    commands(course, &place, &text, findings);
    narrow(&place, &text, findings);
}

/// The commands that a text tells a reader to type are there, `cargo kata WORD` and `cargo run -- WORD`, and so are the
/// packages and programs that cargo is told to take.
pub fn commands(course: &Course, place: &str, text: &str, findings: &mut Findings) {
    let runner = shm_kata::commands::definition();
    for (line, number) in text.lines().zip(1..) {
        let mut problem = |what: String| findings.problem(format!("{place}:{number}"), what);
        for mark in ["cargo kata ", "cargo run -- "] {
            for word in words_behind(line, mark) {
                if !runner.get_subcommands().any(|command| command.get_name() == word) {
                    problem(format!("`{mark}{word}` is no command of the runner"));
                }
            }
        }
        if !line.contains("cargo ") {
            continue;
        }
        for word in words_behind(line, " -p ") {
            if !course.lessons.iter().any(|lesson| lesson.name == word) && word != "book" {
                problem(format!("there is no package `{word}`: -p takes a lesson's name, or book"));
            }
        }
        for word in words_behind(line, " --bin ") {
            if !course.lessons.iter().any(|lesson| lesson.programs.iter().any(|name| name == word)) {
                problem(format!("no lesson has a program `{word}`"));
            }
        }
    }
}

/// The words that follow `mark`; options are none.
fn words_behind<'t>(line: &'t str, mark: &str) -> impl Iterator<Item = &'t str> {
    let rests = line.match_indices(mark).map(|(at, mark)| &line[at + mark.len()..]);
    rests
        .map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}

/// Why the solution is written so, and two or three unsound shapes that no test can see, each with code and a reason. A
/// missing file is told with the other files.
pub fn why(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    let place = format!("solutions/{}/why.md", lesson.folder);
    let Ok(text) = fs::read_to_string(course.root.join(&place)) else { return };
    let Ok(shapes) = Part::Anchor("unsound").of(&text) else {
        findings.problem(&place, "has to end with an anchor `unsound`, as why.md of other lessons does");
        return;
    };
    let Some(shapes) = shapes.strip_prefix(UNSOUND) else {
        findings.problem(&place, format!("the anchor `unsound` begins with `{UNSOUND}`"));
        return;
    };
    let shapes: Vec<_> = shapes.split("\n### ").skip(1).collect();
    if !(2..=3).contains(&shapes.len()) {
        let what = "unsound shapes, each with a heading `### `; two or three are needed";
        findings.problem(&place, format!("shows {} {what}", shapes.len()));
    }
    for shape in &shapes {
        let (title, rest) = shape.split_once('\n').unwrap_or((shape, ""));
        if fences(rest).len() != 1 || plain(rest).trim().is_empty() {
            findings.problem(&place, format!("`### {title}` needs one block of code, and a reason"));
        }
    }
    findings.add(shapes.len(), "unsound shapes");
}
