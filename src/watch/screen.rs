//! The loop where there is a screen.

use std::io;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::course::Course;
use crate::out::emit;
use crate::process::signals;
use crate::show::paint::Paint;
use crate::terminal::canvas::{Buffer, Rect};
use crate::terminal::stage::{self, Step, View};
use crate::terminal::{self, Link, Screen};
use crate::trouble::{Trouble, cannot};
use crate::xray::{Live, TICK, Then, Wanted};

use super::app::{App, Next};
use super::draw::{Drawn, draw};
use super::event::{Event, Said};
use super::found;
use super::keys::action;

/// Watches on a screen.
pub fn run(course: &Course, asked: Option<&str>, paint: Paint) -> Result<(), Trouble> {
    let (sender, events) = mpsc::channel();
    let app = App::new(course, asked, paint, sender.clone())?;
    let mut shown = Shown { app, live: None, drawn: Drawn::default(), paint };
    let screen = Screen::enter().map_err(unusable)?;
    terminal::listen(&sender);
    shown.app.begin()?;
    // The terminal first, then the app: what it ends may take a moment.
    stage::run(screen, &mut shown, &events, unusable)?;
    // A signal's sender waits for the end, and reads nothing.
    if signals::caught().is_none() {
        emit(&paint.text(&found::summary(&shown.app.state)));
    }
    Ok(())
}

/// The app, and what of it is on the screen.
struct Shown {
    app: App,
    /// The x-ray, while it is what is shown.
    live: Option<Live>,
    drawn: Drawn,
    paint: Paint,
}

impl View for Shown {
    type Event = Event;

    fn look(&mut self, area: Rect, waited: bool) -> bool {
        self.live.as_mut().map_or(waited, |live| live.look(area, Instant::now()))
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer) -> Vec<Link> {
        if let Some(live) = &self.live {
            live.draw(area, buffer);
            return Vec::new();
        }
        self.drawn = draw(&self.app.state, Instant::now(), self.paint, area, buffer);
        std::mem::take(&mut self.drawn.links)
    }

    /// While a check runs the seconds pass on the screen; otherwise there is nothing to do until something happens.
    fn patience(&self) -> Duration {
        match (&self.live, &self.app.state.run) {
            (Some(_), _) => TICK,
            (None, Some(_)) => Duration::from_secs(1),
            (None, None) => Duration::MAX,
        }
    }

    fn borrow(&mut self) {
        self.app.edit();
    }

    fn take(&mut self, event: Event) -> Result<Step, Trouble> {
        match event {
            Event::Terminal(event) => return self.terminal(&event),
            Event::Work(run, said) => {
                let news = matches!(said, Said::News(_));
                _ = self.app.work(run, said);
                return Ok(if news { Step::Later } else { Step::Draw });
            }
            Event::Files(id, said) => _ = self.app.files(id, said)?,
            Event::Book(said) => self.app.book(&said),
            Event::Line(_) => {}
        }
        Ok(Step::Draw)
    }
}

impl Shown {
    fn terminal(&mut self, event: &terminal::Event) -> Result<Step, Trouble> {
        if let Some(step) = stage::usual(event) {
            return Ok(step);
        }
        let terminal::Event::Key(key) = event else { return Ok(Step::Draw) };
        if let Some(live) = &mut self.live {
            if live.key(*key) == Then::Leave {
                self.live = None;
            }
            return Ok(Step::Draw);
        }
        let Some(action) = action(&self.app.state, *key, self.drawn.beside) else { return Ok(Step::Draw) };
        match self.app.act(action, self.drawn.page, self.drawn.bottom)? {
            Next::Go => {}
            Next::Xray => self.live = Some(Live::new(Wanted::default())),
            Next::Edit => return Ok(Step::Lend),
            Next::Quit => return Ok(Step::Quit),
        }
        Ok(Step::Draw)
    }
}

fn unusable(error: io::Error) -> Trouble {
    cannot(format!("the terminal cannot be used: {error}"), "Without a screen: cargo kata --plain")
}
