//! What is done: by a key, after a save, when a check has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use crate::course::exchange;
use crate::course::material;
use crate::course::progress::Board;
use crate::course::{Course, Lesson};
use crate::process::signals;
use crate::show::paint::Paint;
use crate::trouble::{Trouble, cannot};

use super::book::Book;
use super::editor::{self, Editor};
use super::event::{self, Event};
use super::files::{self, Watch};
use super::keys::{Action, Scroll};
use super::links::Links;
use super::panel::{Choice, Kind, List, Panel, Question, Text};
use super::state::{Found, Note, Said, State};
use super::texts;
use super::work::Work;

/// The state, and what works on it.
pub struct App {
    pub state: State,
    sender: Sender<Event>,
    work: Work,
    book: Option<Book>,
    /// Where the walkthrough is served.
    address: Option<String>,
    /// The number of the check whose word counts.
    run: u64,
    /// The number of the watch whose word counts.
    watch: Arc<AtomicU64>,
}

/// What the loop has to do besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Go,
    Quit,
    Xray,
    Edit,
}

impl App {
    /// Watches the lesson that `asked` means; else the current one, or the last when there is none.
    pub fn new(course: &Course, asked: Option<&str>, paint: Paint, sender: Sender<Event>) -> Result<Self, Trouble> {
        let board = Board::read(course)?;
        let lesson = match asked {
            Some(asked) => course.place(course.lesson(asked)?),
            None => board.current.unwrap_or(course.lessons.len() - 1),
        };
        let mut state = State::new(course.clone(), board.standings, lesson);
        state.links = Links::new();
        Ok(Self {
            state,
            work: Work::new(paint == Paint::Colored, sender.clone()),
            sender,
            book: None,
            address: None,
            run: 0,
            watch: Arc::default(),
        })
    }

    /// Begins to watch the lesson, and checks it.
    pub fn begin(&mut self) -> Result<(), Trouble> {
        let id = self.watch.fetch_add(1, Relaxed) + 1;
        let course = &self.state.course;
        self.state.task = material::task(course, self.state.lesson()).unwrap_or_default();
        let lessons = course.needs(self.state.lesson()).into_iter().chain([self.state.lesson()]);
        let folders: Vec<_> = lessons.map(|lesson| course.dir(lesson)).collect();
        let (sender, current) = (self.sender.clone(), Arc::clone(&self.watch));
        // Before the check begins, so that no save falls between the two.
        let watch = Watch::new(folders);
        thread::spawn(move || {
            watch.run(|| current.load(Relaxed) == id, |said| _ = sender.send(Event::Files(id, said)));
        });
        self.check()?;
        // A learner who begins a lesson reads first. An error here is not a reason to fail.
        if !self.state.has_passed() && exchange::is_untouched(&self.state.course, self.state.lesson()) == Ok(true) {
            self.state.greet();
        }
        Ok(())
    }

    /// Checks the lesson; a check that runs is ended.
    pub fn check(&mut self) -> Result<(), Trouble> {
        let started = self.work.start(&self.state.course, self.state.lesson());
        self.run = started.map_err(|error| cannot(format!("cannot start a check: {error}"), ""))?;
        self.state.begin(Instant::now());
        Ok(())
    }

    /// The files say something. Whether it was a save that is new.
    pub fn files(&mut self, id: u64, said: Result<(), files::How>) -> Result<bool, Trouble> {
        if id != self.watch.load(Relaxed) {
            return Ok(false);
        }
        match said {
            Err(how) => self.state.how = how,
            Ok(()) => {
                self.state.saved();
                self.check()?;
            }
        }
        Ok(true)
    }

    /// The check says something. Whether it has come to its end.
    pub fn work(&mut self, run: u64, said: event::Said) -> bool {
        if run != self.run {
            return false;
        }
        let (ended, took) = match said {
            event::Said::News(news) => {
                self.state.hear(news);
                return false;
            }
            event::Said::Ended(ended, took) => (ended, took),
        };
        // Nothing of ours runs now but the walkthrough's server, for which its own thread waits.
        signals::reap_strays();
        let said = match *ended {
            Ok(judgement) => Said::Judged(Box::new(judgement)),
            // What cannot be read now can be after the next save: no reason to end.
            Err(Trouble::Cannot { what, advice }) => Said::Trouble { what, advice },
            Err(Trouble::Unwanted | Trouble::Interrupted(_)) => return false,
        };
        self.state.end(Found { said, took });
        true
    }

    /// The walkthrough's server says something.
    pub fn book(&mut self, said: &str) {
        // Where it is served is what one needs when no browser opens; and it ends with the runner, by no key of its own.
        let said = said.trim_start_matches("book: ");
        if let Some(address) = said.strip_prefix("The walkthrough: ") {
            self.address = Some(address.to_owned());
        } else if said.starts_with("Ctrl-C") {
            return;
        }
        match &self.address {
            Some(address) if !said.contains(address.as_str()) => self.note(format!("book: {address}   {said}")),
            _ => self.note(format!("book: {said}")),
        }
    }

    fn note(&mut self, text: impl Into<String>) {
        self.state.note = Some(Note { text: text.into(), since: Instant::now() });
    }

    /// Does what a key asked for. `page` is how many lines are in sight, `bottom` the furthest that one can scroll.
    pub fn act(&mut self, action: Action, page: usize, bottom: usize) -> Result<Next, Trouble> {
        self.state.note = None;
        match action {
            Action::Quit => return Ok(Next::Quit),
            Action::Xray => return Ok(Next::Xray),
            Action::Run => self.check()?,
            Action::Close => self.state.close(),
            Action::Keys => self.state.open(Panel::Keys),
            Action::Lessons => {
                self.state.open(Panel::Lessons(List { at: self.state.lesson, ..List::default() }));
            }
            Action::Scroll(scroll) => {
                let at = self.state.scroll.min(bottom);
                let page = page.saturating_sub(1).max(1).cast_signed();
                self.state.scroll = match scroll {
                    Scroll::Lines(by) => at.saturating_add_signed(by),
                    Scroll::Pages(by) => at.saturating_add_signed(by * page),
                    Scroll::Top => 0,
                    Scroll::Bottom => bottom,
                }
                .min(bottom);
            }
            Action::List(choice) => self.list(choice)?,
            Action::Next => self.next()?,
            Action::Book => self.open_book(),
            Action::Hint(depth) => self.show(|course, lesson| texts::hint(course, lesson, depth)),
            Action::Task => self.open_card(),
            Action::Failure(by) => self.state.choose(by),
            Action::Edit if Editor::chosen().is_some() => return Ok(Next::Edit),
            Action::Edit => self.note(editor::none(&self.state.spot())),
            Action::Shapes if self.state.has_passed() => self.show(texts::shapes),
            Action::Shapes => self.note("What passes and is wrong is shown once the lesson passes."),
            Action::Solution if !self.state.has_passed() => self.state.question = Some(Question::ShowSolution),
            Action::Difference if !self.state.has_passed() => self.state.question = Some(Question::ShowDifference),
            Action::Solution => self.show(texts::solution),
            Action::Difference => self.show(texts::difference),
            Action::Reset => self.ask_reset(),
            Action::Answer(question, yes) => {
                self.state.question = None;
                match question {
                    _ if !yes => {}
                    Question::ShowSolution => self.show(texts::solution),
                    Question::ShowDifference => self.show(texts::difference),
                    Question::Reset => self.reset()?,
                }
            }
        }
        Ok(Next::Go)
    }

    fn open_card(&mut self) {
        let lesson = self.state.lesson();
        match material::task(&self.state.course, lesson) {
            Err(trouble) => self.note(told(&trouble)),
            Ok(card) => {
                let title = format!("task: lessons/{}/README.md", lesson.folder);
                self.state.task = card;
                self.state.open(Panel::Text { kind: Kind::Task, title, text: Text::default() });
            }
        }
    }

    /// Lets the learner edit the line to open, for as long as the editor runs: it has the terminal meanwhile.
    pub fn edit(&mut self) {
        let Some(editor) = Editor::chosen() else { return };
        if let Err(said) = editor.open(&self.state.course.root, &self.state.spot()) {
            self.note(said);
        }
    }

    fn list(&mut self, choice: Choice) -> Result<(), Trouble> {
        let Some(Panel::Lessons(list)) = &mut self.state.panel else { return Ok(()) };
        match list.choose(&self.state.course, choice) {
            Some(place) => self.go(place),
            None => Ok(()),
        }
    }

    /// To the lesson at this place in the course.
    pub fn go(&mut self, place: usize) -> Result<(), Trouble> {
        self.state.go(place);
        self.begin()
    }

    fn next(&mut self) -> Result<(), Trouble> {
        match self.state.next() {
            _ if !self.state.passes() => {
                let said = format!("Lesson {} does not pass yet. l goes to any lesson.", self.state.lesson().name);
                self.note(said);
                Ok(())
            }
            Some(place) => self.go(place),
            None => {
                self.note("There is no lesson left: every one passes.");
                Ok(())
            }
        }
    }

    /// Opens the panel that `make` makes, or says why it cannot be made.
    fn show(&mut self, make: impl FnOnce(&Course, &Lesson) -> Result<Panel, Trouble>) {
        match make(&self.state.course, self.state.lesson()) {
            Ok(panel) => self.state.open(panel),
            Err(trouble) => self.note(told(&trouble)),
        }
    }

    fn ask_reset(&mut self) {
        let lesson = self.state.lesson();
        match exchange::is_untouched(&self.state.course, lesson) {
            Ok(false) => self.state.question = Some(Question::Reset),
            Ok(true) => {
                let said = format!("Lesson {} is as it was when you got it.", lesson.name);
                self.note(said);
            }
            Err(trouble) => self.note(told(&trouble)),
        }
    }

    fn reset(&mut self) -> Result<(), Trouble> {
        // A check that passes now would note that the lesson does.
        self.work.end();
        let done = exchange::reset(&self.state.course, self.state.lesson());
        let said = match done {
            Err(trouble) => told(&trouble),
            Ok((_, Err(error))) => format!("your progress could not be kept in progress.txt: {error}"),
            Ok((said, Ok(()))) => {
                let back = said.lines().find(|line| line.starts_with("To get your code back: ")).unwrap_or_default();
                format!("Lesson {} is as it was. {back}", self.state.lesson().name).trim_end().to_owned()
            }
        };
        self.note(said);
        if let Err(trouble) = self.refresh() {
            self.note(told(&trouble));
        }
        if self.state.run.is_some() { self.check() } else { Ok(()) }
    }

    fn open_book(&mut self) {
        let opened = Book::open(&self.state.course, self.state.lesson(), self.sender.clone());
        let said = match opened {
            Ok(book) => {
                self.book = Some(book);
                "book: opening; the first time it compiles mdBook, which takes a minute or two".to_owned()
            }
            Err(error) => format!("book: cannot start cargo: {error}"),
        };
        self.note(said);
    }

    /// Reads the progress anew.
    fn refresh(&mut self) -> Result<(), Trouble> {
        self.state.standings = Board::read(&self.state.course)?.standings;
        Ok(())
    }
}

impl Drop for App {
    /// Ends what runs.
    fn drop(&mut self) {
        self.work.end();
        self.book = None;
        signals::outlive_descendants(Duration::from_secs(2));
    }
}

fn told(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Cannot { what, advice } => format!("{what}. {advice}").trim_end().to_owned(),
        Trouble::Interrupted(_) | Trouble::Unwanted => String::new(),
    }
}
