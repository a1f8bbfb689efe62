//! A pseudo-terminal with a program in it: an emulator shows what it prints, and a test types.

use std::fs::{File, OpenOptions};
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::num::NonZeroU16;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::processes::{self, Process};

pub const ENTER: &str = "\r";
pub const ESC: &str = "\x1b";
pub const CTRL_C: &str = "\x03";
pub const CTRL_L: &str = "\x0c";
pub const CTRL_Z: &str = "\x1a";
pub const UP: &str = "\x1b[A";
pub const DOWN: &str = "\x1b[B";
pub const PAGE_DOWN: &str = "\x1b[6~";
pub const HOME: &str = "\x1b[H";
pub const END: &str = "\x1b[F";

/// What a machine under load may need; nobody waits for it in vain but a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Leads the session, as a shell does for its programs: says how the program ended, and keeps the terminal open.
pub const LEADER: &str = "trap : INT QUIT; \"$@\"; echo \"[ended: $?]\"; exec cat";

/// A terminal, and the session in it. Dropping it ends both.
pub struct Terminal {
    master: File,
    leader: Child,
    mark: String,
    view: Arc<View>,
    /// How long it waits for what is to be seen.
    pub patience: Duration,
    /// Dropped to end the reader.
    open: Option<PipeWriter>,
    reader: Option<thread::JoinHandle<()>>,
}

/// What is seen of a terminal.
struct View {
    state: Mutex<State>,
    news: Condvar,
}

struct State {
    emulator: vt100::Parser<Frame>,
    printed: Vec<u8>,
}

/// Whether the program is in the middle of a frame. Source: the synchronized output mode, DECSET 2026.
#[derive(Default)]
struct Frame {
    unfinished: bool,
}

impl vt100::Callbacks for Frame {
    fn unhandled_csi(&mut self, _: &mut vt100::Screen, i: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        if (i, params) == (Some(b'?'), &[&[2026]]) {
            self.unfinished = c == 'h';
        }
    }
}

impl Terminal {
    /// Runs `command` in a terminal of this many rows and columns.
    pub fn run(command: &Command, rows: u16, columns: u16) -> Self {
        let (master, slave) = open(rows, columns).expect("a pseudo-terminal");
        let mut leader = Command::new("sh");
        leader.args(["-c", LEADER, "sh"]).arg(command.get_program()).args(command.get_args());
        leader.env("TERM", "xterm-256color").env_remove("NO_COLOR").env_remove("COLUMNS").env_remove("LINES");
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => leader.env(name, value),
                None => leader.env_remove(name),
            };
        }
        command.get_current_dir().map(|dir| leader.current_dir(dir));
        let mark = processes::mark();
        leader.env(processes::MARK, &mark);
        let stream = || Stdio::from(slave.try_clone().expect("another descriptor"));
        leader.stdin(stream()).stdout(stream()).stderr(stream());
        // SAFETY: setsid, signal and ioctl are async-signal-safe, and touch no memory.
        unsafe { leader.pre_exec(lead) };
        let leader = leader.spawn().expect("sh starts");

        let emulator = vt100::Parser::new_with_callbacks(some(rows), some(columns), 0, Frame::default());
        let state = Mutex::new(State { emulator, printed: Vec::new() });
        let view = Arc::new(View { state, news: Condvar::new() });
        let (closed, open) = io::pipe().expect("a pipe");
        let (seen, from) = (Arc::clone(&view), master.try_clone().expect("another descriptor"));
        let reader = Some(thread::spawn(move || read(from, &closed, &seen)));
        Self { master, leader, mark, view, patience: PATIENCE, open: Some(open), reader }
    }

    pub fn type_keys(&mut self, keys: &str) {
        self.type_bytes(keys.as_bytes());
    }

    pub fn type_bytes(&mut self, keys: &[u8]) {
        self.master.write_all(keys).expect("a process holds the terminal");
    }

    /// Waits until `done` says yes to the screen, at the end of a frame.
    #[track_caller]
    pub fn until(&self, what: &str, done: impl Fn(&vt100::Screen) -> bool) {
        let until = Instant::now() + self.patience;
        let mut state = self.view.lock();
        loop {
            if !state.emulator.callbacks().unfinished && done(state.emulator.screen()) {
                return;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(state);
                panic!("{what}: not after {:?}. The screen:\n{}", self.patience, self.picture());
            }
            state = self.view.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until the screen holds `text`.
    #[track_caller]
    pub fn shows(&self, text: &str) {
        self.until(&format!("the screen shows {text:?}"), |screen| screen.contents().contains(text));
    }

    /// Waits until the screen does not hold `text`.
    #[track_caller]
    pub fn hides(&self, text: &str) {
        self.until(&format!("the screen does not show {text:?}"), |screen| !screen.contents().contains(text));
    }

    /// Waits until the program ends, by itself or by a signal; its exit status, as a shell has it.
    #[track_caller]
    pub fn wait(&self) -> i32 {
        let status = |screen: &vt100::Screen| {
            screen.contents().split_once("[ended: ").and_then(|(_, rest)| rest.split_once(']')?.0.parse::<i32>().ok())
        };
        self.until("the program ends", |screen| status(screen).is_some());
        status(self.view.lock().emulator.screen()).expect("it was there")
    }

    /// The lines that are on the screen.
    pub fn contents(&self) -> String {
        self.view.lock().emulator.screen().contents()
    }

    /// A row of the screen, from 0 on.
    pub fn row(&self, row: u16) -> String {
        self.view.lock().emulator.screen().rows(0, u16::MAX).nth(row.into()).unwrap_or_default()
    }

    /// Every byte that was printed up to now.
    pub fn printed(&self) -> Vec<u8> {
        self.view.lock().printed.clone()
    }

    pub fn in_alternate_screen(&self) -> bool {
        self.view.lock().emulator.screen().alternate_screen()
    }

    pub fn cursor_is_visible(&self) -> bool {
        !self.view.lock().emulator.screen().hide_cursor()
    }

    pub fn resize(&self, rows: u16, columns: u16) {
        self.view.lock().emulator.set_size(some(rows), some(columns));
        set_size(&self.master, rows, columns).expect("another size");
    }

    /// Shows what nobody in the session has printed.
    pub fn scribble(&self, text: &str) {
        self.view.lock().emulator.process(text.as_bytes());
    }

    /// The terminal's modes, as `stty -g` prints them.
    pub fn modes(&self) -> String {
        // SAFETY: an all-zero termios is a valid one.
        let mut modes: libc::termios = unsafe { std::mem::zeroed() };
        // SAFETY: tcgetattr writes into `modes` alone. On Linux the master speaks for its terminal.
        let known = unsafe { libc::tcgetattr(self.master.as_raw_fd(), &mut modes) };
        assert_eq!(known, 0, "{}", io::Error::last_os_error());
        let flags = [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag].map(|flags| format!("{flags:x}"));
        let characters = modes.c_cc.iter().map(|character| format!("{character:x}"));
        flags.into_iter().chain(characters).collect::<Vec<_>>().join(":")
    }

    /// Who was started in it, also those that left its session.
    pub fn processes(&self) -> Vec<Process> {
        processes::marked(&self.mark)
    }

    /// The process that runs this program.
    #[track_caller]
    pub fn process(&self, program: &Path) -> Process {
        let found = self.processes().into_iter().find(|process| process.runs(program));
        found.unwrap_or_else(|| panic!("nobody runs {}:\n{:#?}", program.display(), self.processes()))
    }

    /// Closes the window: what its programs get is SIGHUP, and a terminal that is no more.
    pub fn close(&mut self) {
        self.stop_reading();
        self.master = File::open("/dev/null").expect("/dev/null");
    }

    /// Takes nothing more of what programs write, as a connection does that hangs; and there is no room left for it.
    pub fn hang(&mut self) {
        self.stop_reading();
        let mut slave = File::from(slave(&self.master, libc::O_NONBLOCK).expect("another descriptor"));
        while slave.write(b" ").is_ok() {}
    }

    fn stop_reading(&mut self) {
        drop(self.open.take());
        _ = self.reader.take().map(thread::JoinHandle::join);
    }

    /// The screen with a frame around it, and what else a person could tell of the terminal.
    fn picture(&self) -> String {
        let state = self.view.lock();
        let screen = state.emulator.screen();
        let columns = usize::from(screen.size().1.get());
        let edge = format!("+{}+\n", "-".repeat(columns));
        let rows: String = screen.rows(0, u16::MAX).map(|row| format!("|{row:columns$}|\n")).collect();
        let (alternate, hidden) = (screen.alternate_screen(), screen.hide_cursor());
        let unfinished = state.emulator.callbacks().unfinished;
        format!(
            "{edge}{rows}{edge}alternate screen: {alternate}, cursor hidden: {hidden}, frame unfinished: {unfinished}"
        )
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.stop_reading();
        // By its number: in the midst of an exec it has no environment to be known by.
        _ = self.leader.kill();
        processes::end(&self.mark);
        _ = self.leader.wait();
    }
}

impl View {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that failed has taken nothing with it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Source: pty(7), ioctl_tty(2). Every descriptor is closed in a child that is started meanwhile: a process that held one would
/// keep the terminal open.
fn open(rows: u16, columns: u16) -> io::Result<(File, OwnedFd)> {
    let master = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOCTTY).open("/dev/ptmx")?;
    // SAFETY: unlockpt takes an integer.
    checked(unsafe { libc::unlockpt(master.as_raw_fd()) })?;
    let slave = slave(&master, 0)?;
    set_size(&master, rows, columns)?;
    Ok((master, slave))
}

fn slave(master: &File, flags: libc::c_int) -> io::Result<OwnedFd> {
    let flags = flags | libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: this request takes an integer.
    let slave = checked(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCGPTPEER, flags) })?;
    // SAFETY: it was just opened, and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(slave) })
}

fn set_size(master: &File, rows: u16, columns: u16) -> io::Result<()> {
    let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: this request reads a winsize.
    checked(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) }).map(drop)
}

/// In the child: a session of its own, with the terminal. The program that started the tests may have ignored signals.
fn lead() -> io::Result<()> {
    for signal in
        [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP, libc::SIGTERM, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU]
    {
        // SAFETY: signal takes two integers here.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: setsid takes nothing; a process that was just forked leads no group.
    checked(unsafe { libc::setsid() })?;
    // SAFETY: this request takes an integer.
    checked(unsafe { libc::ioctl(0, libc::TIOCSCTTY, 0) }).map(drop)
}

fn read(mut from: File, closed: &PipeReader, view: &View) {
    let entry = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    let mut buffer = [0; 4096];
    loop {
        let mut entries = [entry(from.as_raw_fd()), entry(closed.as_raw_fd())];
        // SAFETY: the array is valid for its length.
        unsafe { libc::poll(entries.as_mut_ptr(), 2, -1) };
        if entries[1].revents != 0 {
            return;
        }
        // EIO: nobody has the terminal open any more.
        let Ok(count) = from.read(&mut buffer) else { return };
        let mut state = view.lock();
        state.emulator.process(&buffer[..count]);
        state.printed.extend_from_slice(&buffer[..count]);
        view.news.notify_all();
    }
}

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn some(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).expect("a terminal has cells")
}
