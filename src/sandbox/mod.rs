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
//! has died. The test passes if the body's last word is a token that nobody else knows: an exit status proves
//! nothing, since the code under test can call `exit(0)`.
//!
//! Where the kernel refuses namespaces, the tests share the host's table: they use random keys, remove what they
//! made, and say so loudly.

mod attached;
mod body;
mod channel;
mod marker;
mod peer;
mod processes;
mod random;
mod report;
mod spawn;
mod stranger;
mod supervisor;

use std::{
    any::type_name,
    cell::RefCell,
    collections::HashSet,
    fs::File,
    io::{self, Write},
    ops::RangeInclusive,
    os::fd::AsRawFd,
    panic::resume_unwind,
    path::Path,
    process::exit,
    time::{Duration, Instant},
};

use libc::{c_int, key_t};

use crate::kernel::{self, Mapping, Segment};
use marker::{Marker, Role};
use spawn::Isolation;

pub use attached::Planted;
pub use peer::{Finished, Peer, Program};
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
}

impl Default for Options {
    fn default() -> Self {
        Options { deadline: Duration::from_secs(10) }
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

    /// Runs `test` as [`sandbox`] does.
    ///
    /// # Panics
    /// As [`sandbox`] does.
    pub fn run<F: FnOnce(&Sandbox)>(self, test: F) {
        let Some(marker) = Marker::take() else { return self.outer(&test_name::<F>(), &package::<F>()) };
        match marker.role {
            Role::Supervisor { report, seed, deadline, isolation } => {
                // SAFETY: the test's process opened this descriptor for us, and nobody here knows it but the marker.
                let supervised = unsafe { channel::inherit(report) }.and_then(|report| {
                    let package = package::<F>();
                    let orders = supervisor::Orders {
                        test: marker.test,
                        package,
                        outer: marker.parent,
                        seed,
                        deadline,
                        isolation,
                    };
                    supervisor::supervise(&orders, &File::from(report))
                });
                end(supervised)
            }
            Role::Body { frames, token, seed, isolation } => {
                // SAFETY: as above; the supervisor opened it.
                let frames = unsafe { channel::inherit(frames) }.unwrap_or_else(|error| end(Err(error)));
                let name = marker.test;
                body::run(frames, token, test, |log| Sandbox::new(name, log, seed, isolation))
            }
            Role::Stranger { socket } => {
                // SAFETY: as above; the body opened it.
                let served = unsafe { channel::inherit(socket) }.and_then(stranger::serve);
                end(served)
            }
        }
    }

    /// The highest storey: starts the supervisor, waits for it, and passes or fails as it says.
    fn outer(self, test: &str, package: &str) {
        let seed = seed();
        match self.ask_supervisor(test, seed) {
            Ok(report) => {
                let (verdict, text) = report.split_once('\n').unwrap_or((&report, ""));
                if verdict == report::PASSED {
                    return;
                }
                if let Some(reason) = verdict.strip_prefix(report::SKIPPED) {
                    return say(&format!("kata: skipped {test}: {reason}"));
                }
                eprint!("\n{text}");
            }
            Err(error) => eprintln!("\nfailed: {test}\nthe sandbox itself does not work here ({package}): {error}"),
        }
        // The report has said everything; a panic's message would point into this file.
        resume_unwind(Box::new("the report is printed above"));
    }

    fn ask_supervisor(self, test: &str, seed: u64) -> io::Result<String> {
        let report = channel::anonymous_file(c"kata-report")?;
        let errors = channel::anonymous_file(c"kata-errors")?;
        let parent = std::process::id().cast_signed();
        let deadline = self.deadline;
        let (mut child, _) = spawn::supervisor(report.as_raw_fd(), &errors, |isolation| Marker {
            role: Role::Supervisor { report: report.as_raw_fd(), seed, deadline, isolation },
            parent,
            test: test.to_owned(),
        })?;
        // The supervisor keeps the deadline. If it is itself stopped or starved, the test still ends.
        let patience = deadline + Duration::from_secs(20);
        let ended = processes::wait_any([&processes::pidfd(child.id().cast_signed())?], Instant::now() + patience);
        if !matches!(ended, Ok(Some(_))) {
            child.kill()?;
        }
        let status = child.wait()?;
        let text = |file| channel::read_all(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        match text(&report)? {
            report if report.is_empty() => {
                let errors = text(&errors)?;
                Err(io::Error::other(format!("its supervisor ended with {}\n{errors}", spawn::ending(status))))
            }
            report => Ok(report),
        }
    }
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

/// What a test has at hand in its sandbox.
#[derive(Debug)]
pub struct Sandbox {
    test: String,
    log: body::Log,
    random: random::Random,
    isolation: Isolation,
    /// The segments that stood when the test began; where it is isolated, the decoy alone.
    before: HashSet<c_int>,
    keys: RefCell<Vec<key_t>>,
}

impl Sandbox {
    fn new(test: String, log: body::Log, seed: u64, isolation: Isolation) -> Self {
        let random = random::Random::new(seed);
        let keys = RefCell::default();
        let mut sandbox = Sandbox { test, log, random, isolation, before: HashSet::new(), keys };
        sandbox.before = sandbox.table().iter().map(|segment| segment.id).collect();
        sandbox
    }

    /// A key that no segment has: positive, never 0 (`IPC_PRIVATE`). Different at every call and in every run.
    pub fn key(&self) -> key_t {
        loop {
            let key = self.random.within(0x0100_0000..=0x7fff_ffff) as key_t;
            if !self.keys.borrow().contains(&key) && self.table().iter().all(|segment| segment.key != key) {
                return self.claim(key);
            }
        }
    }

    /// A key that the test has a reason to choose itself, such as a program's default. A test that shares the host's
    /// table is skipped if somebody has it.
    pub fn this_key(&self, key: key_t) -> key_t {
        if self.table().iter().any(|segment| segment.key == key) {
            self.skip(format!("a segment of this machine has the key {key:#x} already: ipcs -m"));
        }
        self.claim(key)
    }

    fn claim(&self, key: key_t) -> key_t {
        self.log.key(key);
        self.keys.borrow_mut().push(key);
        key
    }

    /// A number of `range`, its ends included.
    pub fn number(&self, range: RangeInclusive<u64>) -> u64 {
        self.random.within(range)
    }

    /// The segments that this test made: itself, its programs, or anybody under a key that it was given.
    pub fn segments(&self) -> Vec<Segment> {
        let mut table = self.table();
        table.retain(|segment| self.is_ours(segment));
        table
    }

    fn is_ours(&self, segment: &Segment) -> bool {
        if self.before.contains(&segment.id) {
            return false;
        }
        self.isolated()
            || segment.cpid == std::process::id().cast_signed()
            || self.log.peers().contains(&segment.cpid)
            || self.keys.borrow().contains(&segment.key)
    }

    /// The segment that has this key; `None` if there is none.
    pub fn segment_by_key(&self, key: key_t) -> Option<Segment> {
        self.table().into_iter().find(|segment| segment.key == key)
    }

    /// The segment that has this id; `None` if there is none.
    pub fn segment(&self, id: c_int) -> Option<Segment> {
        self.table().into_iter().find(|segment| segment.id == id)
    }

    fn table(&self) -> Vec<Segment> {
        kernel::segments().unwrap_or_else(|error| panic!("the kernel's table of segments cannot be read: {error}"))
    }

    /// Where segments are attached in this process, by ascending address.
    pub fn mappings(&self) -> Vec<Mapping> {
        let own = std::process::id().cast_signed();
        kernel::mappings(own).unwrap_or_else(|error| panic!("this process's mappings cannot be read: {error}"))
    }

    /// Whether the test has a table of segments to itself.
    pub fn isolated(&self) -> bool {
        self.isolation != Isolation::Shared
    }

    /// Leaves the test, which cannot show its point here. It does not count as passed: `kata` calls its lesson partial.
    pub fn skip(&self, reason: impl Into<String>) -> ! {
        self.log.send(&channel::Frame::Skipped { reason: reason.into() });
        resume_unwind(Box::new(body::Skipped))
    }

    /// A segment as another program might have left it, made with `IPC_CREAT | IPC_EXCL`. It stays until somebody
    /// removes it or the sandbox goes.
    ///
    /// # Panics
    /// If the kernel refuses: the key is taken, the size or mode impossible.
    #[track_caller]
    pub fn plant(&self, key: key_t, size: usize, mode: u32) -> Planted {
        match attached::create(key, size, mode) {
            Ok(id) => Planted { id, key, size },
            Err(error) => panic!("the test cannot plant a segment of {size} bytes under key {key:#x}: {error}"),
        }
    }

    /// Removes a segment by the test's own hand.
    ///
    /// # Panics
    /// If the kernel refuses: it is gone already.
    #[track_caller]
    pub fn remove(&self, id: c_int) {
        if let Err(error) = attached::remove(id) {
            panic!("the test cannot remove segment {id}: {error}");
        }
    }

    /// Starts a second process that knows libc alone.
    ///
    /// # Panics
    /// If it cannot be started.
    #[track_caller]
    pub fn stranger(&self) -> Stranger {
        match Stranger::start(&self.test, &self.log) {
            Ok(stranger) => stranger,
            Err(error) => panic!("the sandbox cannot start a second process: {error}"),
        }
    }

    /// A program to run beside the test, such as `env!("CARGO_BIN_EXE_writer")`.
    pub fn program(&self, path: impl AsRef<Path>) -> Program<'_> {
        Program::new(&self.log, path.as_ref())
    }
}
