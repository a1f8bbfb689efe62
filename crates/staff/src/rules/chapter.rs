//! A lesson's chapter of the walkthrough: its headings, what it includes, how long it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::findings::Findings;
use crate::rules::pages::Book;
use crate::rules::texts::commands;
use crate::tables;
use shm_kata::course::{Course, Lesson};
use walkthrough::Chapter;
use walkthrough::include::{Anchor, anchor};
use walkthrough::markdown::plain;

/// In this order; `Picture` may be left out.
const HEADINGS: [&str; 9] = [
    "What goes wrong",
    "The idea",
    "In Rust",
    "Predict",
    "Your turn",
    "Stuck?",
    "Look around",
    "Solution, and why",
    "Recap",
];

/// A chapter is read in 10 to 15 minutes: its own words, without listings, answers, hints and the teachers' box.
const WORDS: std::ops::RangeInclusive<usize> = 400..=700;

/// A chapter that is missing is told with the book.
pub fn check(course: &Course, book: &Book, lesson: &Lesson, findings: &mut Findings) {
    let place = tables::chapter(lesson);
    let Some(chapter) = book.chapter(lesson) else { return };
    findings.count("chapters");
    let mut problem = |what: String| findings.problem(&place, what);
    head(course, lesson, chapter, &mut problem);
    let mut headings = chapter.text.lines().filter_map(|line| line.strip_prefix("## "));
    if let Some(missing) = HEADINGS.iter().find(|wanted| !headings.any(|heading| heading == **wanted)) {
        problem(format!("`## {missing}` is missing; in this order: {}", HEADINGS.join(", ")));
    }
    if !chapter.text.contains("<summary>For teachers</summary>") {
        problem("has no box `<details><summary>For teachers</summary>` at its end".to_owned());
    }
    for (path, anchor) in inclusions(course, lesson) {
        let is = |part: &&walkthrough::Included| part.path == Path::new(&path) && part.anchor == anchor;
        if course.root.join(&path).exists()
            && !chapter.included.iter().any(|part| is(&part))
            && !faulty(book, &path, anchor.as_deref())
        {
            let anchor = anchor.map_or(String::new(), |name| format!(":{name}"));
            problem(format!("does not include ../../../{path}{anchor}"));
        }
    }
    let hints = fs::read_to_string(course.dir(lesson).join("hints.md")).unwrap_or_default();
    for title in hints.lines().filter_map(|line| line.strip_prefix("## ")) {
        if !chapter.text.contains(&format!("<summary>{title}</summary>")) {
            problem(format!("has no `<summary>{title}</summary>`, the title that the runner shows"));
        }
    }
    let shown = mistakes(chapter, lesson);
    if shown < 3 && course.solution(lesson).join("mistakes.md").exists() {
        problem(format!("shows {shown} mistakes; three are needed, included from the solution's"));
    }
    let words = plain(&chapter.text).split_whitespace().count();
    if !WORDS.contains(&words) {
        problem(format!("has {words} words; {} to {} can be read in a quarter of an hour", WORDS.start(), WORDS.end()));
    }
    commands(course, &place, &chapter.text, findings);
}

/// The title, and the line that says what it takes.
fn head(course: &Course, lesson: &Lesson, chapter: &Chapter, problem: &mut impl FnMut(String)) {
    let Lesson { number, folder, .. } = lesson;
    if !chapter.text.starts_with(&format!("# {number}. ")) {
        problem(format!("begins with `# {number}. ` and a title"));
    }
    let quoted = chapter.text.lines().filter_map(|line| line.strip_prefix("> "));
    let quoted = quoted.collect::<Vec<_>>().join(" ");
    let mut wanted = vec![
        "You will ".to_owned(),
        format!("file `lessons/{folder}/src/lib.rs`"),
        format!("run `cargo kata check {number}`"),
    ];
    wanted.extend(tables::minutes(course, lesson).map(|minutes| format!(" · {minutes} minutes · ")));
    for part in wanted.iter().filter(|part| !quoted.contains(part.as_str())) {
        problem(format!("the lines `> You will ...` do not say `{}`", part.trim_matches([' ', '·'])));
    }
}

/// What the chapter has to include: task, hints, why, and every blank of the solution.
fn inclusions(course: &Course, lesson: &Lesson) -> Vec<(String, Option<String>)> {
    let folder = &lesson.folder;
    let mut wanted = vec![(format!("lessons/{folder}/README.md"), Some("task".to_owned()))];
    wanted.extend((1..=3).map(|n| (format!("lessons/{folder}/hints.md"), Some(format!("hint{n}")))));
    let why = format!("solutions/{folder}/why.md");
    let mut parts = anchors(course, &why, |_| true);
    if parts.is_empty() {
        parts.push((why, None));
    }
    wanted.append(&mut parts);
    let source = course.solution(lesson).join("src");
    for path in shm_kata::course::starter::rust_files(&source).unwrap_or_default() {
        let path = path.strip_prefix(&course.root).unwrap_or(&path).display().to_string();
        wanted.append(&mut anchors(course, &path, |line| line.contains("todo!")));
    }
    wanted
}

/// The anchors that begin at lines of this kind.
fn anchors(course: &Course, path: &str, is: impl Fn(&str) -> bool) -> Vec<(String, Option<String>)> {
    let text = fs::read_to_string(course.root.join(path)).unwrap_or_default();
    let begins = text.lines().filter(|line| is(line)).filter_map(anchor).filter_map(|end| match end {
        Anchor::Begin(name) => Some(name.to_owned()),
        Anchor::End(_) => None,
    });
    begins.map(|name| (path.to_owned(), Some(name))).collect()
}

/// Whether an inclusion of it is there and told as faulty already.
fn faulty(book: &Book, path: &str, anchor: Option<&str>) -> bool {
    let inclusion = format!("{path}{}", anchor.map_or(String::new(), |name| format!(":{name}")));
    book.sources.faults.iter().any(|fault| fault.contains(&format!("/{inclusion}}}}}")))
}

/// How many of the lesson's mistakes the chapter shows.
fn mistakes(chapter: &Chapter, lesson: &Lesson) -> usize {
    let file = format!("solutions/{}/mistakes.md", lesson.folder);
    let parts = chapter.included.iter().filter(|part| part.path == Path::new(&file));
    parts.filter_map(|part| part.anchor.as_deref()).collect::<BTreeSet<_>>().len()
}
