//! The walkthrough's server, for as long as the runner runs.

use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};

use crate::check::cargo;
use crate::course::{Course, Lesson};
use crate::process::signals;

use super::event::Event;

/// A server that runs. Dropping it ends it.
pub struct Book {
    group: libc::pid_t,
    thread: Option<JoinHandle<()>>,
}

impl Book {
    /// Serves the walkthrough and opens it at the lesson's chapter. What the server says goes to `sender`.
    ///
    /// # Errors
    /// When cargo cannot be started.
    pub fn open(course: &Course, lesson: &Lesson, sender: Sender<Event>) -> io::Result<Self> {
        let mut cargo = cargo::book(&course.root, &format!("lessons/{}.html", lesson.folder));
        cargo.arg("--open");
        cargo.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = signals::spawn(&mut cargo)?;
        let group = child.id().cast_signed();
        let streams: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|stream| Box::new(stream) as _),
            child.stderr.take().map(|stream| Box::new(stream) as _),
        ];
        for stream in streams.into_iter().flatten() {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok).filter(|line| !line.trim().is_empty())
                {
                    _ = sender.send(Event::Book(line.trim().to_owned()));
                }
            });
        }
        signals::leave_to_its_thread(group);
        let thread = thread::spawn(move || _ = child.wait());
        Ok(Self { group, thread: Some(thread) })
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        if !thread.is_finished() {
            // SAFETY: kill touches no memory. The thread still waits for the child, so that the number is its own but
            // for the moment between its end and the thread's.
            unsafe { libc::kill(-self.group, libc::SIGKILL) };
        }
        _ = thread.join();
    }
}
