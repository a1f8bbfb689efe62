//! How the reports of a test binary reach the program that runs it: through a file in memory that the program opens, with
//! [`Listener`], and whose descriptor the test binary inherits. The variable `KATA_REPORTS` names the descriptor and a key
//! that the reports have to bear. Neither reaches a test's body or its programs.
//!
//! A file and not a pipe: threads and processes append to it at once without waiting, and it can be read after they
//! have died. If no process listens, reports are printed.

use std::{
    env, fs,
    fs::File,
    io::{self, Write},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{fs::FileExt, process::CommandExt},
    },
    process::Command,
    sync::OnceLock,
};

use super::{
    channel::{anonymous_file, inherit, keep_across_exec},
    random::fresh,
};
use crate::report::{Deframer, Told, Unreadable, frame};

/// The variable's name; its value is `DESCRIPTOR KEY`.
pub(super) const VARIABLE: &str = "KATA_REPORTS";
/// The file's name, which the kernel shows in `/proc/PID/fd`.
const FILE: &std::ffi::CStr = c"kata-reports";

/// Hears the reports of a test binary while it runs.
#[derive(Debug)]
pub struct Listener {
    file: File,
    key: u64,
    read: u64,
    deframer: Deframer,
}

impl Listener {
    /// Not listening yet.
    ///
    /// # Errors
    /// `EMFILE` or `ENFILE` when there are no descriptors left.
    pub fn new() -> io::Result<Self> {
        let key = fresh();
        Ok(Listener { file: anonymous_file(FILE)?, key, read: 0, deframer: Deframer::new(key) })
    }

    /// Lets the test binary that `command` starts report here. The listener has to live until it is started.
    pub fn listen_to(&self, command: &mut Command) {
        let fd = self.file.as_raw_fd();
        command.env(VARIABLE, format!("{fd} {}", self.key));
        // SAFETY: between fork and exec this is one fcntl.
        unsafe { command.pre_exec(move || keep_across_exec(fd)) };
    }

    /// What was told since the last call, in the order in which it was told.
    pub fn heard(&mut self) -> Vec<Result<Told, Unreadable>> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 64 << 10];
        while let Ok(length @ 1..) = self.file.read_at(&mut buffer, self.read) {
            bytes.extend(&buffer[..length]);
            self.read += length as u64;
        }
        self.deframer.feed(&bytes)
    }

    /// What is left when the test binary has ended; a report that is incomplete now is cut off.
    pub fn finish(&mut self) -> Vec<Result<Told, Unreadable>> {
        let mut told = self.heard();
        told.append(&mut self.deframer.finish());
        told
    }
}

/// Where this process hands its reports over; `None` if no process listens.
fn listening() -> Option<&'static (File, u64)> {
    static LISTENING: OnceLock<Option<(File, u64)>> = OnceLock::new();
    let find = || {
        let text = env::var(VARIABLE).ok()?;
        let found = parse(&text);
        if found.is_none() {
            say(&format!(
                "kata: {VARIABLE}={text:?} names no file of the program that runs this one, so that reports are printed. If you \
                 set it by hand, unset it."
            ));
        }
        found
    };
    LISTENING.get_or_init(find).as_ref()
}

/// The file that the variable names, if it is one of a listener's: the number may be another file's by now.
fn parse(text: &str) -> Option<(File, u64)> {
    let (fd, key) = text.split_once(' ')?;
    let (fd, key) = (fd.parse().ok()?, key.parse().ok()?);
    let name = fs::read_link(format!("/proc/self/fd/{fd}")).ok()?;
    if !name.to_string_lossy().starts_with(&format!("/memfd:{}", FILE.to_string_lossy())) {
        return None;
    }
    // SAFETY: the parent opened it for this process alone and said so in the variable, which is read once.
    let file: OwnedFd = unsafe { inherit(fd) }.ok()?;
    Some((file.into(), key))
}

/// Takes over the descriptor that reports are handed over by, so that no process that is started afterwards has it.
pub(super) fn keep_to_ourselves() {
    listening();
}

/// Hands `told` over; `false` if no process listens.
pub(crate) fn tell(told: &Told) -> bool {
    let Some((file, key)) = listening() else { return false };
    // One write to a file opened for appending: writers do not get between each other's bytes.
    match (&*file).write_all(&frame(told, *key)) {
        Ok(()) => true,
        Err(error) => {
            say(&format!("kata: a report cannot be handed over: {error}"));
            false
        }
    }
}

/// Prints a line past libtest's capturing.
pub(crate) fn say(line: &str) {
    // stderr is closed, so there is no place to report the error.
    let _ = writeln!(io::stderr(), "{line}");
}
