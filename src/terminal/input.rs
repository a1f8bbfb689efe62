//! What comes from the terminal and from the kernel, as events in a channel.

use std::os::fd::RawFd;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{self, KeyEvent, KeyEventKind};

use super::screen;
use crate::process::signals;

/// How long the receiver of [`Event::End`] may take to end, which includes what runs. Whoever writes to a terminal that
/// takes nothing (a connection that hangs) is held there for as long as it does.
const PATIENCE: Duration = Duration::from_secs(5);

/// What happened outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Key(KeyEvent),
    /// The window has another size.
    Resized,
    /// Somebody asked this program to stop for a while (SIGTSTP).
    Suspend,
    /// It goes on after a stop (SIGCONT).
    Continued,
    /// A signal asked it to end; [`signals::caught`] says which.
    End,
    /// There is no terminal any more.
    Gone,
}

/// Sends events for as long as somebody receives them. The threads end with the program.
pub fn listen<E: From<Event> + Send + 'static>(sender: &Sender<E>) {
    let keys = sender.clone();
    thread::spawn(move || while keys.send(read().into()).is_ok() {});
    wait(sender, signals::watch_jobs());
}

/// As [`listen`], but no key is read, and who is asked to stop for a while does so by itself.
pub fn listen_to_signals<E: From<Event> + Send + 'static>(sender: &Sender<E>) {
    wait(sender, -1);
}

/// `jobs` is a descriptor, or -1 for none.
fn wait<E: From<Event> + Send + 'static>(sender: &Sender<E>, jobs: RawFd) {
    let (ends, sender) = (signals::watch(), sender.clone());
    thread::spawn(move || {
        let mut asked = None;
        loop {
            let event = signal(ends, jobs);
            if event == Event::End && asked.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                screen::abandon(128 + signals::caught().unwrap_or_default());
            }
            if sender.send(event.into()).is_err() {
                return;
            }
        }
    });
}

fn read() -> Event {
    loop {
        return match event::read() {
            Ok(event::Event::Key(key)) if key.kind != KeyEventKind::Release => Event::Key(key),
            Ok(event::Event::Resize(..)) => {
                screen::wake_reader();
                Event::Resized
            }
            Ok(_) => continue,
            Err(_) => {
                // Without a terminal there is nothing to read, and no hurry to say so again.
                thread::sleep(Duration::from_millis(50));
                Event::Gone
            }
        };
    }
}

fn signal(ends: RawFd, jobs: RawFd) -> Event {
    loop {
        let entry = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut entries = [entry(ends), entry(jobs)];
        // SAFETY: the array is valid for its length.
        unsafe { libc::poll(entries.as_mut_ptr(), 2, -1) };
        if entries[0].revents != 0 {
            // Its pipe stays readable for ever: once is enough.
            thread::sleep(Duration::from_millis(50));
            return Event::End;
        }
        match signals::next_job() {
            Some(libc::SIGTSTP) => return Event::Suspend,
            Some(_) => return Event::Continued,
            None => {}
        }
    }
}
