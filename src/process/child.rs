//! One child: in its own process group, with a deadline on its exit.
//!
//! The deadline never waits for the end of a pipe: a grandchild that survives and holds one cannot hang the runner.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use kata::process;

pub use super::stream::KEPT;
use super::stream::{Feed, Tap};
use crate::process::signals;

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
    /// It had printed no line for as long as it may ([`Follow::quiet`]), and was killed with its group.
    Quiet,
}

/// Why there is no [`Finished`].
#[derive(Debug)]
pub enum Stopped {
    /// The program could not be started.
    NotStarted(io::Error),
    /// This signal asked the runner to stop; the child is gone.
    Interrupted(libc::c_int),
    /// The caller does not want it any more ([`Stop::now`]); the child is gone.
    Unwanted,
}

/// Ends children from another thread.
///
/// A descriptor that becomes readable and stays so, for every waiting thread alike. Source: eventfd(2).
#[derive(Debug)]
pub struct Stop(OwnedFd);

impl Stop {
    /// Nothing has to stop yet.
    ///
    /// # Errors
    /// `EMFILE` or `ENFILE` when there are no descriptors left.
    pub fn new() -> io::Result<Self> {
        // SAFETY: eventfd takes two integers.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd == -1 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was just opened, and no other code owns it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// From now on.
    pub fn now(&self) {
        let one = 1_u64;
        // SAFETY: eight bytes are read from a local. The only error is a counter that is full, and then it is set.
        unsafe { libc::write(self.0.as_raw_fd(), (&raw const one).cast(), size_of_val(&one)) };
    }

    fn is_now(&self) -> bool {
        let mut entry = libc::pollfd { fd: self.0.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one entry, which is ours.
        unsafe { libc::poll(&mut entry, 1, 0) == 1 }
    }
}

/// Who follows a child while it runs.
#[derive(Clone, Copy, Default)]
pub struct Follow<'a> {
    /// What ends it before its time.
    pub stop: Option<&'a Stop>,
    /// Told what the child prints to standard output, line by line, while it runs.
    pub stdout: Option<&'a dyn Fn(&str)>,
    /// The same of standard error.
    pub stderr: Option<&'a dyn Fn(&str)>,
    /// How long it may print no line to standard output, before the follower is told.
    pub quiet: Option<Duration>,
}

impl Finished {
    /// Whether it ended in time and with exit status 0.
    pub fn succeeded(&self) -> bool {
        matches!(self.end, End::Exited(status) if status.success())
    }
}

/// Runs `command`, feeds it `input`, and waits until it exits, for `deadline` at most.
pub fn run(command: &mut Command, input: &[u8], deadline: Duration) -> Result<Finished, Stopped> {
    followed(command, input, deadline, Follow::default())
}

/// Runs `command` as [`run`] does, for a follower.
pub fn followed(
    command: &mut Command,
    input: &[u8],
    deadline: Duration,
    follow: Follow<'_>,
) -> Result<Finished, Stopped> {
    let signals = signals::watch();
    if let Some(signal) = signals::caught() {
        return Err(Stopped::Interrupted(signal));
    }
    let until = Instant::now() + deadline;
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    let command = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut group = Group { child: signals::spawn(command).map_err(Stopped::NotStarted)?, reaped: false };

    // `None` where the kernel has no such descriptor (before Linux 5.3).
    let exit = process::pidfd(group.child.id().cast_signed()).ok();
    let mut stdin = Feed::new(group.child.stdin.take(), input);
    let mut stdout = Tap::new(group.child.stdout.take());
    let mut stderr = Tap::new(group.child.stderr.take());
    let mut heard = Instant::now();
    let end = loop {
        if group.has_exited() {
            break End::Exited(group.end().map_err(Stopped::NotStarted)?);
        }
        if let Some(signal) = signals::caught() {
            return Err(Stopped::Interrupted(signal));
        }
        if follow.stop.is_some_and(Stop::is_now) {
            return Err(Stopped::Unwanted);
        }
        let now = Instant::now();
        let mut left = until.saturating_duration_since(now);
        if left.is_zero() {
            break End::OutOfTime;
        }
        if let Some(quiet) = follow.quiet {
            left = left.min((heard + quiet).saturating_duration_since(now));
            if left.is_zero() {
                break End::Quiet;
            }
        }
        // Without a descriptor for its exit, look every few milliseconds.
        let nap = if exit.is_some() { left } else { left.min(Duration::from_millis(5)) };
        wait_for_news(
            [Some(signals), follow.stop.map(|stop| stop.0.as_raw_fd())],
            exit.as_ref(),
            &stdin,
            [&stdout, &stderr],
            nap,
        );
        stdin.push();
        let told = stdout.told;
        stdout.pull(follow.stdout);
        if stdout.told > told {
            heard = Instant::now();
        }
        stderr.pull(follow.stderr);
    };
    _ = group.end();
    stdout.pull(follow.stdout);
    stderr.pull(follow.stderr);
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

    /// Kills the processes that are left in the group, then reaps the child. Only the first call does anything.
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

fn wait_for_news(ends: [Option<RawFd>; 2], exit: Option<&OwnedFd>, stdin: &Feed, taps: [&Tap; 2], nap: Duration) {
    // poll skips a negative descriptor.
    let entry = |fd: Option<RawFd>, events| libc::pollfd { fd: fd.unwrap_or(-1), events, revents: 0 };
    let mut entries = [
        entry(ends[0], libc::POLLIN),
        entry(ends[1], libc::POLLIN),
        entry(exit.map(AsRawFd::as_raw_fd), libc::POLLIN),
        entry(taps[0].descriptor(), libc::POLLIN),
        entry(taps[1].descriptor(), libc::POLLIN),
        entry(stdin.descriptor(), libc::POLLOUT),
    ];
    let milliseconds = nap.as_millis().saturating_add(1).min(60_000) as libc::c_int;
    // SAFETY: the array is valid for its length. An error (EINTR) only means that the caller looks again.
    unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, milliseconds) };
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
    fn one_that_falls_silent_is_ended() {
        let start = Instant::now();
        let heard = std::cell::Cell::new(0);
        let listen = |_: &str| heard.set(heard.get() + 1);
        let mut command = Command::new("sh");
        command.args(["-c", "for i in 1 2 3; do echo $i; sleep 0.1; done; printf half; sleep 60"]);
        let follow = Follow { stdout: Some(&listen), quiet: Some(Duration::from_secs(2)), ..Follow::default() };
        let finished = followed(&mut command, b"", Duration::from_secs(60), follow).expect("sh runs");
        assert!(matches!(finished.end, End::Quiet));
        assert_eq!((heard.get(), finished.stdout.as_slice()), (3, &b"1\n2\n3\nhalf"[..]));
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    }

    #[test]
    fn a_grandchild_that_holds_the_pipe_does_not_hold_the_runner() {
        let start = Instant::now();
        let finished = sh("setsid sleep 30 & echo done", b"", Duration::from_secs(20));
        assert_eq!(finished.stdout, b"done\n");
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }

    #[test]
    fn what_is_printed_is_told_while_it_runs_and_who_hears_enough_ends_it() {
        let stop = Stop::new().unwrap();
        let heard = std::cell::RefCell::new(Vec::new());
        let listen = |line: &str| {
            heard.borrow_mut().push(line.to_owned());
            if line == "two" {
                stop.now();
            }
        };
        let start = Instant::now();
        let mut command = Command::new("sh");
        command.args(["-c", "printf o; echo ne; echo two; printf thr; sleep 60"]);
        let follow = Follow { stop: Some(&stop), stdout: Some(&listen), ..Follow::default() };
        let stopped = followed(&mut command, b"", Duration::from_secs(30), follow).err();
        assert!(matches!(stopped, Some(Stopped::Unwanted)));
        assert_eq!(*heard.borrow(), ["one", "two"]);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }

    #[test]
    fn a_line_without_an_end_costs_no_more_than_its_bytes() {
        let heard = std::cell::Cell::new(0);
        let listen = |line: &str| heard.set(heard.get() + line.len());
        let mut command = Command::new("sh");
        command.args(["-c", "head -c 100000000 /dev/zero; echo"]);
        let follow = Follow { stdout: Some(&listen), ..Follow::default() };
        let start = Instant::now();
        let finished = followed(&mut command, b"", Duration::from_secs(60), follow).expect("sh runs");
        assert!(finished.succeeded(), "{:?}", start.elapsed());
        assert_eq!((finished.stdout.len(), heard.get()), (KEPT, 0));
    }

    #[test]
    fn a_program_that_is_not_there_is_said_to_be_missing() {
        let missing = run(&mut Command::new("/no/such/program"), b"", Duration::from_secs(1)).err();
        assert!(matches!(missing, Some(Stopped::NotStarted(error)) if error.kind() == io::ErrorKind::NotFound));
    }
}
