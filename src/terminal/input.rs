//! What comes from the terminal and from the kernel, as events in a channel.

use std::io::{Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{self, KeyEvent, KeyEventKind};

use super::screen;
use crate::process::signals;

/// How long the receiver of [`Event::End`] may take to end, which includes what runs. A program that writes to a terminal that
/// takes nothing (a connection that hangs) is held there for as long as it does.
const PATIENCE: Duration = Duration::from_secs(5);

/// What happened outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Key(KeyEvent),
    /// The window has another size.
    Resized,
    /// Another process or the user asked this program to stop for a while (SIGTSTP).
    Suspend,
    /// It goes on after a stop (SIGCONT).
    Continued,
    /// A signal asked it to end; [`signals::caught`] says which.
    End,
    /// There is no terminal any more.
    Gone,
}

/// Sends events for as long as they are received. The threads end with the program.
pub fn listen<E: From<Event> + Send + 'static>(sender: &Sender<E>) {
    let (keys, held) = (sender.clone(), HOLD.lock().map_or(None, |mut hold| reader(&mut hold)));
    thread::spawn(move || {
        let send = |event: Event| keys.send(event.into()).is_ok();
        while wait_for_keys(held.as_ref()) && read(send) {}
    });
    wait(sender, signals::watch_jobs());
}

/// The end of [`hold`]'s line to the thread that reads keys.
static HOLD: Mutex<Option<UnixStream>> = Mutex::new(None);

fn reader(hold: &mut Option<UnixStream>) -> Option<UnixStream> {
    let (here, there) = UnixStream::pair().ok()?;
    // The thread may wait for the rest of a key's sequence, and is not waited for then.
    here.set_read_timeout(Some(Duration::from_millis(200))).ok()?;
    *hold = Some(here);
    Some(there)
}

/// Runs `run` while no key is read: they are for the program that has the terminal then.
pub fn hold<T>(run: impl FnOnce() -> T) -> T {
    let hold = HOLD.lock();
    let line = hold.as_deref().ok().and_then(Option::as_ref);
    if let Some(mut line) = line {
        _ = line.write_all(b"h").and_then(|()| line.read_exact(&mut [0]));
    }
    let done = run();
    if let Some(mut line) = line {
        _ = line.write_all(b"g");
    }
    done
}

/// Waits until there may be keys to read; not while they are held. Whether there is a terminal still.
fn wait_for_keys(held: Option<&UnixStream>) -> bool {
    loop {
        let entry = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut entries = [entry(libc::STDIN_FILENO), entry(held.map_or(-1, AsRawFd::as_raw_fd))];
        // SAFETY: the array is valid for its length.
        unsafe { libc::poll(entries.as_mut_ptr(), 2, -1) };
        if let Some(mut held) = held.filter(|_| entries[1].revents != 0) {
            let mut word = [0];
            _ = held
                .read_exact(&mut word)
                .and_then(|()| held.write_all(b"h"))
                .and_then(|()| held.read_exact(&mut word));
        } else if entries[0].revents != 0 {
            return true;
        }
    }
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

/// Reads the keys that are there, and sends them. Returns whether they are received.
fn read(send: impl Fn(Event) -> bool) -> bool {
    // crossterm 0.29 reads a terminal that has hung up again and again.
    if has_hung_up() {
        thread::sleep(Duration::from_millis(50));
        return send(Event::Gone);
    }
    let mut any = false;
    loop {
        match event::poll(Duration::ZERO) {
            Ok(true) => {}
            // It forgets that there are more than it reads at a time.
            Ok(false) => {
                if !any {
                    screen::wake_reader();
                }
                return true;
            }
            Err(_) => return send(Event::Gone),
        }
        any = true;
        match event::read() {
            Ok(event::Event::Key(key)) if key.kind != KeyEventKind::Release && !send(Event::Key(key)) => return false,
            // Of another size the signal tells.
            Ok(_) => {}
            Err(_) => return send(Event::Gone),
        }
    }
}

/// Whether the other end of the terminal is closed.
fn has_hung_up() -> bool {
    let mut entry = libc::pollfd { fd: libc::STDIN_FILENO, events: libc::POLLIN, revents: 0 };
    // SAFETY: one entry, which is ours.
    let count = unsafe { libc::poll(&mut entry, 1, 0) };
    count == 1 && entry.revents & (libc::POLLHUP | libc::POLLERR | libc::POLLNVAL) != 0
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
            Some(libc::SIGWINCH) => return Event::Resized,
            Some(_) => return Event::Continued,
            None => {}
        }
    }
}
