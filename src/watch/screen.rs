//! The loop where there is a screen.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::terminal::canvas::Buffer;
use crossterm::event::KeyModifiers;

use crate::course::Course;
use crate::show::paint::Paint;
use crate::terminal::{self, Screen};
use crate::trouble::{Trouble, cannot};
use crate::xray::{Live, TICK, Then, Wanted};

use super::app::{App, Next};
use super::draw::{Drawn, draw};
use super::event::{Event, Said};
use super::keys::action;

/// Watches on a screen.
pub fn run(course: &Course, asked: Option<&str>, paint: Paint) -> Result<(), Trouble> {
    let (sender, events) = mpsc::channel();
    let mut app = App::new(course, asked, paint, sender.clone())?;
    let mut screen = Screen::enter().map_err(unusable)?;
    terminal::listen(&sender);
    app.begin()?;
    let mut drawn = Drawn::default();
    let mut live: Option<Live> = None;
    // Whether the screen may have to be another one, and whether that can wait.
    let (mut due, mut urgent) = (true, true);
    let mut last = Instant::now();
    loop {
        if let Some(live) = &mut live {
            due |= live.look(terminal::area().map_err(unusable)?, Instant::now());
        }
        let shown = |area, buffer: &mut Buffer| {
            if let Some(live) = &live {
                live.draw(area, buffer);
                return Vec::new();
            }
            drawn = draw(&app.state, Instant::now(), paint, area, buffer);
            std::mem::take(&mut drawn.links)
        };
        if due && (urgent || last.elapsed() >= FRAME) {
            screen.draw(shown).map_err(unusable)?;
            (due, urgent, last) = (false, false, Instant::now());
        }
        // While a check runs the seconds pass on the screen; otherwise there is nothing to do until something happens.
        let wait = match (&live, &app.state.run) {
            (Some(_), _) => TICK,
            (None, Some(_)) if due => FRAME.saturating_sub(last.elapsed()),
            (None, Some(_)) => Duration::from_secs(1),
            (None, None) => Duration::MAX,
        };
        let first = events.recv_timeout(wait);
        due |= first.is_ok() || live.is_none();
        // What has piled up meanwhile is drawn once.
        for event in first.into_iter().chain(events.try_iter()) {
            urgent |= !is_news(&event);
            match take(&mut app, &mut live, event, &drawn)? {
                Step::Go => {}
                Step::Suspend => screen.suspend().map_err(unusable)?,
                Step::Retake => screen.retake().map_err(unusable)?,
                Step::Repaint => screen.forget(),
                // The terminal first, then the app: what it ends may take a moment.
                Step::Quit => return Ok(()),
            }
        }
    }
}

/// From one picture of a running check to the next: its tests want the processors more than the screen does.
const FRAME: Duration = Duration::from_millis(50);

/// Whether the event tells of a check that still runs.
fn is_news(event: &Event) -> bool {
    matches!(event, Event::Work(_, Said::News(_)))
}

/// What the loop does next.
enum Step {
    Go,
    Suspend,
    Retake,
    Repaint,
    Quit,
}

fn take(app: &mut App, live: &mut Option<Live>, event: Event, drawn: &Drawn) -> Result<Step, Trouble> {
    match event {
        Event::Terminal(terminal::Event::Key(key)) => {
            let control = key.modifiers.contains(KeyModifiers::CONTROL);
            if let Some(view) = live.as_mut().filter(|_| !control) {
                if view.key(key) == Then::Leave {
                    *live = None;
                }
                return Ok(Step::Go);
            }
            let Some(action) = action(&app.state, key) else { return Ok(Step::Go) };
            return Ok(match app.act(action, drawn.page, drawn.bottom)? {
                Next::Go => Step::Go,
                Next::Xray => {
                    *live = Some(Live::new(Wanted::default()));
                    Step::Go
                }
                Next::Repaint => Step::Repaint,
                Next::Quit => Step::Quit,
                Next::Suspend => Step::Suspend,
            });
        }
        Event::Terminal(terminal::Event::Resized) => return Ok(Step::Repaint),
        Event::Line(_) => {}
        Event::Terminal(terminal::Event::Suspend) => return Ok(Step::Suspend),
        Event::Terminal(terminal::Event::Continued) => return Ok(Step::Retake),
        Event::Terminal(terminal::Event::End) => return Ok(Step::Quit),
        Event::Terminal(terminal::Event::Gone) => return Err(cannot("the terminal is gone", "")),
        Event::Work(run, said) => _ = app.work(run, said),
        Event::Files(id, said) => _ = app.files(id, said)?,
        Event::Book(said) => app.book(&said),
    }
    Ok(Step::Go)
}

fn unusable(error: std::io::Error) -> Trouble {
    cannot(format!("the terminal cannot be used: {error}"), "Without a screen: cargo run -- --plain")
}
