//! The view with a terminal and a clock.

use std::io;
use std::process::id;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::exit::Answer;
use crate::terminal::canvas::{Buffer, Rect};
use crate::terminal::stage::{self, Step, View};
use crate::terminal::{self, Event, Link, Screen};
use crate::trouble::{Trouble, cannot};
use crate::xray::wanted::Wanted;

use super::state::{Live, Then};

/// From one look to the next.
pub const TICK: Duration = Duration::from_millis(100);

/// Shows the segments wanted until the user leaves.
pub fn run(wanted: Wanted) -> Result<Answer, Trouble> {
    let lost = |error: io::Error| cannot(format!("the terminal: {error}"), "cargo kata xray --once");
    let mut live = Live::new(wanted);
    live.look(terminal::area().map_err(lost)?, Instant::now());
    if let Some(trouble) = live.trouble() {
        let advice = format!("`ls -l /proc/sysvipc /proc/{}/maps` shows what is missing.", id());
        return Err(cannot(trouble, advice));
    }
    let screen = Screen::enter().map_err(lost)?;
    let (sender, events) = mpsc::channel();
    terminal::listen(&sender);
    stage::run(screen, &mut Alone { live, next: Instant::now() + TICK }, &events, lost)?;
    Ok(Answer::Yes)
}

/// The view by itself, and when it looks next.
struct Alone {
    live: Live,
    next: Instant,
}

impl View for Alone {
    type Event = Event;

    fn look(&mut self, area: Rect, _waited: bool) -> bool {
        let now = Instant::now();
        if now >= self.next {
            self.next = (self.next + TICK).max(now);
        }
        self.live.look(area, now)
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer) -> Vec<Link> {
        self.live.draw(area, buffer);
        Vec::new()
    }

    fn patience(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    fn take(&mut self, event: Event) -> Result<Step, Trouble> {
        Ok(match (stage::usual(&event), event) {
            (Some(step), _) => step,
            (None, Event::Key(key)) if self.live.key(key) == Then::Leave => Step::Quit,
            (None, _) => Step::Draw,
        })
    }
}
