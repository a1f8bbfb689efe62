//! A lesson's solution as text.

use crate::course::starter::{self, Reading};
use crate::course::{Course, Lesson};
use crate::show::paint::Paint;
use crate::trouble::Trouble;

/// The solution's code. What was given from the start, the learner has already.
pub fn solution(course: &Course, lesson: &Lesson, paint: Paint) -> Result<String, Trouble> {
    let of = |reading| starter::generate(&course.root, &course.solution(lesson), reading);
    let (solution, starter) = (of(Reading::Solution)?, of(Reading::Starter)?);
    let mut text = String::new();
    for (path, bytes) in solution.iter().filter(|file| !starter.contains(file)) {
        let name = paint.dim(&format!("// lessons/{}/src/{}", lesson.folder, path.display()));
        text += &format!("{name}\n\n{}\n", String::from_utf8_lossy(bytes));
    }
    Ok(text)
}
