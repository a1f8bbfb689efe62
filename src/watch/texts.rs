//! The panels with what a lesson has to read.

use super::panel::{Kind, Panel, Text};
use crate::course::{Course, Lesson, afterwards, material};
use crate::show::solution;
use crate::text::Line;
use crate::trouble::{Trouble, cannot};

/// The hint of this depth, or the deepest.
pub fn hint(course: &Course, lesson: &Lesson, depth: usize) -> Result<Panel, Trouble> {
    let hints = material::hints(course, lesson)?;
    // After the deepest there is no other.
    let depth = depth.min(hints.len());
    let hint = material::hint(lesson, &hints, depth)?;
    let deeper = if depth < hints.len() { "h goes deeper" } else { "that is all of it" };
    let title = format!("hint {depth} of {}: {}", hints.len(), hint.title);
    let prose = format!("{}\n\n({deeper})\n", hint.text);
    Ok(Panel::Text { kind: Kind::Hint(depth), title, text: Text { prose, ..Text::default() } })
}

/// The shapes that pass and are wrong, each with the reason.
pub fn shapes(course: &Course, lesson: &Lesson) -> Result<Panel, Trouble> {
    let why = material::why(course, lesson).unwrap_or_default();
    let none = || cannot(format!("The solution of {} tells of no such shape", lesson.name), "");
    let prose = afterwards::unsound(&why).ok_or_else(none)?.to_owned();
    let title = "if yours looks like this".to_owned();
    Ok(Panel::Text { kind: Kind::Shapes, title, text: Text { prose, ..Text::default() } })
}

/// The kata's way, and why.
pub fn solution(course: &Course, lesson: &Lesson) -> Result<Panel, Trouble> {
    let code = solution::code(course, lesson)?;
    let prose = material::why(course, lesson).map(|why| format!("# Why\n\n{why}")).unwrap_or_default();
    let title = format!("solution of {}", lesson.name);
    Ok(Panel::Text { kind: Kind::Solution, title, text: Text { code, prose } })
}

/// What differs between the learner's files and the solution.
pub fn difference(course: &Course, lesson: &Lesson) -> Result<Panel, Trouble> {
    let code = solution::difference(course, lesson)?;
    let same = || vec![Line::raw("Yours and the solution are the same.")];
    let code = if code.is_empty() { same() } else { code };
    let title = "- yours   + the solution".to_owned();
    Ok(Panel::Text { kind: Kind::Difference, title, text: Text { code, ..Text::default() } })
}
