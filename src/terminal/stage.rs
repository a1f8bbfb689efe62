//! The one event loop of what has the whole screen: it takes events in turn, and draws when there is something to draw.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyModifiers};

use super::canvas::{Buffer, Rect};
use super::input::{self, Event};
use super::screen::{Screen, area};
use super::sequence::Link;
use crate::trouble::{Trouble, cannot};

/// From one picture to the next where it can wait: what runs meanwhile wants the processors more than the screen does.
const FRAME: Duration = Duration::from_millis(50);

/// What has the whole screen.
pub trait View {
    /// What it takes in turn.
    type Event;

    /// Looks at what is to be drawn into `area`; `waited` is whether nothing came for as long as it has patience. Whether
    /// there is anything else to draw than before.
    fn look(&mut self, area: Rect, waited: bool) -> bool;

    /// Draws what it knows, and says what in it are links.
    fn draw(&mut self, area: Rect, buffer: &mut Buffer) -> Vec<Link>;

    /// Lets another program have the terminal, until it has ended: [`Step::Lend`].
    fn borrow(&mut self) {}

    /// How long it waits for an event before it looks again.
    fn patience(&self) -> Duration;

    /// Takes an event.
    ///
    /// # Errors
    /// What ends the loop.
    fn take(&mut self, event: Self::Event) -> Result<Step, Trouble>;
}

/// What follows from an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is something else to draw, at once.
    Draw,
    /// There is, and it can wait for a moment.
    Later,
    /// Everything is drawn anew: the terminal may have lost what it shows.
    Repaint,
    Suspend,
    /// Another program has the terminal for a while.
    Lend,
    /// This program goes on after a stop.
    Retake,
    Quit,
    /// There is no terminal any more.
    Gone,
}

/// What an event means that means the same everywhere; nothing for other keys.
pub fn usual(event: &Event) -> Option<Step> {
    Some(match event {
        Event::Key(key) if key.modifiers == KeyModifiers::CONTROL => match key.code {
            KeyCode::Char('c') => Step::Quit,
            KeyCode::Char('z') => Step::Suspend,
            KeyCode::Char('l') => Step::Repaint,
            _ => return None,
        },
        Event::Key(_) => return None,
        Event::Resized => Step::Repaint,
        Event::Suspend => Step::Suspend,
        Event::Continued => Step::Retake,
        // Which signal it was, main knows.
        Event::End => Step::Quit,
        Event::Gone => Step::Gone,
    })
}

/// Shows `view` on `screen` and gives it `events`, until one of them ends it. The terminal is given back before this
/// returns.
///
/// # Errors
/// What the view cannot do; what `unusable` makes of a terminal that cannot be written to; and that there is none any more.
pub fn run<V: View>(
    mut screen: Screen,
    view: &mut V,
    events: &Receiver<V::Event>,
    unusable: impl Fn(io::Error) -> Trouble,
) -> Result<(), Trouble> {
    let gone = || cannot("the terminal is gone", "");
    // Whether the screen may have to be another one, and whether that is wanted at once.
    let (mut due, mut urgent, mut waited) = (true, true, false);
    let mut last = Instant::now();
    loop {
        due |= view.look(area().map_err(&unusable)?, waited);
        if due && (urgent || last.elapsed() >= FRAME) {
            screen.draw(|area, buffer| view.draw(area, buffer)).map_err(&unusable)?;
            (due, urgent, last) = (false, false, Instant::now());
        }
        let patience = view.patience();
        let wait = if due { patience.min(FRAME.saturating_sub(last.elapsed())) } else { patience };
        let first = match events.recv_timeout(wait) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return Err(gone()),
        };
        waited = first.is_none();
        // What has piled up meanwhile is drawn once.
        for event in first.into_iter().chain(events.try_iter()) {
            let step = view.take(event)?;
            due = true;
            urgent |= step != Step::Later;
            match step {
                Step::Draw | Step::Later => {}
                Step::Repaint => screen.forget(),
                Step::Lend => input::hold(|| screen.lend(|| view.borrow())).map_err(&unusable)?,
                Step::Suspend => screen.suspend().map_err(&unusable)?,
                Step::Retake => screen.retake().map_err(&unusable)?,
                Step::Quit => return Ok(()),
                Step::Gone => return Err(gone()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEvent;

    #[test]
    fn a_control_key_means_the_same_everywhere_and_a_letter_nothing() {
        let press = |code, modifiers| usual(&Event::Key(KeyEvent::new(KeyCode::Char(code), modifiers)));
        let steps = ['c', 'z', 'l', 'd'].map(|code| press(code, KeyModifiers::CONTROL));
        assert_eq!(steps, [Some(Step::Quit), Some(Step::Suspend), Some(Step::Repaint), None]);
        assert_eq!(press('c', KeyModifiers::NONE), None);
        assert_eq!(usual(&Event::Continued), Some(Step::Retake));
    }
}
