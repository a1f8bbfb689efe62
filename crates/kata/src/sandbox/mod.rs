//! One test: one process, one System V IPC namespace, one deadline.
//!
//! ```no_run
//! # use kata::sandbox::sandbox;
//! #[test]
//! fn a_new_segment_has_no_attachment() {
//!     sandbox(|s| {
//!         let segment = s.plant(s.key(), 1000, 0o600);
//!         assert_eq!(s.segment(segment.id()).unwrap().nattch, 0);
//!     });
//! }
//! ```
//!
//! There are three storeys. The **test** that libtest runs starts its own binary again, in a new IPC namespace, as
//! the **supervisor**; that starts it once more as the **body**, in which the closure runs. The supervisor keeps the
//! deadline, inherits and kills whatever the body leaves running, and still knows the kernel's table when the body
//! has died. The test passes if the body's last word is a token that no code meets by accident: an exit status
//! proves nothing, since the code under test can call `exit(0)`. `TMPDIR` names a directory that goes with the test.
//!
//! Where the kernel refuses namespaces, the tests share the host's table: they use random keys, remove what they
//! made, and say so loudly.

mod body;
mod cause;
mod channel;
mod filter;
mod handle;
mod held;
mod marker;
mod peer;
mod planted;
mod random;
mod report;
mod spawn;
mod stranger;
mod supervisor;

use std::{
    any::type_name,
    fs::File,
    io::{self, Write},
    os::fd::{AsRawFd, OwnedFd, RawFd},
    panic::resume_unwind,
    process::exit,
    time::{Duration, Instant},
};

use crate::process;
use marker::{Marker, Role};

pub use handle::Sandbox;
pub use peer::{Finished, Peer, Program};
pub use planted::Planted;
pub use spawn::{Grant, Isolation, granted};
pub use stranger::Stranger;

/// Runs `test` in a process, an IPC namespace and a deadline (10 s) of its own.
///
/// # Panics
/// If the test fails, crashes, ends early, leaves something running or does not end in time. The report, printed
/// before, says what happened, what the kernel held at that moment, and who printed what.
pub fn sandbox<F: FnOnce(&Sandbox)>(test: F) {
    Options::new().run(test);
}

/// What differs from the usual sandbox.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    deadline: Duration,
    furnished: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { deadline: Duration::from_secs(10), furnished: true }
    }
}

impl Options {
    /// The usual ones.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the test may take until its last process has ended.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// A table of segments as it is on a freshly started machine: no decoy, and the first id is 0. Where tests share the
    /// host's table, the test is skipped.
    #[must_use]
    pub fn fresh_table(mut self) -> Self {
        self.furnished = false;
        self
    }

    /// Runs `test` as [`sandbox`] does.
    ///
    /// # Panics
    /// As [`sandbox`] does.
    pub fn run<F: FnOnce(&Sandbox)>(self, test: F) {
        let name = test_name::<F>();
        match self.verdict(test) {
            Verdict::Passed => {}
            Verdict::Skipped(reason) => say(&format!("kata: skipped {name}: {reason}")),
            Verdict::Failed(report) => {
                eprint!("\n{report}");
                // The report has said everything; a panic's own message would point into this file.
                resume_unwind(Box::new("the report is printed above"));
            }
        }
    }

    /// Runs `test` as [`sandbox`] does, and returns what came of it. For tests of the sandbox; call it once in a test.
    pub fn verdict<F: FnOnce(&Sandbox)>(self, test: F) -> Verdict {
        let Some(marker) = Marker::take() else {
            let test = test_name::<F>();
            let report = self.ask_supervisor(&test, seed());
            return report.map_or_else(
                |error| Verdict::Failed(format!("failed: {test}\nthe sandbox cannot run it: {error}\n")),
                Verdict::from_report,
            );
        };
        match marker.role {
            Role::Supervisor { report, seed, isolation } => {
                let (package, outer, options) = (package::<F>(), marker.parent, self);
                let orders = supervisor::Orders { test: marker.test, package, outer, options, seed, isolation };
                end(inherited(report).and_then(|report| supervisor::supervise(&orders, &File::from(report))))
            }
            Role::Body { frames, token, seed, isolation } => {
                let frames = inherited(frames).unwrap_or_else(|error| end(Err(error)));
                let test = |s: &Sandbox| {
                    if !self.furnished && !s.isolated() {
                        s.skip("only a new IPC namespace has a fresh table, and the kernel refuses one here");
                    }
                    test(s)
                };
                body::run(frames, token, test, |log| Sandbox::new(marker.test, log, seed, isolation))
            }
            Role::Stranger { socket } => end(inherited(socket).and_then(stranger::serve)),
        }
    }

    fn ask_supervisor(self, test: &str, seed: u64) -> io::Result<String> {
        let report = channel::anonymous_file(c"kata-report")?;
        let errors = channel::anonymous_file(c"kata-errors")?;
        let parent = std::process::id().cast_signed();
        let (mut child, _) = spawn::supervisor(report.as_raw_fd(), &errors, |isolation| Marker {
            role: Role::Supervisor { report: report.as_raw_fd(), seed, isolation },
            parent,
            test: test.to_owned(),
        })?;
        // The supervisor keeps the deadline. If it is itself stopped or starved, the test still ends.
        let patience = self.deadline + Duration::from_secs(20);
        let ended = process::wait_any([&process::pidfd(child.id().cast_signed())?], Instant::now() + patience);
        if !matches!(ended, Ok(Some(_))) {
            child.kill()?;
        }
        // What the supervisor could not end, or did not live to end, is still in its process group. Before the wait: as
        // long as the supervisor is not reaped, its number is nobody else's.
        // SAFETY: kill takes integers.
        unsafe { libc::kill(-child.id().cast_signed(), libc::SIGKILL) };
        let status = child.wait()?;
        let text = |file| channel::read_all(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        match text(&report)? {
            report if report.is_empty() && status.success() => Err(io::Error::other(format!(
                "run again in its sandbox, no test of the name {test} was reached. sandbox() wants to be called first \
                 thing in a test, and in the test's own thread"
            ))),
            report if report.is_empty() => {
                let errors = text(&errors)?;
                Err(io::Error::other(format!("its supervisor ended with {}\n{errors}", spawn::ending(status))))
            }
            report => Ok(report),
        }
    }
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It ran to its end and left nothing running.
    Passed,
    /// It cannot show its point here, for this reason.
    Skipped(String),
    /// Everything else; the report says what happened.
    Failed(String),
}

impl Verdict {
    fn from_report(report: String) -> Self {
        let (verdict, text) = report.split_once('\n').unwrap_or((&report, ""));
        match (verdict, verdict.strip_prefix(report::SKIPPED)) {
            (report::PASSED, _) => Verdict::Passed,
            (_, Some(reason)) => Verdict::Skipped(reason.to_owned()),
            _ => Verdict::Failed(text.to_owned()),
        }
    }
}

/// The descriptor that the parent opened for this process and numbered in the marker.
fn inherited(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the number comes from this process's marker, which is taken out of the environment once; nobody else
    // here knows it.
    unsafe { channel::inherit(fd) }
}

/// Ends a process that is no test: what it had to say is said.
fn end(result: io::Result<()>) -> ! {
    if let Err(error) = result {
        let _ = writeln!(io::stderr(), "{error}");
        exit(1);
    }
    exit(0)
}

/// Prints a line for a person and for `kata`, past libtest's capturing.
fn say(line: &str) {
    // Nobody is there to be told that stderr is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// The name under which libtest knows the running test: it names its threads so. In another thread, the path of the
/// function in which the closure stands.
fn test_name<F>() -> String {
    let thread = std::thread::current();
    match thread.name() {
        Some(name) if name != "main" => name.to_owned(),
        _ => {
            let path = type_name::<F>().split_once("::{{closure}}").map_or(type_name::<F>(), |(path, _)| path);
            path.split_once("::").map_or(path, |(_crate, path)| path).to_owned()
        }
    }
}

/// The package whose test this is: a lesson's test file bears its package's name.
fn package<F>() -> String {
    type_name::<F>().split("::").next().unwrap_or_default().to_owned()
}

/// `KATA_SEED` (decimal, or hexadecimal with 0x), or a number that nobody can guess.
fn seed() -> u64 {
    let Ok(text) = std::env::var("KATA_SEED") else { return random::fresh() };
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.unwrap_or_else(|_| panic!("KATA_SEED is {text:?}; it takes a number such as 7 or 0x1f2e3d"))
}
