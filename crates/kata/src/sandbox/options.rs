//! How a test is run: what differs from the usual sandbox, and what becomes of its report.

use std::{
    any::type_name,
    fs::File,
    io::{self, Write},
    os::fd::{OwnedFd, RawFd},
    panic::resume_unwind,
    process::{Command, exit},
    time::{Duration, Instant},
};

use super::{handle::Sandbox, stranger};
use crate::{
    report::{Ending, Report, Told},
    runner::{
        ask::{Answer, Question, ask},
        body,
        budget::{Granted, RUN},
        channel,
        folder::Folder,
        marker::{Marker, Role},
        random, say,
        spawn::this_test_again,
        supervisor::{self, Orders},
        tell,
    },
};

/// Runs `test` in its own process and IPC namespace, with a deadline of 10 s.
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
    /// After a test of this process has timed out, the others have little time: one that does not end in it, or does not
    /// begin, is not run. For `cargo test` that is a failure, and `kata` counts it apart.
    ///
    /// # Panics
    /// As [`sandbox`] does.
    pub fn run<F: FnOnce(&Sandbox)>(self, test: F) {
        let report = match Marker::take() {
            Some(marker) => self.play(marker, test),
            None => within_budget::<F>(self.deadline),
        };
        let handed_over = tell(&Told::Report(Box::new(report.clone())));
        match &report.ending {
            Ending::Passed => {}
            Ending::Skipped(_) if handed_over => {}
            Ending::Skipped(_) => say(&report.head()),
            _ => {
                match &report.ending {
                    _ if handed_over => {}
                    Ending::NotRun(_) => eprintln!("{}", report.head()),
                    _ => eprint!("\n{report}"),
                }
                // The report has said everything; a panic's own message would point into this file.
                resume_unwind(Box::new("the report is printed above"));
            }
        }
    }

    /// Runs `test` as [`sandbox`] does, and returns what came of it: nothing is printed, handed over or counted, and it has
    /// its whole deadline. For tests of the sandbox; call it once in a test.
    pub fn report<F: FnOnce(&Sandbox)>(self, test: F) -> Report {
        match Marker::take() {
            Some(marker) => self.play(marker, test),
            None => asked::<F>(seed(), self.deadline, &|| None).0,
        }
    }

    /// What this process does if it is not the one in which libtest runs the test: it plays its role to its end.
    fn play<F: FnOnce(&Sandbox)>(self, marker: Marker, test: F) -> ! {
        match marker.role {
            Role::Supervisor { report, folder, key, seed, isolation, deadline } => {
                let (package, furnished) = (package::<F>(), self.furnished);
                let supervise = || {
                    let (test, folder) = (marker.test, own_folder(folder)?);
                    let orders = Orders { test, package, seed, deadline, furnished, isolation, folder, binary: None };
                    supervisor::supervise(&orders, &File::from(inherited(report)?), key)
                };
                end(supervise())
            }
            Role::Body { frames, folder, token, seed, isolation, furnished } => {
                let given = || Ok((inherited(frames)?, own_folder(folder)?, channel::open_letter(inherited(token)?)?));
                let (frames, folder, token) = given().unwrap_or_else(|error| end(Err(error)));
                let test = |s: &Sandbox| {
                    if !self.furnished && !s.isolated() {
                        s.skip("only a new IPC namespace has a fresh table, and the kernel refuses one here");
                    }
                    test(s)
                };
                let test = (furnished == self.furnished).then_some(test);
                body::run(frames, token, test, |log| Sandbox::new(marker.test, log, folder, seed, isolation))
            }
            Role::Stranger { socket } => end(inherited(socket).and_then(stranger::serve)),
            Role::Trusted { .. } => end(Err(io::Error::other(
                "this program was started again to supervise a test: it has to call kata::runner::hook first",
            ))),
        }
    }
}

/// Asks for the report of the running test, in the time that the run has left.
fn within_budget<F>(deadline: Duration) -> Report {
    let (start, seed) = (Instant::now(), seed());
    let granted = RUN.grant(deadline, start);
    let not_run = |granted| {
        let ending = Ending::NotRun(RUN.reason(granted));
        Report::new(&test_name::<F>(), &package::<F>(), seed, ending)
    };
    let Some(Granted { deadline, cut }) = granted else { return not_run(None) };
    let (report, stopped) = asked::<F>(seed, deadline, &|| RUN.end());
    let late = stopped || matches!(report.ending, Ending::TimedOut { .. });
    match (late, RUN.end()) {
        (true, Some(_)) if cut => not_run(granted),
        // It had its whole deadline, and the end came for all.
        (true, Some(end)) if stopped && end < start + deadline => not_run(None),
        (true, _) => {
            RUN.timed_out(start + deadline);
            report
        }
        (false, _) => report,
    }
}

/// Asks for the report of the running test; and whether its supervisor had to be stopped, because it was stuck or because
/// `end` came.
fn asked<F>(seed: u64, deadline: Duration, end: &dyn Fn() -> Option<Instant>) -> (Report, bool) {
    let test = test_name::<F>();
    let unreached = format!(
        "run again in its sandbox, no test of the name {test} was reached. sandbox() wants to be called first thing in a test, \
         and in the test's own thread"
    );
    let parent = std::process::id().cast_signed();
    let answer = Folder::own().and_then(|folder| {
        let inherited = &[folder.number()];
        let question = Question { test: &test, deadline, isolation: None, inherited, end, unreached: &unreached };
        ask(&question, |report, key, isolation| -> Command {
            let role = Role::Supervisor { report, folder: folder.number(), key, seed, isolation, deadline };
            this_test_again(&Marker { role, parent, test: test.clone() })
        })
    });
    let (report, stopped) = match answer {
        Ok(Answer { report, stopped }) => (report, stopped),
        Err(error) => (Err(error), false),
    };
    let unsupervised =
        |error: io::Error| Report::new(&test, &package::<F>(), seed, Ending::Unsupervised(error.to_string()));
    (report.unwrap_or_else(unsupervised), stopped)
}

/// The folder of this test binary, which the parent opened.
fn own_folder(fd: RawFd) -> io::Result<Folder> {
    Ok(Folder::inherited(inherited(fd)?, &std::env::current_exe()?))
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

/// `KATA_SEED` (decimal, or hexadecimal with 0x), or a random number.
fn seed() -> u64 {
    let Ok(text) = std::env::var("KATA_SEED") else { return random::fresh() };
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.unwrap_or_else(|_| panic!("KATA_SEED is {text:?}; it takes a number such as 7 or 0x1f2e3d"))
}
