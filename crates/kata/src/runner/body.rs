//! The lowest storey: the process that runs the test, and what it tells the supervisor.

use std::{
    cell::Cell,
    fs::{self, File},
    io::{self, Write},
    os::fd::{AsRawFd, OwnedFd},
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind},
    process::exit,
    sync::{Arc, Mutex, PoisonError},
};

use libc::{key_t, pid_t};

use super::{
    channel::{self, Frame},
    spoken::marked,
};
use crate::{
    crash,
    report::{Held, How, Panic, Place, When},
};

/// The way to the supervisor, shared by the threads of the body.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    frames: Arc<File>,
    /// The body's standard output, past libtest and std's lock.
    output: Arc<File>,
    peers: Arc<Mutex<Vec<pid_t>>>,
}

impl Log {
    fn new(frames: OwnedFd) -> io::Result<Self> {
        let output = io::stdout();
        let output = File::from(std::os::fd::AsFd::as_fd(&output).try_clone_to_owned()?);
        Ok(Log { frames: Arc::new(frames.into()), output: Arc::new(output), peers: Arc::default() })
    }

    /// A program was started. Its pid tells its segments from a stranger's.
    pub(crate) fn peer(&self, pid: pid_t, name: &str) {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner).push(pid);
        self.send(&Frame::Peer { pid, name: name.to_owned() });
    }

    /// The pids of the programs started so far.
    pub(crate) fn peers(&self) -> Vec<pid_t> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A key was handed out. Its segment is the test's.
    pub(crate) fn key(&self, key: key_t) {
        self.send(&Frame::Key(key));
    }

    /// A program printed a line, or something was done with it.
    pub(crate) fn line(&self, name: &str, pid: pid_t, how: How, text: &str) {
        // The log is for the report; a full file system must not fail a test that passes.
        let _ = (&*self.output).write_all(marked(name, pid, how, text).as_bytes());
    }

    pub(crate) fn send(&self, frame: &Frame) {
        if let Err(error) = channel::send(&self.frames, frame) {
            eprintln!("the sandbox cannot report {frame:?}: {error}");
            exit(101);
        }
    }
}

/// Thrown to leave a test that cannot show its point.
pub(crate) struct Skipped;

/// Runs the test and ends the process. The token is the last word of a test that returned or left by [`Skipped`]. `test` is `None` if the test
/// wants another table of segments than it has.
pub(crate) fn run<S>(frames: OwnedFd, token: u64, test: Option<impl FnOnce(&S)>, sandbox: impl FnOnce(Log) -> S) -> ! {
    crash::tell_supervisor(frames.as_raw_fd(), channel::send_fault);
    let log = match Log::new(frames) {
        Ok(log) => log,
        Err(error) => {
            eprintln!("the sandbox has no way to report: {error}");
            exit(101);
        }
    };
    log.send(&Frame::Hello(channel::VERSION));
    let Some(test) = test else {
        log.send(&Frame::OtherTable);
        exit(101);
    };
    report_panics(log.clone());
    let sandbox = sandbox(log.clone());
    let process = std::process::id();
    match catch_unwind(AssertUnwindSafe(|| test(&sandbox))) {
        // A fork of the test is not the test.
        Ok(()) if std::process::id() != process => exit(0),
        Ok(()) => {
            log.send(&Frame::Token(token));
            exit(0)
        }
        Err(payload) if payload.is::<Skipped>() && std::process::id() == process => {
            log.send(&Frame::Token(token));
            exit(0)
        }
        Err(_) => {
            log.send(&Frame::Failed);
            exit(101)
        }
    }
}

thread_local! {
    /// Whether a panic of this thread is the test's.
    static SPEAKS_FOR_THE_TEST: Cell<bool> = const { Cell::new(false) };
}

/// From here on a panic of this thread counts as one of the test's: it does a part of the test, which waits for it.
pub(crate) fn speak_for_the_test() {
    SPEAKS_FOR_THE_TEST.set(true);
    crash::ready_this_thread();
}

/// Panics of the test's thread go to the supervisor, with what the kernel holds before unwinding changes it; those
/// of other threads are printed as usual.
fn report_panics(log: Log) {
    let usual = std::panic::take_hook();
    speak_for_the_test();
    std::panic::set_hook(Box::new(move |panic| {
        if SPEAKS_FOR_THE_TEST.get() {
            log.send(&Frame::Panic(Box::new(describe(panic))));
        } else {
            usual(panic);
        }
    }));
}

fn describe(panic: &PanicHookInfo<'_>) -> Panic {
    let unknown = |error: io::Error| error.to_string();
    let segments = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_else(unknown);
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let place = panic.location().map(|at| Place { path: at.file().into(), line: at.line(), column: at.column() });
    let message = shortened(panic.payload_as_str().unwrap_or("a panic without a text"));
    // The supervisor knows the decoy.
    Panic { place, message, held: Held::new(When::Then, segments, &maps, -1) }
}

/// The beginning and the end of a message that is too long for a report.
fn shortened(message: &str) -> String {
    const END: usize = 100_000;
    if message.len() <= 2 * END {
        return message.to_owned();
    }
    let (start, end) = (message.floor_char_boundary(END), message.ceil_char_boundary(message.len() - END));
    format!("{}... {} bytes left out ...{}", &message[..start], end - start, &message[end..])
}
