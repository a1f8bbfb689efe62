//! What a lesson has to read, as text: its task, its hints, its solution.

use std::fs;

use crate::course::hints::{self, Hint};
use crate::course::{Course, Lesson};
use crate::trouble::{self, Trouble, cannot};

/// The hints, the gentlest first.
pub fn hints(course: &Course, lesson: &Lesson) -> Result<Vec<Hint>, Trouble> {
    let path = course.dir(lesson).join("hints.md");
    let text = fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))?;
    hints::read(&text).map_err(|wrong| cannot(format!("{}: {wrong}", path.display()), ""))
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
