//! What is shown instead of the verdict, and what is asked.

use crate::course::{Course, Lesson};
use crate::text::Line;

/// What is shown instead of the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Panel {
    Keys,
    /// The lessons, to go to one.
    Lessons(List),
    /// A text, with its title.
    Text {
        kind: Kind,
        title: String,
        text: Text,
    },
}

/// A text of the lesson's: code, then prose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Lines as they are.
    pub code: Vec<Line>,
    /// Markdown, to be wrapped.
    pub prose: String,
}

/// What a text is, for the key that shows more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A hint, and how deep it goes.
    Hint(usize),
    Task,
    Solution,
    Difference,
    /// Shapes that pass and are wrong.
    Shapes,
}

/// What a key is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Reset,
    /// The lesson has not passed yet.
    ShowSolution,
    ShowDifference,
}

/// The lessons to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// The one chosen: its place in the course.
    pub at: usize,
    /// What is searched for, while the learner types it or after.
    pub search: Option<String>,
    /// Whether letters go into the search.
    pub typing: bool,
}

/// What is done with the list of lessons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Move(isize),
    /// Letters go into the search from now on.
    Search,
    Type(char),
    Erase,
    /// The search is over; what it found stays.
    Keep,
    /// The search is given up.
    Forget,
    /// To the lesson chosen.
    Go,
}

impl List {
    /// The places of the lessons that the search leaves.
    pub fn left(&self, course: &Course) -> Vec<usize> {
        let wanted = self.search.as_deref().unwrap_or_default().to_lowercase();
        let says = |lesson: &Lesson| format!("{} {} {}", lesson.number, lesson.name, lesson.idea).to_lowercase();
        (0..course.lessons.len()).filter(|place| says(&course.lessons[*place]).contains(&wanted)).collect()
    }

    /// Does what a key asks for; the lesson to go to, if that is it.
    pub fn choose(&mut self, course: &Course, choice: Choice) -> Option<usize> {
        let sought = self.search.clone().unwrap_or_default();
        match choice {
            Choice::Move(by) => self.step(course, by),
            Choice::Search => {
                self.typing = true;
                self.search(course, Some(String::new()));
            }
            Choice::Type(letter) => self.search(course, Some(format!("{sought}{letter}"))),
            Choice::Erase => {
                let mut wanted = sought;
                wanted.pop();
                self.search(course, Some(wanted));
            }
            Choice::Keep => self.typing = false,
            Choice::Forget => {
                self.typing = false;
                self.search(course, None);
            }
            Choice::Go => return Some(self.at).filter(|at| self.left(course).contains(at)),
        }
        None
    }

    /// Moves the choice among the lessons left.
    pub fn step(&mut self, course: &Course, by: isize) {
        let left = self.left(course);
        let here = left.iter().position(|place| *place == self.at).unwrap_or(0);
        let there = here.saturating_add_signed(by).min(left.len().saturating_sub(1));
        self.at = left.get(there).copied().unwrap_or(self.at);
    }

    /// Searches for something else; the choice stays where it is if it is still there.
    pub fn search(&mut self, course: &Course, wanted: Option<String>) {
        self.search = wanted;
        let left = self.left(course);
        if !left.contains(&self.at) {
            self.at = left.first().copied().unwrap_or(self.at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::tests::state;
    use super::*;

    #[test]
    fn the_search_narrows_and_the_choice_stays_among_what_is_left() {
        let course = state().course;
        let mut list = List { at: 1, ..List::default() };
        list.search(&course, Some("A SEGMENT".into()));
        assert_eq!((list.left(&course), list.at), (vec![1, 2], 1));
        list.step(&course, -5);
        assert_eq!(list.at, 1);
        list.step(&course, isize::MAX);
        assert_eq!(list.at, 2);
        list.search(&course, Some("key".into()));
        assert_eq!((list.left(&course), list.at), (vec![0, 1], 0));
        list.search(&course, Some("nothing".into()));
        assert_eq!((list.left(&course), list.at), (vec![], 0));
    }
}
