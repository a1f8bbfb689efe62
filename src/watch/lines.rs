//! The loop where there is no screen: for a screen reader, and for a terminal that moves no cursor. The same letters as
//! on the screen, each followed by Enter.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::course::Course;
use crate::course::progress::Standing;
use crate::out::emit;
use crate::process::signals;
use crate::show::paint::Paint;
use crate::show::{Scene, board, outcome};
use crate::terminal;
use crate::trouble::Trouble;

use super::app::{App, Next};
use super::event::Event;
use super::keys::{Action, action};
use super::panel::{Kind, Panel};
use super::state::{Found, Said, State};
use super::{bars, body, found};

const PAINT: Paint = Paint::Words;

/// Watches, and tells line by line.
pub fn run(course: &Course, asked: Option<&str>) -> Result<(), Trouble> {
    let (sender, events) = mpsc::channel();
    let mut app = App::new(course, asked, PAINT, sender.clone())?;
    terminal::listen_to_signals(&sender);
    listen(sender);
    emit(&PAINT.text(&board::greeting()));
    emit(&(PAINT.text(&board::board(course, &app.state.board())) + "\n"));
    app.begin()?;
    let lesson = app.state.lesson();
    let file = format!("lessons/{}/src/lib.rs", lesson.folder);
    emit(&format!(
        "Write {file} in your editor: each time you save it, its tests run. Type t, then Enter, for the task.\n"
    ));
    emit(&format!("Checking lesson {}.\n", lesson.name));
    for event in events {
        let quit = match event {
            Event::Line(None) => true,
            Event::Line(Some(line)) => typed(&mut app, line.trim())? == Next::Quit,
            Event::Terminal(event) => matches!(event, terminal::Event::End | terminal::Event::Gone),
            Event::Work(run, said) => {
                if app.work(run, said) {
                    emit(&told(&app.state));
                    emit("Type h for a hint, question mark for all letters, q to quit; then Enter.\n");
                }
                false
            }
            Event::Files(id, said) => {
                let saved = said.is_ok();
                if app.files(id, said)? && saved {
                    emit("Saved. Checking again.\n");
                }
                false
            }
            Event::Book(said) => {
                emit(&format!("book: {said}\n"));
                false
            }
        };
        if quit {
            break;
        }
    }
    if signals::caught().is_none() {
        emit(&PAINT.text(&found::summary(&app.state)));
    }
    Ok(())
}

/// Sends what is typed, until there is no more.
fn listen(sender: Sender<Event>) {
    thread::spawn(move || {
        let Ok(stdin) = io::stdin().as_fd().try_clone_to_owned() else { return };
        let stdin = BufReader::new(Patient(File::from(stdin)));
        // Not every terminal types UTF-8.
        for line in stdin.split(b'\n').map_while(Result::ok) {
            if sender.send(Event::Line(Some(String::from_utf8_lossy(&line).into_owned()))).is_err() {
                return;
            }
        }
        _ = sender.send(Event::Line(None));
    });
}

/// Reads from a terminal when there is something to read. A program that waits in read(2) while a shell stops this program, and
/// then sends SIGTERM and SIGCONT, is stopped again before anybody could look for the signal: the kernel makes that call
/// again, in the background.
struct Patient(File);

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut entry = libc::pollfd { fd: self.0.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one entry, which is ours.
        while unsafe { libc::poll(&mut entry, 1, -1) } == -1 {}
        self.0.read(buffer)
    }
}

/// Does what a line asks for, and tells what came of it.
fn typed(app: &mut App, line: &str) -> Result<Next, Trouble> {
    // In the list a lesson is named.
    if let Some(Panel::Lessons(_)) = app.state.panel
        && let Ok(lesson) = app.state.course.lesson(line)
        && let Some(place) = app.state.course.lessons.iter().position(|other| other == lesson)
    {
        app.go(place)?;
        emit(&format!("Checking lesson {}.\n", app.state.lesson().name));
        return Ok(Next::Go);
    }
    let mut letters = line.chars();
    let code = match (letters.next(), letters.next()) {
        (None, _) => KeyCode::Enter,
        (Some(letter), None) => KeyCode::Char(letter),
        _ => {
            emit("Type one letter, then Enter; question mark for all letters.\n");
            return Ok(Next::Go);
        }
    };
    // What was told is told; only a hint goes on where it was.
    if !matches!(app.state.panel, Some(Panel::Text { kind: Kind::Hint(_), .. })) {
        app.state.close();
    }
    let (before, lesson) = (app.state.panel.clone(), app.state.lesson);
    let Some(action) = action(&app.state, KeyEvent::new(code, KeyModifiers::NONE), false) else {
        emit("That letter means nothing here; question mark for all letters.\n");
        return Ok(Next::Go);
    };
    let next = app.act(action, 0, 0)?;
    match next {
        Next::Xray => emit("The live view needs a screen. Once: cargo kata xray --once\n"),
        Next::Edit => emit(&format!("An editor needs the terminal for itself. The line: {}\n", app.state.spot())),
        Next::Go | Next::Quit => {}
    }
    let state = &app.state;
    if let Some(question) = state.question {
        emit(&format!("{}; then Enter\n", bars::asked(state, question)));
    } else if let Some(note) = &state.note {
        emit(&format!("{}\n", note.text));
    } else if let Action::Answer(_, false) = action {
        emit("Then not.\n");
    } else if state.lesson != lesson || code == KeyCode::Char('r') {
        emit(&format!("Checking lesson {}.\n", state.lesson().name));
    } else if state.panel != before && state.panel.is_some() {
        emit(&format!(
            "{}\n\n{}\n",
            body::title(state, false),
            PAINT.text(&body::text(state, Instant::now(), 80, false))
        ));
        if let Some(Panel::Lessons(_)) = state.panel {
            emit("Type a lesson's number or name, then Enter.\n");
        }
    }
    Ok(next)
}

/// What was found, in words.
fn told(state: &State) -> String {
    let Some(Found { said, .. }) = &state.found else { return String::new() };
    let mut text = match said {
        Said::Trouble { what, advice } => PAINT.text(&outcome::trouble(what, advice)),
        Said::Judged(judgement) => PAINT.text(&Scene::new(&state.course, judgement).verdict()),
    };
    if let Said::Judged(judgement) = said
        && let Some(error) = &judgement.unkept
    {
        text += &format!("Your progress could not be kept in progress.txt: {error}\n");
    }
    if state.passes() && state.standing() == Standing::Done && state.next().is_some() {
        text += "Enter alone goes on to the next lesson.\n";
    }
    text
}
