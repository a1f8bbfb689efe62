//! A lesson's solution as text.

use crate::course::starter::{self, Reading};
use crate::course::{Course, Lesson};
use crate::text::Line;
use crate::text::line::raw;
use crate::text::style::Stylize;
use crate::trouble::Trouble;

/// The solution's code. What was given from the start, the learner has already.
pub fn solution(course: &Course, lesson: &Lesson) -> Result<Vec<Line>, Trouble> {
    let of = |reading| starter::generate(&course.root, &course.solution(lesson), reading);
    let (solution, starter) = (of(Reading::Solution)?, of(Reading::Starter)?);
    let mut text = Vec::new();
    for (path, bytes) in solution.iter().filter(|file| !starter.contains(file)) {
        let name = format!("// lessons/{}/src/{}", lesson.folder, path.display());
        text.extend([Line::from([name.dim()]), Line::default()]);
        text.extend(raw(&String::from_utf8_lossy(bytes)).chain([Line::default()]));
    }
    Ok(text)
}
