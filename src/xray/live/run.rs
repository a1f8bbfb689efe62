//! The view with a terminal and a clock.

use std::io;
use std::process::id;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::exit::Answer;
use crate::terminal::{self, Event, Screen};
use crate::trouble::{Trouble, cannot};
use crate::xray::wanted::Wanted;

use super::state::{Live, Then};

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
