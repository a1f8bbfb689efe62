//! The alternate screen in raw mode, and what is on it.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode, size,
};

use super::canvas::{Buffer, Rect};
use super::sequence::{self, Link};
use crate::process::signals;

/// Whether keys come from a terminal, and what is shown goes to one.
pub fn is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The terminal while it is ours. Dropping it gives it back as it was.
pub struct Screen {
    shown: Buffer,
    links: Vec<Link>,
}

/// Whether the terminal is ours, for code that has to give it back without a [`Screen`].
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Held while the terminal's modes are read or changed, which several threads do.
static MODES: Mutex<()> = Mutex::new(());

fn modes() -> MutexGuard<'static, ()> {
    MODES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Screen {
    /// Takes the terminal. A panic on any thread gives it back before its message is printed, and ends the runner.
    ///
    /// # Errors
    /// When standard input is no terminal, or it cannot be written to.
    pub fn enter() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let print = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                if ENTERED.load(SeqCst) {
                    leave();
                    print(panic);
                    kata::process::end_all();
                    std::process::exit(101);
                }
                print(panic);
            }));
        });
        take()?;
        Ok(Self { shown: Buffer::default(), links: Vec::new() })
    }

    /// Gives the terminal back, stops this program and its process group as Ctrl-Z does, and takes the terminal again
    /// when it goes on.
    ///
    /// # Errors
    /// As [`Screen::enter`].
    pub fn suspend(&mut self) -> io::Result<()> {
        leave();
        signals::stop_group();
        self.retake()
    }

    /// Gives the terminal back while `borrow` runs, which lets another program have it, and takes it again.
    ///
    /// # Errors
    /// As [`Screen::enter`].
    pub fn lend(&mut self, borrow: impl FnOnce()) -> io::Result<()> {
        leave();
        borrow();
        self.retake()
    }

    /// Takes the terminal again after another program may have changed its modes or written to it; not if this program
    /// is to end.
    ///
    /// # Errors
    /// As [`Screen::enter`].
    pub fn retake(&mut self) -> io::Result<()> {
        if !wait_for_turn() {
            return Ok(());
        }
        leave();
        self.forget();
        take()
    }

    /// Draws everything anew next time: the terminal may have lost what it shows. A window that was made smaller and as
    /// large again has the size that it had, and not its cells.
    pub fn forget(&mut self) {
        self.shown = Buffer::default();
    }

    /// Shows what `draw` puts into the buffer, and its links. Only what has changed is written, and nothing by a program
    /// that is to end: it may be in the background.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(&mut self, draw: impl FnOnce(Rect, &mut Buffer) -> Vec<Link>) -> io::Result<()> {
        let area = area()?;
        let mut next = Buffer::empty(area);
        let links = draw(area, &mut next);
        if signals::caught().is_some() {
            return Ok(());
        }
        // A link belongs to its cells: where links move, cells that look the same are written again too.
        let anew = self.shown.area != area || self.links != links;
        if anew {
            self.shown = Buffer::empty(area);
        }
        let changed = self.shown.difference(&next);
        if anew || !changed.is_empty() {
            let mut out = Vec::new();
            queue!(out, BeginSynchronizedUpdate)?;
            if anew {
                queue!(out, SetAttribute(Attribute::Reset), Clear(ClearType::All))?;
            }
            sequence::write(&mut out, &changed, &links)?;
            queue!(out, EndSynchronizedUpdate)?;
            let mut stdout = io::stdout().lock();
            stdout.write_all(&out)?;
            stdout.flush()?;
        }
        (self.shown, self.links) = (next, links);
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

/// The window as it is now; of a terminal whose size is not known (a serial line, a container's first moment) the size
/// that terminals had.
///
/// # Errors
/// When there is no terminal.
pub fn area() -> io::Result<Rect> {
    let told = |size, usual| if size == 0 { usual } else { size };
    let (width, height) = size()?;
    Ok(Rect::new(0, 0, told(width, 80), told(height, 24)))
}

/// Stops here while this program is in the background (SIGTTOU), until the shell brings it back: the modes of the
/// terminal are the shell's own until then, and not those to give back in the end. Whether it may have the terminal now;
/// not if a signal asked it to end, which a shell's `kill` sends together with SIGCONT.
///
/// No call on the terminal is left to stop it: going on, the kernel would make that call again, and stop it again, before
/// anybody could look for the signal.
fn wait_for_turn() -> bool {
    // An orphaned group, which no shell can continue, does not stop. It learns from the terminal what it may not do.
    for _ in 0..20 {
        if is_in_foreground() {
            break;
        }
        // A signal that came with SIGCONT may be noted on another thread.
        std::thread::sleep(Duration::from_millis(50));
        if signals::caught().is_some() {
            return false;
        }
        // SAFETY: kill takes integers; 0 is this process's own group.
        unsafe { libc::kill(0, libc::SIGTTOU) };
    }
    signals::caught().is_none()
}

/// Whether the terminal is this group's; a terminal that is gone belongs to no other group. Source: tcgetpgrp(3).
fn is_in_foreground() -> bool {
    // SAFETY: both take integers at most.
    let (foreground, own) = unsafe { (libc::tcgetpgrp(libc::STDIN_FILENO), libc::getpgrp()) };
    foreground == -1 || foreground == own
}

fn take() -> io::Result<()> {
    if !wait_for_turn() {
        return Ok(());
    }
    // From before the modes change, or a signal in between would leave them so.
    signals::watch();
    signals::watch_jobs();
    {
        let _modes = modes();
        enable_raw_mode()?;
        ENTERED.store(true, SeqCst);
    }
    let mut out = io::stdout().lock();
    // Pasted text is not keys: a paste must not reset a lesson.
    let taken = queue!(out, EnterAlternateScreen, EnableBracketedPaste, Hide, Clear(ClearType::All));
    let taken = taken.and_then(|()| out.flush());
    drop(out);
    taken.inspect_err(|_| leave())
}

fn leave() {
    if !ENTERED.swap(false, SeqCst) {
        return;
    }
    // Each is tried, whatever becomes of the others: a terminal that is gone needs none.
    let mut out = io::stdout();
    _ = queue!(out, EndSynchronizedUpdate, SetAttribute(Attribute::Reset));
    _ = queue!(out, Show, DisableBracketedPaste, LeaveAlternateScreen);
    _ = out.flush();
    give_modes_back();
}

/// In the background they are the shell's already, and to touch them would stop this program.
fn give_modes_back() {
    let _modes = modes();
    if is_in_foreground() {
        _ = disable_raw_mode();
    }
}

/// Makes the thread that waits for keys check again whether there are some. crossterm 0.29 waits for the moment at
/// which some arrive (epoll's edges), and forgets it when the window's size changes at the same moment: the key would
/// wait for the next one.
///
/// To set the modes that the terminal has wakes all who wait for it. Source: n_tty_set_termios in drivers/tty/n_tty.c.
pub fn wake_reader() {
    let _modes = modes();
    if !ENTERED.load(SeqCst) || !is_in_foreground() {
        return;
    }
    // SAFETY: an all-zero termios is a valid one.
    let mut modes: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: tcgetattr writes into `modes` alone.
    if unsafe { libc::tcgetattr(libc::STDIN_FILENO, &mut modes) } == 0 {
        // SAFETY: tcsetattr reads `modes`, which tcgetattr has filled.
        unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, &modes) };
    }
}

/// Ends the runner and what it runs without a word to the terminal, which takes none; its modes are given back.
pub fn abandon(status: i32) -> ! {
    give_modes_back();
    kata::process::end_all();
    std::process::exit(status)
}
