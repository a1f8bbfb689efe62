//! The segments as they are now, ten times a second, on the terminal's whole screen.
//!
//! [`Live`] is the view: what it knows is changed by [`Live::look`] and [`Live::key`], and [`Live::draw`] is a function
//! of it alone. [`run`] gives it a terminal and a clock.

mod detail;
mod draw;
mod help;
mod layout;
mod people;
mod rows;
mod state;
mod table;
mod watched;

use std::io;
use std::process::id;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

pub use state::{Live, Then};

use super::frame::Wanted;
use crate::exit::Answer;
use crate::terminal::{self, Event, Screen};
use crate::trouble::{Trouble, cannot};

/// From one look to the next.
pub const TICK: Duration = Duration::from_millis(100);

/// Shows the segments wanted until somebody leaves.
pub fn run(wanted: Wanted) -> Result<Answer, Trouble> {
    let lost = |error: io::Error| cannot(format!("the terminal: {error}"), "cargo kata xray --once");
    let mut live = Live::new(wanted);
    live.look(terminal::area().map_err(lost)?, Instant::now());
    if let Some(trouble) = live.trouble() {
        let advice = format!("`ls -l /proc/sysvipc /proc/{}/maps` shows what is missing.", id());
        return Err(cannot(trouble, advice));
    }
    let mut screen = Screen::enter().map_err(lost)?;
    let (sender, events) = mpsc::channel();
    terminal::listen(&sender);
    show(&live, &mut screen).map_err(lost)?;
    let mut next = Instant::now() + TICK;
    loop {
        // Whether the terminal may have lost what was drawn.
        let again = match events.recv_timeout(next.saturating_duration_since(Instant::now())) {
            Ok(Event::Key(key)) if key == control('c') => return Ok(Answer::Yes),
            Ok(Event::Key(key)) if key == control('z') => screen.suspend().map(|()| true),
            Ok(Event::Key(key)) if key == control('l') => {
                screen.forget();
                Ok(true)
            }
            Ok(Event::Key(key)) => match live.key(key) {
                Then::Leave => return Ok(Answer::Yes),
                Then::Stay => Ok(false),
            },
            Ok(Event::Resized) => {
                screen.forget();
                Ok(true)
            }
            Ok(Event::Suspend) => screen.suspend().map(|()| true),
            Ok(Event::Continued) => screen.retake().map(|()| true),
            // Which signal it was, main knows.
            Ok(Event::End) => return Ok(Answer::Yes),
            Ok(Event::Gone) | Err(RecvTimeoutError::Disconnected) => return Err(cannot("the terminal is gone", "")),
            Err(RecvTimeoutError::Timeout) => {
                next = (next + TICK).max(Instant::now());
                Ok(false)
            }
        };
        let again = again.map_err(lost)?;
        if live.look(terminal::area().map_err(lost)?, Instant::now()) || again {
            show(&live, &mut screen).map_err(lost)?;
        }
    }
}

fn control(key: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(key), KeyModifiers::CONTROL)
}

fn show(live: &Live, screen: &mut Screen) -> io::Result<()> {
    screen.draw(|area, buffer| {
        live.draw(area, buffer);
        Vec::new()
    })
}

#[cfg(test)]
mod tests;
