//! The files of a lesson are there, have a number without a gap, and nothing in them is left for the author to write.

use std::fs;

use crate::findings::Findings;
use crate::tables::chapter;
use crate::templates::TODO;
use shm_kata::course::starter;
use shm_kata::course::{Course, Lesson};
use walkthrough::sessions::OUTPUT;

/// Folders are numbered without a gap, from 0 or 1 on, and `lessons` and `solutions` hold the same.
pub fn numbers(course: &Course, findings: &mut Findings) {
    let (lessons, solutions) = (folders(course, "lessons"), folders(course, "solutions"));
    let first = usize::from(!lessons.first().is_some_and(|name| name.starts_with("00_")));
    for (name, number) in lessons.iter().zip(first..) {
        let place = format!("lessons/{name}");
        if !course.root.join(&place).join("Cargo.toml").exists() {
            findings.problem(place, "has no Cargo.toml, and so it is no lesson: git restore it, or remove the folder");
        } else if !name.starts_with(&format!("{number:02}_")) {
            findings.problem(place, format!("is not number {number:02}: lessons are numbered without a gap"));
        }
    }
    for (place, here, other, there) in
        [("lessons", &lessons, "solutions", &solutions), ("solutions", &solutions, "lessons", &lessons)]
    {
        for name in here.iter().filter(|name| !there.contains(name)) {
            findings.problem(format!("{place}/{name}"), format!("there is no {other}/{name}"));
        }
    }
}

/// The folders of lessons, or of solutions, in the order of their numbers.
fn folders(course: &Course, place: &str) -> Vec<String> {
    let entries = fs::read_dir(course.root.join(place)).into_iter().flatten().flatten();
    let entries = entries.filter(|entry| entry.path().is_dir());
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(|first: char| first.is_ascii_digit())).collect();
    names.sort();
    names
}

/// What an author writes for every lesson, from the root.
fn written(lesson: &Lesson) -> Vec<String> {
    let Lesson { name, folder, .. } = lesson;
    let lessons = ["README.md", "hints.md", &format!("tests/{name}.rs")].map(|file| format!("lessons/{folder}/{file}"));
    let solutions = ["why.md", "mistakes.md", "variants.md"].map(|file| format!("solutions/{folder}/{file}"));
    lessons.into_iter().chain(solutions).collect()
}

/// Whether the absence of the file is told elsewhere: here, or with what is generated from it.
pub fn is_told(course: &Course, path: &str) -> bool {
    let source = |lesson: &Lesson| format!("solutions/{}/src/lib.rs", lesson.folder);
    course.lessons.iter().any(|lesson| source(lesson) == path || written(lesson).iter().any(|file| file == path))
}

pub fn check(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    for path in written(lesson) {
        match fs::read_to_string(course.root.join(&path)) {
            Ok(text) if text.trim().is_empty() => findings.problem(path, "is empty"),
            Ok(_) => findings.count("files"),
            Err(error) => findings.problem(path, format!("cannot be read: {error}")),
        }
    }
    let Lesson { number, name, folder, .. } = lesson;
    let head = format!("//! Lesson {number}: ");
    for path in [format!("solutions/{folder}/src/lib.rs"), format!("lessons/{folder}/tests/{name}.rs")] {
        if fs::read_to_string(course.root.join(&path)).is_ok_and(|text| !text.starts_with(&head)) {
            findings.problem(path, format!("begins with `{head}` and the idea"));
        }
    }
    blanks(course, lesson, findings);
    unwritten(course, lesson, findings);
}

/// A learner has something to write.
fn blanks(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    let files = starter::read_files(&course.solution(lesson).join("src")).unwrap_or_default();
    let texts: Vec<_> = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    if !texts.is_empty() && texts.iter().all(|text| starter::blanks(text, text).is_empty()) {
        let what =
            "has no blank: `// ANCHOR: name todo!(\"what to ask\")` and `// ANCHOR_END: name` around a function's body";
        findings.problem(format!("solutions/{}/src", lesson.folder), what);
    }
}

/// No text of a template is forgotten.
fn unwritten(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    let Lesson { folder, name, .. } = lesson;
    let mut paths: Vec<String> = ["Cargo.toml", "src/lib.rs", "why.md", "mistakes.md", "variants.md"]
        .map(|file| format!("solutions/{folder}/{file}"))
        .into();
    paths.extend(["README.md", "hints.md"].map(|file| format!("lessons/{folder}/{file}")));
    paths.push(format!("lessons/{folder}/tests/{name}.rs"));
    paths.extend([chapter(lesson), format!("{OUTPUT}/{folder}.md"), format!("book/src/figures/{folder}.html")]);
    for path in paths {
        let Ok(text) = fs::read_to_string(course.root.join(&path)) else { continue };
        for (line, number) in text.lines().zip(1..) {
            if let Some((_, what)) = line.split_once(TODO) {
                // Without what closes a todo!, a tag or a cell of a table behind it.
                let what = what.trim_start_matches(':').split("</").next().unwrap_or_default();
                let what = what.trim_end_matches("\")").trim_end_matches("-->").trim_end_matches([' ', '|']).trim();
                findings.problem(format!("{path}:{number}"), format!("still to be written: {what}"));
            }
        }
    }
}
