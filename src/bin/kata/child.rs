//! One child: in a process group of its own, with a deadline on its exit.
//!
//! The deadline never waits for the end of a pipe: a grandchild that survives and holds one cannot hang the runner.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use kata::process;

use crate::signals;

/// What is kept of each stream; a child that prints without end must not eat the machine's memory.
const KEPT: usize = 16 << 20;

/// What a child did and said.
pub struct Finished {
    pub end: End,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// How a child ended.
pub enum End {
    Exited(ExitStatus),
    /// It was still there at its deadline, and was killed with its group.
    OutOfTime,
}

/// Why there is no [`Finished`].
#[derive(Debug)]
pub enum Stopped {
    /// The program could not be started.
    NotStarted(io::Error),
    /// This signal asked the runner to stop; the child is gone.
    Interrupted(libc::c_int),
}

impl Finished {
    /// Whether it ended in time and with exit status 0.
    pub fn succeeded(&self) -> bool {
        matches!(self.end, End::Exited(status) if status.success())
    }
}

/// Runs `command`, feeds it `input`, and waits until it exits, for `deadline` at most.
pub fn run(command: &mut Command, input: &[u8], deadline: Duration) -> Result<Finished, Stopped> {
    let signals = signals::watch();
    if let Some(signal) = signals::caught() {
        return Err(Stopped::Interrupted(signal));
    }
    let until = Instant::now() + deadline;
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    let command = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut group = Group { child: command.spawn().map_err(Stopped::NotStarted)?, reaped: false };

    // `None` where the kernel has no such descriptor (before Linux 5.3).
    let exit = process::pidfd(group.child.id().cast_signed()).ok();
    let mut stdin = Feed { pipe: group.child.stdin.take().map(unblocked), left: input };
    let mut stdout = Tap::new(group.child.stdout.take().map(unblocked));
    let mut stderr = Tap::new(group.child.stderr.take().map(unblocked));
    let end = loop {
        if group.has_exited() {
            break End::Exited(group.end().map_err(Stopped::NotStarted)?);
        }
        if let Some(signal) = signals::caught() {
            return Err(Stopped::Interrupted(signal));
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break End::OutOfTime;
        }
        // Without a descriptor for its exit, look every few milliseconds.
        let nap = if exit.is_some() { left } else { left.min(Duration::from_millis(5)) };
        wait_for_news(signals, exit.as_ref(), &stdin, [&stdout, &stderr], nap);
        stdin.push();
        stdout.pull();
        stderr.pull();
    };
    _ = group.end();
    stdout.pull();
    stderr.pull();
    Ok(Finished { end, stdout: stdout.bytes, stderr: stderr.bytes })
}

/// A child with its process group, killed and reaped when dropped.
struct Group {
    child: Child,
    reaped: bool,
}

impl Group {
    /// Looks without reaping, so that the group's number stays taken until [`Group::end`].
    fn has_exited(&self) -> bool {
        // SAFETY: an all-zero siginfo_t is a valid one.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: waitid writes into `info` alone.
        let result = unsafe { libc::waitid(libc::P_PID, self.child.id(), &mut info, options) };
        // SAFETY: waitid succeeded, so `si_pid` is set, to 0 while there is nothing to report.
        result == 0 && unsafe { info.si_pid() } != 0
    }

    /// Kills whoever is left in the group, then reaps the child. Only the first call does anything.
    fn end(&mut self) -> io::Result<ExitStatus> {
        if !std::mem::replace(&mut self.reaped, true) {
            // SAFETY: kill touches no memory. The child is not reaped yet, so the group's number still is its own.
            unsafe { libc::kill(-(self.child.id() as libc::pid_t), libc::SIGKILL) };
        }
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        _ = self.end();
    }
}

fn wait_for_news(signals: RawFd, exit: Option<&OwnedFd>, stdin: &Feed, taps: [&Tap; 2], nap: Duration) {
    // poll skips a negative descriptor.
    let entry = |fd: Option<RawFd>, events| libc::pollfd { fd: fd.unwrap_or(-1), events, revents: 0 };
    let mut entries = [
        entry(Some(signals), libc::POLLIN),
        entry(exit.map(AsRawFd::as_raw_fd), libc::POLLIN),
        entry(taps[0].pipe.as_ref().map(AsRawFd::as_raw_fd), libc::POLLIN),
        entry(taps[1].pipe.as_ref().map(AsRawFd::as_raw_fd), libc::POLLIN),
        entry(stdin.pipe.as_ref().map(AsRawFd::as_raw_fd), libc::POLLOUT),
    ];
    let milliseconds = nap.as_millis().saturating_add(1).min(60_000) as libc::c_int;
    // SAFETY: the array is valid for its length. An error (EINTR) only means that the caller looks again.
    unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, milliseconds) };
}

fn unblocked<P: Into<OwnedFd>>(pipe: P) -> std::fs::File {
    let pipe = std::fs::File::from(pipe.into());
    // SAFETY: F_SETFL takes an integer and touches no memory; this end of the pipe is ours alone.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) };
    pipe
}

/// What is left to write into the child; closed when everything is written or the child stops reading.
struct Feed<'a> {
    pipe: Option<std::fs::File>,
    left: &'a [u8],
}

impl Feed<'_> {
    fn push(&mut self) {
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
struct Tap {
    pipe: Option<std::fs::File>,
    bytes: Vec<u8>,
}

impl Tap {
    fn new(pipe: Option<std::fs::File>) -> Self {
        Self { pipe, bytes: Vec::new() }
    }

    /// Takes what is there now, and no more than a pipe holds: whoever keeps writing does not keep us here.
    fn pull(&mut self) {
        let mut buffer = [0; 64 << 10];
        for _ in 0..16 {
            let Some(pipe) = &mut self.pipe else { return };
            match pipe.read(&mut buffer) {
                Ok(0) => self.pipe = None,
                Ok(count) => {
                    let room = KEPT.saturating_sub(self.bytes.len());
                    self.bytes.extend_from_slice(&buffer[..count.min(room)]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, input: &[u8], deadline: Duration) -> Finished {
        run(Command::new("sh").args(["-c", script]), input, deadline).expect("sh runs")
    }

    #[test]
    fn a_child_is_fed_and_both_its_streams_are_kept() {
        let finished = sh("cat; echo apart >&2", b"through", Duration::from_secs(10));
        assert!(finished.succeeded());
        assert_eq!((finished.stdout.as_slice(), finished.stderr.as_slice()), (&b"through"[..], &b"apart\n"[..]));
    }

    #[test]
    fn a_megabyte_goes_in_and_comes_out() {
        let input = vec![b'x'; 1 << 20];
        assert_eq!(sh("cat", &input, Duration::from_secs(10)).stdout, input);
    }

    #[test]
    fn the_deadline_ends_it() {
        let start = Instant::now();
        let finished = sh("sleep 60", b"", Duration::from_millis(50));
        assert!(matches!(finished.end, End::OutOfTime));
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }

    #[test]
    fn a_grandchild_that_holds_the_pipe_does_not_hold_the_runner() {
        let start = Instant::now();
        let finished = sh("setsid sleep 30 & echo done", b"", Duration::from_secs(20));
        assert_eq!(finished.stdout, b"done\n");
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }

    #[test]
    fn a_program_that_is_not_there_is_said_to_be_missing() {
        let missing = run(&mut Command::new("/no/such/program"), b"", Duration::from_secs(1)).err();
        assert!(matches!(missing, Some(Stopped::NotStarted(error)) if error.kind() == io::ErrorKind::NotFound));
    }
}
