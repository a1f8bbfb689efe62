//! What the screen shows, and nothing of how. Nothing here asks the machine for anything.

use std::time::{Duration, Instant};

use kata::report::Report;

use crate::check::News;
use crate::check::guide::Spot;
use crate::check::judge::Judgement;
use crate::check::verdict::Verdict;
use crate::course::progress::{Board, Standing};
use crate::course::{Course, Lesson};

use super::files::How;
use super::links::Links;
use super::panel::{Kind, Panel, Question, Text};

/// Everything that the screen is a function of.
#[derive(Debug)]
pub struct State {
    pub course: Course,
    /// Where the learner stands, lesson by lesson.
    pub standings: Vec<Standing>,
    /// The lesson watched: its place in the course.
    pub lesson: usize,
    /// The check that runs, if one does.
    pub run: Option<Run>,
    /// What the last check of this lesson found.
    pub found: Option<Found>,
    pub panel: Option<Panel>,
    pub question: Option<Question>,
    /// The lesson's task, in Markdown: something to read while the lesson is built for the first time.
    pub task: String,
    /// A line that stays until the next key, or the next check but that which it brings about itself.
    pub note: Option<Note>,
    /// The hint that was opened last, of this lesson; 0 for none.
    pub hint: usize,
    /// The task was opened without being asked for, and goes with the first save.
    pub greeted: bool,
    /// How far the text is scrolled, in lines: the verdict's or the panel's.
    pub scroll: usize,
    /// How far the card was scrolled when it was last closed.
    pub read: usize,
    /// The failing test function that the learner chose to see; the first one, unless that one fails.
    pub chosen: Option<String>,
    /// How saves are noticed.
    pub how: How,
    pub links: Links,
}

/// Something that was done, or could not be.
#[derive(Debug)]
pub struct Note {
    pub text: String,
    pub since: Instant,
}

/// A check that runs.
#[derive(Debug)]
pub struct Run {
    pub since: Instant,
    /// What cargo said last.
    pub building: String,
    /// The tests, once they run.
    pub tests: Vec<Tick>,
    /// The first failure, once one is known; it need not be the first in the file.
    pub failed: Option<Box<Report>>,
}

/// A test, and how it ended if it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    pub name: String,
    pub passed: Option<bool>,
}

/// What a check found.
#[derive(Debug)]
pub struct Found {
    pub said: Said,
    pub took: Duration,
}

#[derive(Debug)]
pub enum Said {
    Judged(Box<Judgement>),
    /// The kata could not run it.
    Trouble {
        what: String,
        advice: String,
    },
}

impl Found {
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.said {
            Said::Judged(judgement) => Some(&judgement.verdict),
            Said::Trouble { .. } => None,
        }
    }
}

impl State {
    pub fn new(course: Course, standings: Vec<Standing>, lesson: usize) -> Self {
        Self {
            course,
            standings,
            lesson,
            run: None,
            found: None,
            panel: None,
            question: None,
            task: String::new(),
            note: None,
            hint: 0,
            greeted: false,
            scroll: 0,
            read: 0,
            chosen: None,
            how: How::Events,
            links: Links::default(),
        }
    }

    /// The lesson watched.
    pub fn lesson(&self) -> &Lesson {
        &self.course.lessons[self.lesson]
    }

    /// The lessons, with the one watched as that where the learner is.
    pub fn board(&self) -> Board {
        Board { standings: self.standings.clone(), fingerprints: Vec::new(), current: Some(self.lesson) }
    }

    pub fn standing(&self) -> Standing {
        self.standings[self.lesson]
    }

    /// Whether the lesson passes, or did before its files were changed.
    pub fn has_passed(&self) -> bool {
        self.standing() != Standing::NotYet
    }

    /// Whether what was found last is a pass, whole or in part, and nothing newer is on its way.
    pub fn passes(&self) -> bool {
        let passed = |found: &Found| matches!(found.verdict(), Some(Verdict::Passed(_) | Verdict::Partial(_)));
        self.run.is_none() && self.found.as_ref().is_some_and(passed)
    }

    /// The lesson to go on to: the first after this one that has not passed as it is now, or the first of all.
    pub fn next(&self) -> Option<usize> {
        let open = |place: &usize| self.standings[*place].is_open();
        let after = (self.lesson + 1..self.standings.len()).find(open);
        after.or_else(|| (0..self.lesson).find(open))
    }

    /// The test functions that failed, in their order.
    pub fn failing(&self) -> Vec<&str> {
        match self.found.as_ref().and_then(Found::verdict) {
            Some(Verdict::Failed(results)) => results.failures().map(|(test, _)| test.function()).collect(),
            _ => Vec::new(),
        }
    }

    /// Which of the failures is shown.
    pub fn shown(&self) -> usize {
        let chosen = self.chosen.as_ref().and_then(|chosen| self.failing().iter().position(|name| name == chosen));
        chosen.unwrap_or(0)
    }

    /// Shows the failure that is so many further; the first after the last.
    pub fn choose(&mut self, by: isize) {
        let failing = self.failing();
        if !failing.is_empty() {
            let next = (self.shown() + failing.len()).saturating_add_signed(by) % failing.len();
            (self.chosen, self.scroll) = (Some(failing[next].to_owned()), 0);
        }
    }

    /// The line to open: that of the failure shown, or of the compiler's first error; else the lesson's file.
    pub fn spot(&self) -> Spot {
        let guide = match &self.found {
            Some(Found { said: Said::Judged(judgement), .. }) => judgement.guides.get(self.shown()),
            _ => None,
        };
        let file = || Spot { path: format!("lessons/{}/src/lib.rs", self.lesson().folder), line: None };
        guide.map_or_else(file, |guide| guide.open.clone())
    }

    /// Whether it is the card that is read, and scrolled.
    pub fn reads_card(&self) -> bool {
        matches!(self.panel, Some(Panel::Text { kind: Kind::Task, .. }))
    }

    /// Goes to another lesson, of which nothing is known yet.
    pub fn go(&mut self, lesson: usize) {
        self.close();
        (self.lesson, self.found, self.question, self.note, self.hint) = (lesson, None, None, None, 0);
        (self.read, self.chosen) = (0, None);
    }

    /// A check has begun.
    pub fn begin(&mut self, now: Instant) {
        self.note.take_if(|note| now.saturating_duration_since(note.since) > Duration::from_secs(2));
        self.run = Some(Run { since: now, building: String::new(), tests: Vec::new(), failed: None });
    }

    /// Whether tests run, and for so long.
    pub fn has_run_for(&self, time: Duration, now: Instant) -> bool {
        let long = |run: &Run| !run.tests.is_empty() && now.saturating_duration_since(run.since) > time;
        self.run.as_ref().is_some_and(long)
    }

    /// The first failure of the check that runs, once one is known.
    pub fn failed(&self) -> Option<&Report> {
        self.run.as_ref()?.failed.as_deref()
    }

    /// News of the check that runs.
    pub fn hear(&mut self, news: News) {
        let Some(run) = &mut self.run else { return };
        match news {
            News::Building(said) => run.building = said,
            News::Running(names) => {
                run.tests = names.into_iter().map(|name| Tick { name, passed: None }).collect();
            }
            News::Failed(report) => run.failed = Some(report),
            News::Ended { name, passed } => {
                if let Some(tick) = run.tests.iter_mut().find(|tick| tick.name == name) {
                    tick.passed = Some(passed);
                }
            }
        }
    }

    /// The check that ran has ended.
    pub fn end(&mut self, found: Found) {
        if let Said::Judged(judgement) = &found.said {
            self.standings.clone_from(&judgement.board.standings);
        }
        self.run = None;
        self.found = Some(found);
        if self.panel.is_none() {
            self.scroll = 0;
        }
    }

    /// Opens a panel, at its beginning; the card where it was left.
    pub fn open(&mut self, panel: Panel) {
        self.close();
        if let Panel::Text { kind: Kind::Hint(depth), .. } = panel {
            self.hint = depth;
        }
        self.panel = Some(panel);
        self.scroll = if self.reads_card() { self.read } else { 0 };
    }

    /// Opens the task of a lesson that is not begun yet.
    pub fn greet(&mut self) {
        if !self.task.is_empty() {
            let title = "task: read it first; Esc shows what fails".to_owned();
            self.open(Panel::Text { kind: Kind::Task, title, text: Text::default() });
            self.greeted = true;
        }
    }

    /// A file was saved: a learner who writes has read the card.
    pub fn saved(&mut self) {
        if self.greeted {
            self.close();
        }
    }

    /// Closes the panel.
    pub fn close(&mut self) {
        if self.reads_card() {
            self.read = self.scroll;
        }
        (self.panel, self.scroll, self.greeted) = (None, 0, false);
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::check::guide::Guide;
    use crate::course::afterwards::Afterwards;

    /// Three lessons, the first of them done, the second watched.
    pub fn state() -> State {
        let lesson = |number, name: &str, idea: &str| Lesson {
            number,
            name: name.into(),
            folder: format!("0{number}_{name}"),
            idea: idea.into(),
            ..Lesson::default()
        };
        let lessons = vec![
            lesson(1, "key", "Two programs derive the same key from a file"),
            lesson(2, "shmget", "A key names a segment in the kernel"),
            lesson(3, "shmat", "Attaching a segment gives it an address"),
        ];
        let course = Course { root: "/kata".into(), lessons };
        State::new(course, vec![Standing::Done, Standing::NotYet, Standing::NotYet], 1)
    }

    /// What a check of the lesson watched found.
    pub fn found(verdict: Verdict) -> Found {
        let standings = state().standings;
        let judgement = Judgement {
            lesson: 1,
            verdict,
            guides: vec![Guide::default()],
            afterwards: Afterwards::default(),
            board: Board { standings, fingerprints: Vec::new(), current: Some(1) },
            unsettled: None,
            unkept: None,
        };
        Found { said: Said::Judged(Box::new(judgement)), took: Duration::from_millis(560) }
    }

    /// The judgement shown.
    pub fn judgement(state: &mut State) -> &mut Judgement {
        match &mut state.found {
            Some(Found { said: Said::Judged(judgement), .. }) => judgement,
            _ => panic!("nothing was judged"),
        }
    }

    #[test]
    fn one_goes_on_to_what_has_not_passed() {
        let mut state = state();
        assert_eq!(state.next(), Some(2));
        state.standings = vec![Standing::Changed, Standing::Done, Standing::Partial];
        assert_eq!(state.next(), Some(0));
        state.standings[0] = Standing::Done;
        assert_eq!(state.next(), None);
    }
}
