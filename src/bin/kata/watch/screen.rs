//! The loop where there is a screen.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::course::Course;
use crate::paint::Paint;
use crate::terminal::{self, Screen};
use crate::trouble::{Trouble, cannot};
use crate::{Answer, signals};

use super::Event;
use super::app::{App, Next};
use super::draw::{Drawn, draw};
use super::keys::action;

/// Watches on a screen.
pub fn run(course: &Course, asked: Option<&str>, paint: Paint) -> Result<Answer, Trouble> {
    let (sender, events) = mpsc::channel();
    let mut app = App::new(course, asked, paint, sender.clone())?;
    let mut screen = Screen::enter().map_err(unusable)?;
    terminal::listen(&sender);
    app.begin()?;
    let mut drawn = Drawn::default();
    loop {
        screen
            .draw(|area, buffer| {
                drawn = draw(&app.state, Instant::now(), paint, area, buffer);
                std::mem::take(&mut drawn.links)
            })
            .map_err(unusable)?;
        // While a check runs the seconds pass on the screen; otherwise there is nothing to do until something happens.
        let first = if app.state.run.is_some() {
            match events.recv_timeout(Duration::from_secs(1)) {
                Err(RecvTimeoutError::Timeout) => continue,
                event => event.ok(),
            }
        } else {
            events.recv().ok()
        };
        // What has piled up meanwhile is drawn once.
        for event in first.into_iter().chain(events.try_iter()) {
            match take(&mut app, event, &drawn)? {
                Step::Go => {}
                Step::Suspend => screen.suspend().map_err(unusable)?,
                Step::Retake => screen.retake().map_err(unusable)?,
                Step::Quit => {
                    // The terminal first: what ends may take a moment.
                    drop(screen);
                    let answer = app.end();
                    signals::outlive_descendants(Duration::from_secs(2));
                    return Ok(answer);
                }
            }
        }
    }
}

/// What the loop does next.
enum Step {
    Go,
    Suspend,
    Retake,
    Quit,
}

fn take(app: &mut App, event: Event, drawn: &Drawn) -> Result<Step, Trouble> {
    match event {
        Event::Terminal(terminal::Event::Key(key)) => {
            let Some(action) = action(&app.state, key) else { return Ok(Step::Go) };
            return Ok(match app.act(action, drawn.page, drawn.bottom)? {
                Next::Go | Next::Xray => Step::Go,
                Next::Quit => Step::Quit,
                Next::Suspend => Step::Suspend,
            });
        }
        Event::Terminal(terminal::Event::Resized) | Event::Line(_) => {}
        Event::Terminal(terminal::Event::Suspend) => return Ok(Step::Suspend),
        Event::Terminal(terminal::Event::Continued) => return Ok(Step::Retake),
        Event::Terminal(terminal::Event::End | terminal::Event::Gone) => return Ok(Step::Quit),
        Event::Work(report) => _ = app.work(report)?,
        Event::Files(id, said) => _ = app.files(id, said)?,
        Event::Book(said) => app.book(said),
    }
    Ok(Step::Go)
}

fn unusable(error: std::io::Error) -> Trouble {
    cannot(format!("the terminal cannot be used: {error}"), "Without a screen: cargo run -- --plain")
}
