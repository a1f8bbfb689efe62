//! A child's streams, written and read as far as they go without waiting.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::process::ChildStdin;

/// What is kept of each stream; a child that prints without end must not eat the machine's memory.
pub const KEPT: usize = 16 << 20;

fn unblocked<P: Into<OwnedFd>>(pipe: P) -> File {
    let pipe = File::from(pipe.into());
    // SAFETY: F_SETFL takes an integer and touches no memory; this end of the pipe is ours alone.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) };
    pipe
}

/// What is left to write into the child; closed when everything is written or the child stops reading.
pub struct Feed<'a> {
    pipe: Option<File>,
    left: &'a [u8],
}

impl<'a> Feed<'a> {
    pub fn new(pipe: Option<ChildStdin>, input: &'a [u8]) -> Self {
        Self { pipe: pipe.map(unblocked), left: input }
    }

    /// What to wait for, until everything is written.
    pub fn descriptor(&self) -> Option<RawFd> {
        self.pipe.as_ref().map(AsRawFd::as_raw_fd)
    }

    /// Writes as much as the pipe takes now.
    pub fn push(&mut self) {
        while let Some(pipe) = &mut self.pipe {
            match pipe.write(self.left) {
                Ok(written) if written < self.left.len() => self.left = &self.left[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Ok(_) | Err(_) => self.pipe = None,
            }
        }
    }
}

/// One stream of the child, read as far as it has come; closed at its end.
pub struct Tap {
    pipe: Option<File>,
    /// What was read.
    pub bytes: Vec<u8>,
    /// How many of the bytes were told as lines, and how many were looked at for the end of the next one: it may be
    /// megabytes away.
    pub told: usize,
    sought: usize,
}

impl Tap {
    pub fn new<P: Into<OwnedFd>>(pipe: Option<P>) -> Self {
        Self { pipe: pipe.map(unblocked), bytes: Vec::new(), told: 0, sought: 0 }
    }

    /// What to wait for, until the stream's end.
    pub fn descriptor(&self) -> Option<RawFd> {
        self.pipe.as_ref().map(AsRawFd::as_raw_fd)
    }

    /// Takes what is there now, and no more than a pipe holds: a process that keeps writing does not keep us here.
    /// Lines that came to their end are told to `follower`.
    pub fn pull(&mut self, follower: Option<&dyn Fn(&str)>) {
        let mut buffer = [0; 64 << 10];
        for _ in 0..16 {
            let Some(pipe) = &mut self.pipe else { break };
            match pipe.read(&mut buffer) {
                Ok(0) => self.pipe = None,
                Ok(count) => {
                    let room = KEPT.saturating_sub(self.bytes.len());
                    self.bytes.extend_from_slice(&buffer[..count.min(room)]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let Some(tell) = follower else { return };
        while let Some(length) = self.bytes[self.sought..].iter().position(|byte| *byte == b'\n') {
            let end = self.sought + length;
            tell(&String::from_utf8_lossy(&self.bytes[self.told..end]));
            (self.told, self.sought) = (end + 1, end + 1);
        }
        self.sought = self.bytes.len();
    }
}
