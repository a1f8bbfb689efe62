//! The check that runs at the moment, in a separate thread.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crate::check::Following;
use crate::check::judge;
use crate::course::{Course, Lesson};
use crate::process::child::Stop;
use crate::trouble::cannot;

use super::event::{Event, Said};

/// Runs one check at a time.
#[derive(Debug)]
pub struct Work {
    colored: bool,
    sender: Sender<Event>,
    run: u64,
    current: Option<(Arc<Stop>, JoinHandle<()>)>,
}

impl Work {
    pub fn new(colored: bool, sender: Sender<Event>) -> Self {
        Self { colored, sender, run: 0, current: None }
    }

    /// Ends the check that runs, if one does, and starts the next. Its number.
    ///
    /// # Errors
    /// When there is no descriptor left to end it with.
    pub fn start(&mut self, course: &Course, lesson: &Lesson) -> io::Result<u64> {
        let stop = Arc::new(Stop::new()?);
        let before = self.current.take();
        if let Some((stop, _)) = &before {
            stop.now();
        }
        self.run += 1;
        let (run, colored, sender) = (self.run, self.colored, self.sender.clone());
        let (course, lesson, ending) = (course.clone(), lesson.clone(), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            // Two at a time would fight over cargo's lock.
            if let Some((_, thread)) = before {
                _ = thread.join();
            }
            let start = Instant::now();
            let send = |said| _ = sender.send(Event::Work(run, said));
            let told = |news| send(Said::News(news));
            let following = Following { stop: Some(&ending), told: Some(&told) };
            // The code that waits for the end must not wait for ever.
            let ended = panic::catch_unwind(AssertUnwindSafe(|| judge::judge(&course, &lesson, colored, following)));
            let ended = ended.unwrap_or_else(|_| Err(cannot("the kata itself panicked: please report it", "")));
            send(Said::Ended(Box::new(ended), start.elapsed()));
        });
        self.current = Some((stop, thread));
        Ok(run)
    }

    /// Ends the check that runs, and waits until its processes are gone.
    pub fn end(&mut self) {
        if let Some((stop, thread)) = self.current.take() {
            stop.now();
            _ = thread.join();
        }
    }
}
