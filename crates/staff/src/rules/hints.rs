//! The hints: three, a question, the call, the shape.

use std::fs;

use crate::findings::Findings;
use crate::rules::commands;
use shm_kata::course::hints;
use shm_kata::course::{Course, Lesson};

const TITLES: [&str; 3] = ["a question", "the call", "the shape"];

/// A missing file is told with the other files.
pub fn check(course: &Course, lesson: &Lesson, findings: &mut Findings) {
    let place = format!("lessons/{}/hints.md", lesson.folder);
    let Ok(text) = fs::read_to_string(course.root.join(&place)) else { return };
    match hints::read(&text) {
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
    commands::check(course, &place, &text, findings);
}
