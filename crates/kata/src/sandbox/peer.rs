//! Running a lesson's programs beside a test: exec, feed, wait, and say who printed what.

use std::{
    borrow::Cow,
    ffi::{OsStr, OsString},
    io::{Read, Write},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use libc::pid_t;

use crate::{
    crash,
    process::{self, Process, activity, ending, signal_name},
    report::{How, Spot, cause_of},
    runner::{body::Log, folder::Folder, spawn::die_with_parent},
};

/// How long output may still come after a program has ended, from a child of the program that holds the pipe.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// How long a text may take to appear: a hundred times what the slowest machine needs.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many bytes of each stream are kept: enough for any lesson, little for a program that prints without end.
const KEPT: usize = 1 << 20;

/// A program to run, not yet started. Made by [`Sandbox::program`](super::Sandbox::program).
#[derive(Debug)]
pub struct Program<'s> {
    log: &'s Log,
    folder: &'s Folder,
    path: PathBuf,
    arguments: Vec<OsString>,
    input: Option<Vec<u8>>,
}

impl<'s> Program<'s> {
    pub(super) fn new(log: &'s Log, folder: &'s Folder, path: &Path) -> Self {
        Program { log, folder, path: path.to_owned(), arguments: Vec::new(), input: None }
    }

    /// One more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// What it finds on its standard input, then the input ends. Without this a spawned program's input stays open
    /// for [`Peer::write`]; [`run`](Self::run) closes it.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    /// Starts it and goes on.
    ///
    /// # Panics
    /// If it cannot be started.
    #[track_caller]
    pub fn spawn(self) -> Peer<'s> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let mut command = self.folder.command(&path);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        die_with_parent(&mut command);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("{} cannot be started: {error}", path.display()),
        };
        let pid = child.id().cast_signed();
        self.log.peer(pid, &name);
        let arguments: Vec<_> = self.arguments.iter().map(|argument| argument.to_string_lossy()).collect();
        self.log.line(&name, pid, How::Started, &format!("{name} {}", arguments.join(" ")));
        if let Some(bytes) = &self.input {
            self.log.line(&name, pid, How::Fed, &excerpt(bytes));
        }

        let output = Arc::new(Output::default());
        let listen = |pipe: Box<dyn Read + Send>, stream: Stream| {
            let (output, log, name) = (Arc::clone(&output), self.log.clone(), name.clone());
            let tell = move |how, line: &str| {
                // What a program asks of addr2line when it crashes is asked below, and told with the crash.
                if crash::asked_for(&name, line.trim_end()).is_none() {
                    log.line(&name, pid, how, line);
                }
            };
            background(move || output.listen(pipe, stream, tell));
        };
        listen(Box::new(child.stdout.take().expect("stdout is a pipe")), Stream::Out);
        listen(Box::new(child.stderr.take().expect("stderr is a pipe")), Stream::Err);

        let mut stdin = child.stdin.take();
        if let Some(bytes) = self.input {
            let mut pipe = stdin.take().expect("stdin is a pipe");
            // In a separate thread, because a program that does not read must not stop the test. It may also end before
            // it has read everything, which is its right.
            background(move || drop(pipe.write_all(&bytes)));
        }
        Peer { log: self.log, name, path, pid, child, stdin, has_a_line: false, output, status: None }
    }

    /// Starts it and waits for its end.
    ///
    /// # Panics
    /// If it cannot be started.
    #[track_caller]
    pub fn run(self) -> Finished {
        self.spawn().wait()
    }
}

/// The beginning of what a program is fed, on one line.
fn excerpt(bytes: &[u8]) -> String {
    const LENGTH: usize = 60;
    match bytes.split_at_checked(LENGTH) {
        Some((start, rest)) if !rest.is_empty() => {
            format!("\"{}\" and {} bytes more", start.escape_ascii(), rest.len())
        }
        _ => format!("\"{}\"", bytes.escape_ascii()),
    }
}

/// Runs `work` in a thread that the report on a hanging test leaves out.
fn background(work: impl FnOnce() + Send + 'static) {
    let name = format!("{}pipe", process::OWN_THREAD);
    std::thread::Builder::new().name(name).spawn(work).expect("a thread can be started");
}

/// A program that runs beside the test. It is killed when dropped.
#[derive(Debug)]
pub struct Peer<'s> {
    log: &'s Log,
    name: String,
    path: PathBuf,
    pid: pid_t,
    child: Child,
    stdin: Option<ChildStdin>,
    /// Whether it was given a whole line.
    has_a_line: bool,
    output: Arc<Output>,
    status: Option<ExitStatus>,
}

impl Peer<'_> {
    /// Its process id.
    pub fn pid(&self) -> pid_t {
        self.pid
    }

    /// Writes to its standard input.
    ///
    /// # Panics
    /// If the input is closed, or if no process reads it any more.
    #[track_caller]
    pub fn write(&mut self, bytes: &[u8]) {
        let pipe = self.stdin.as_mut().expect("its standard input is still open");
        self.log.line(&self.name, self.pid, How::Fed, &excerpt(bytes));
        self.has_a_line |= bytes.contains(&b'\n');
        if let Err(error) = pipe.write_all(bytes) {
            panic!("{} {} does not take its input: {error}", self.name, self.pid);
        }
    }

    /// Ends its standard input.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits until `text` has appeared on its standard output.
    ///
    /// # Panics
    /// If its output ends without it, or if it has not come after five seconds.
    #[track_caller]
    pub fn wait_for_stdout(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.output.state();
        loop {
            if String::from_utf8_lossy(&state.out).contains(text) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.open == 0 || left.is_zero() {
                let printed = String::from_utf8_lossy(&state.out).into_owned();
                let ended = state.open == 0;
                drop(state);
                self.prints_in_vain(text, &printed, ended);
            }
            state = self.output.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Says what it does in place of printing `text`.
    #[track_caller]
    fn prints_in_vain(&self, text: &str, printed: &str, ended: bool) -> ! {
        let doing = Process::of(self.pid).map(|process| activity(&process, false).join("; ")).unwrap_or_default();
        let (now, look) = if ended || doing.is_empty() {
            ("its output has ended".to_owned(), "how it ended is told below")
        } else if !doing.contains("standard input") {
            (format!("it {doing}"), "print! keeps an unfinished line back until it is flushed: println!, or flush")
        } else if self.has_a_line {
            let look = "it has got a whole line, and wants more: a line ends at its newline, and the input may go on";
            (format!("it {doing}"), look)
        } else {
            let look = "ask first, then read. print! keeps an unfinished line back until it is flushed";
            (format!("it {doing}"), look)
        };
        panic!(
            "{} should print {text:?}\n  expected: it on standard output, within {} s\n  found:    {printed:?}, and {now}\n  \
             look:     {look}",
            self.name,
            PATIENCE.as_secs(),
        );
    }

    /// Closes its input, waits for its end and returns what it left. The sandbox's deadline ends a wait without end.
    ///
    /// # Panics
    /// If it cannot be waited for.
    pub fn wait(mut self) -> Finished {
        self.close_stdin();
        let status = self.child.wait().expect("a child that no other code reaps can be waited for");
        self.status = Some(status);
        let (stdout, stderr) = self.output.after_the_end();
        self.log.line(&self.name, self.pid, How::Ended, &ending(status));
        let crash = self.crash(status, &String::from_utf8_lossy(&stderr));
        Finished { name: self.name.clone(), pid: self.pid, status, stdout, stderr, crash }
    }
}

impl Peer<'_> {
    /// Why a signal ended it, by what it said on standard error; `None` if none did.
    fn crash(&self, status: ExitStatus, stderr: &str) -> Option<String> {
        let signal = status.signal()?;
        let start = format!("{}: {} (", self.name, signal_name(signal));
        let Some(said) = stderr.lines().find(|line| line.starts_with(&start)) else {
            return Some(format!("{}: {}", ending(status), cause_of(signal, stderr)));
        };
        let mut crash = said[self.name.len() + 2..].to_owned();
        let calls = stderr.lines().find_map(|line| crash::asked_for(&self.name, line)).unwrap_or_default();
        if let Some(line) = crash::line_of(&self.path, &calls) {
            crash += &format!("\n  at:       {}", Spot::from(line));
        }
        Some(crash)
    }
}

impl Drop for Peer<'_> {
    fn drop(&mut self) {
        if self.status.is_none() {
            // Neither can fail for a child that has not been reaped.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// What a program left when it ended.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The program's file name.
    pub name: String,
    /// Its process id, free for others by now.
    pub pid: pid_t,
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed, to the byte.
    pub stdout: Vec<u8>,
    /// What it complained of, to the byte.
    pub stderr: Vec<u8>,
    /// Why a signal ended it, in words, and the line of code where that is known; `None` if none did.
    pub crash: Option<String>,
}

impl Finished {
    /// Its exit code; `None` if a signal ended it.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Its standard output as text.
    pub fn stdout(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stdout)
    }

    /// Its standard error as text.
    pub fn stderr(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stderr)
    }

    /// How it ended, in words: `exit code 1`, `SIGSEGV (11)`.
    pub fn ending(&self) -> String {
        ending(self.status)
    }
}

/// What a program has printed so far.
#[derive(Debug)]
struct Output {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    out: Vec<u8>,
    err: Vec<u8>,
    /// How many of the two streams have not ended.
    open: u8,
}

#[derive(Debug, Clone, Copy)]
enum Stream {
    Out,
    Err,
}

impl Default for Output {
    fn default() -> Self {
        Output { state: Mutex::new(State { out: Vec::new(), err: Vec::new(), open: 2 }), changed: Condvar::new() }
    }
}

impl Output {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what comes through `pipe` and tells `log` each line and how it came about; what exceeds [`KEPT`] is read and dropped.
    fn listen(&self, mut pipe: impl Read, stream: Stream, log: impl Fn(How, &str)) {
        let how = match stream {
            Stream::Out => How::Printed,
            Stream::Err => How::Complained,
        };
        let mut line = Vec::new();
        let mut buffer = [0; 8192];
        let mut kept = 0;
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            let bytes = &buffer[..length.min(KEPT - kept)];
            kept += bytes.len();
            let mut state = self.state();
            match stream {
                Stream::Out => state.out.extend(bytes),
                Stream::Err => state.err.extend(bytes),
            }
            drop(state);
            self.changed.notify_all();
            for part in bytes.split_inclusive(|&byte| byte == b'\n') {
                line.extend(part);
                if part.ends_with(b"\n") || line.len() > buffer.len() {
                    log(how, &String::from_utf8_lossy(&line));
                    line.clear();
                }
            }
        }
        if !line.is_empty() {
            log(how, &String::from_utf8_lossy(&line));
        }
        if kept == KEPT {
            log(How::Remark, "(the rest of its output is left out)");
        }
        self.state().open -= 1;
        self.changed.notify_all();
    }

    /// Everything, once both streams have ended, or after [`LAST_WORDS`] if a surviving process holds them.
    fn after_the_end(&self) -> (Vec<u8>, Vec<u8>) {
        let deadline = Instant::now() + LAST_WORDS;
        let mut state = self.state();
        while state.open > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        (state.out.clone(), state.err.clone())
    }
}
