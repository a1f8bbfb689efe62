//! Asking for a test's report: a supervisor is started, waited for, and its report read.

use std::{
    fs::File,
    io,
    os::fd::{AsRawFd, RawFd},
    process::{Child, Command},
    time::{Duration, Instant},
};

use super::{
    channel::{anonymous_file, read_all},
    handover::keep_to_ourselves,
    isolation::Isolation,
    random::fresh,
    scratch::Scratch,
    spawn,
};
use crate::{
    process::{self, ending},
    report::{Deframer, Report, Told},
};

/// What a supervisor is started with.
pub(crate) struct Question<'a> {
    /// The test's name.
    pub(crate) test: &'a str,
    /// How long the test may take.
    pub(crate) deadline: Duration,
    /// The isolation that it has to have; `None` for the best that the kernel grants.
    pub(crate) isolation: Option<Isolation>,
    /// The descriptors that the supervisor inherits beside that of its report.
    pub(crate) inherited: &'a [RawFd],
    /// When the supervisor is to end, asked again and again: other tests may change it.
    pub(crate) end: &'a dyn Fn() -> Option<Instant>,
    /// Why there may be no report although the supervisor ended well.
    pub(crate) unreached: &'a str,
}

/// A report, and whether the supervisor had to be stopped for it.
pub(crate) struct Answer {
    pub(crate) report: io::Result<Report>,
    pub(crate) stopped: bool,
}

/// How much longer than its test a supervisor may take to kill and to reap what the test started, before it counts as
/// stopped or starved itself.
const PATIENCE: Duration = Duration::from_secs(6);
/// The same once it was told to stop.
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// How often it is asked whether the end has come nearer.
const GLANCE: Duration = Duration::from_millis(100);

/// Runs a test under a supervisor, which `command` starts: with the descriptor of its report, the key that the report has
/// to bear, and the isolation that it got.
pub(crate) fn ask(question: &Question<'_>, command: impl Fn(RawFd, u64, Isolation) -> Command) -> io::Result<Answer> {
    keep_to_ourselves();
    Scratch::sweep_earlier_runs();
    let report = anonymous_file(c"kata-report")?;
    let errors = anonymous_file(c"kata-errors")?;
    let key = fresh();
    let fd = report.as_raw_fd();
    let inherited: Vec<_> = [fd].iter().chain(question.inherited).copied().collect();
    let started = spawn::supervisor(&inherited, &errors, question.isolation, |isolation| command(fd, key, isolation));
    let (mut child, _) = started?;
    let stopped = wait(&mut child, question)?;
    // What the supervisor could not end, or did not live to end, is still in its process group, unless it left that
    // (setsid(2)). Before the wait: as long as the supervisor is not reaped, no other process has its number.
    // SAFETY: kill takes integers.
    unsafe { libc::kill(-child.id().cast_signed(), libc::SIGKILL) };
    let status = child.wait()?;
    if status.code().is_none() {
        Scratch::sweep();
    }
    let bytes = read_all(&report)?;
    let report = if !bytes.is_empty() {
        read(&bytes, key, question.test)
    } else if status.success() {
        Err(io::Error::other(question.unreached))
    } else if stopped {
        Err(io::Error::other("its supervisor did not end in time, and was killed: did the test stop it?"))
    } else {
        let errors = String::from_utf8_lossy(&read_all(&errors)?).into_owned();
        Err(io::Error::other(format!("its supervisor ended with {}\n{errors}", ending(status))))
    };
    Ok(Answer { report, stopped })
}

/// Waits for the supervisor, which keeps the deadline. If it is itself stopped or starved, it is killed. Whether it had to
/// be ended.
fn wait(child: &mut Child, question: &Question<'_>) -> io::Result<bool> {
    let ended = process::pidfd(child.id().cast_signed())?;
    let mut patience = Instant::now() + question.deadline + PATIENCE;
    let mut stopped = false;
    loop {
        let now = Instant::now();
        if process::wait_any([&ended], patience.min(now + GLANCE))?.is_some() {
            return Ok(stopped);
        }
        if now >= patience {
            child.kill()?;
            return Ok(true);
        }
        if !stopped && (question.end)().is_some_and(|end| end <= now) {
            stopped = true;
            drop(child.stdin.take());
            patience = patience.min(now + LAST_PATIENCE);
        }
    }
}

/// The one report that the file holds. Anything else is an error, and never a pass.
fn read(bytes: &[u8], key: u64, test: &str) -> io::Result<Report> {
    let mut deframer = Deframer::new(key);
    let mut told = deframer.feed(bytes);
    told.append(&mut deframer.finish());
    let wrong = |what: String| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    match told.pop() {
        Some(Ok(Told::Report(report))) if told.is_empty() && report.test == test => Ok(*report),
        Some(Ok(Told::Report(report))) if told.is_empty() => {
            wrong(format!("its supervisor reports on another test, {}", report.test))
        }
        Some(Err(why)) if told.is_empty() => wrong(why.to_string()),
        _ => wrong("its supervisor wrote other things than one report".to_owned()),
    }
}

/// The orders of a supervisor that is another program, in a file that it inherits.
pub(crate) fn orders(bytes: &[u8]) -> io::Result<File> {
    let file = anonymous_file(c"kata-orders")?;
    io::Write::write_all(&mut &file, bytes)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Ending, frame};

    #[test]
    fn only_one_whole_report_on_this_test_is_one() {
        let of = |test: &str| frame(&Told::Report(Box::new(Report::new(test, "key", 1, Ending::Passed))), 7);
        let wrong = |bytes: &[u8], key| read(bytes, key, "t").unwrap_err().to_string();
        assert_eq!(read(&of("t"), 7, "t").unwrap().ending, Ending::Passed);
        assert!(wrong(&of("t"), 8).contains("key"));
        assert!(wrong(&of("u"), 7).contains("another test, u"));
        assert!(wrong(&of("t")[..30], 7).contains("cut off"));
        assert!(wrong(&[of("t"), of("t")].concat(), 7).contains("other things"));
        assert!(wrong(b"passed\n", 7).contains("garbled"));
    }
}
