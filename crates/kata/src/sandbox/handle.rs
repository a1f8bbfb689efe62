//! What a test has at hand in its sandbox.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    fmt::Display,
    io,
    ops::RangeInclusive,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    panic::resume_unwind,
    path::Path,
    time::{Duration, Instant},
};

use libc::{c_int, c_long, key_t};

use super::{
    child,
    faults::{self, Answer, Stop},
    footprint::Footprint,
    peer::Program,
    planted::Planted,
    stranger::Stranger,
};
use crate::{
    calls::shm,
    kernel::{self, Mapping, Segment},
    runner::{
        Isolation,
        body::{Log, Skipped},
        channel::Frame,
        folder::Folder,
        random::Random,
    },
};

/// What a test has at hand in its sandbox.
#[derive(Debug)]
pub struct Sandbox {
    test: String,
    log: Log,
    folder: Folder,
    random: Random,
    isolation: Isolation,
    /// The segments that stood when the test began; where it is isolated, the decoy alone.
    before: HashSet<c_int>,
    keys: RefCell<Vec<key_t>>,
    /// The keys that the test chose itself, where it shares the host's table, each with what keeps other tests from it.
    chosen: RefCell<HashMap<key_t, UnixDatagram>>,
}

/// How long a test waits for a key that another test has: as long as most tests take, with what removes their segments.
const PATIENCE: Duration = Duration::from_secs(3);

impl Sandbox {
    pub(super) fn new(test: String, log: Log, folder: Folder, seed: u64, isolation: Isolation) -> Self {
        let random = Random::of(seed, &test);
        let (keys, chosen) = (RefCell::default(), RefCell::default());
        let mut sandbox = Sandbox { test, log, folder, random, isolation, before: HashSet::new(), keys, chosen };
        sandbox.before = sandbox.table().iter().map(|segment| segment.id).collect();
        sandbox
    }

    /// A key that no segment has: positive, never 0 (`IPC_PRIVATE`). Different at every call, and in every run without
    /// `KATA_SEED`.
    pub fn key(&self) -> key_t {
        loop {
            let key = self.random.within(0x0100_0000..=0x7fff_ffff) as key_t;
            if !self.keys.borrow().contains(&key) && self.table().iter().all(|segment| segment.key != key) {
                return self.claim(key);
            }
        }
    }

    /// A key that the test has a reason to choose itself, such as a program's default. A test that shares the host's
    /// table waits while another test has this key, and is skipped if a segment has it all the same.
    pub fn this_key(&self, key: key_t) -> key_t {
        let taken = || self.table().iter().any(|segment| segment.key == key);
        let deadline = Instant::now() + PATIENCE;
        while !self.is_alone_with(key) || taken() {
            if self.isolated() || Instant::now() > deadline {
                self.skip(format!("a segment of this machine has the key {key:#x} already: ipcs -m"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.claim(key)
    }

    /// Whether no other test chose this key; from then on until the test's process ends none can. The name of a socket is
    /// taken for it, which the kernel knows once.
    fn is_alone_with(&self, key: key_t) -> bool {
        if self.isolated() || self.chosen.borrow().contains_key(&key) {
            return true;
        }
        let name = SocketAddr::from_abstract_name(format!("shm-kata-key-{key}"));
        match name.and_then(|name| UnixDatagram::bind_addr(&name)) {
            Ok(socket) => drop(self.chosen.borrow_mut().insert(key, socket)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return false,
            // Nothing can be known: the look at the table has to do.
            Err(_) => {}
        }
        true
    }

    fn claim(&self, key: key_t) -> key_t {
        self.skip_where_segments_do_not_last();
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
        self.isolated() || self.is_makers(segment) || self.keys.borrow().contains(&segment.key)
    }

    /// Whether this process or one of its programs made it.
    fn is_makers(&self, segment: &Segment) -> bool {
        segment.cpid == std::process::id().cast_signed() || self.log.peers().contains(&segment.cpid)
    }

    /// Whether the segment that has this key can only be the test's.
    fn made(&self, key: key_t) -> bool {
        self.isolated() || self.segment_by_key(key).is_some_and(|segment| self.is_makers(&segment))
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

    fn skip_where_segments_do_not_last(&self) {
        if !self.isolated() && kernel::removes_unattached() {
            self.skip(
                "this machine removes segments that no process has attached (kernel.shm_rmid_forced=1), and the kernel \
                 refuses the namespace in which it would not",
            );
        }
    }

    /// Leaves the test, which cannot show its point here. It does not count as passed: `kata` calls its lesson partial.
    pub fn skip(&self, reason: impl Into<String>) -> ! {
        self.log.send(&Frame::Skipped(reason.into()));
        resume_unwind(Box::new(Skipped))
    }

    /// A segment as another program might have left it, made with `IPC_CREAT | IPC_EXCL`. It stays until a process
    /// removes it or the sandbox goes.
    ///
    /// # Panics
    /// If the kernel refuses: the key is taken, the size or mode impossible.
    #[track_caller]
    pub fn plant(&self, key: key_t, size: usize, mode: u32) -> Planted {
        self.skip_where_segments_do_not_last();
        match shm::create(key, size, mode) {
            Ok(id) => Planted { id, key, size },
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !self.made(key) => {
                self.skip(format!("another program of this machine has taken the key {key:#x} meanwhile: ipcs -m"))
            }
            Err(error) => panic!("the test cannot plant a segment of {size} bytes under key {key:#x}: {error}"),
        }
    }

    /// Removes a segment by the test's own hand.
    ///
    /// # Panics
    /// If the kernel refuses: it is gone already.
    #[track_caller]
    pub fn remove(&self, id: c_int) {
        if let Err(error) = shm::remove(id) {
            panic!("the test cannot remove segment {id}: {error}");
        }
    }

    /// From now on the kernel answers `EPERM` to a shmget(2) of this thread that creates without `IPC_EXCL`, or that
    /// lets the group or the others in: this catches code that checks first and creates then, or sets the mode
    /// afterwards. The test is skipped where no filter can be set.
    ///
    /// Source: seccomp(2).
    pub fn refuse_careless_creation(&self) {
        if let Err(error) = faults::refuse_careless_creation() {
            self.no_filter(&error);
        }
    }

    /// What `work` returns when the kernel answers `errno` to each system call `call` that it makes
    /// (`libc::SYS_shmget`), and does nothing else. `work` runs in a separate thread. The test is skipped where no
    /// filter can be set.
    ///
    /// Source: seccomp(2).
    pub fn refusing<T: Send>(&self, call: c_long, errno: c_int, work: impl FnOnce() -> T + Send) -> T {
        faults::refusing(call, errno, work).unwrap_or_else(|error| self.no_filter(&error))
    }

    /// What `work` returns when each of `calls` that it makes stops, before the kernel does it, until `answer` has said
    /// what becomes of it. `answer` runs in the test's thread, and may look at the kernel's tables and change them;
    /// `work` runs in a separate thread. The test is skipped where no filter can be set.
    ///
    /// Source: seccomp_unotify(2).
    pub fn stopping<T: Send>(
        &self,
        calls: &[c_long],
        work: impl FnOnce() -> T + Send,
        answer: impl FnMut(Stop) -> Answer,
    ) -> T {
        faults::stopping(calls, work, answer).unwrap_or_else(|error| self.no_filter(&error))
    }

    fn no_filter(&self, error: &io::Error) -> ! {
        self.skip(format!("the kernel takes no seccomp filter here: {error}"))
    }

    /// Runs `work` in a child of this process, and waits until it has ended, as a program ends: what it made belongs to a
    /// process that is gone. `work` must not use a [`Peer`](super::Peer) that runs meanwhile.
    ///
    /// # Panics
    /// If the child panics or ends otherwise than by the return of `work`.
    #[track_caller]
    pub fn in_a_child(&self, work: impl FnOnce()) {
        child::in_a_child(work);
    }

    /// Requires that `work` leaves this process's open descriptors, current directory, umask, locked memory and limit of
    /// its address space as they were. Returns what `work` returned; `asked` says what it does.
    ///
    /// # Panics
    /// If one of them has changed.
    #[track_caller]
    pub fn leaving_no_trace<T>(&self, asked: impl Display, work: impl FnOnce() -> T) -> T {
        let before = Footprint::now();
        let value = work();
        let after = Footprint::now();
        let (what, expected, found) = before.difference(&after).unwrap_or_default();
        assert!(
            expected == found,
            "{asked} should leave the process's {what} as they were\n  expected: {expected}\n  found:    {found}\n  \
             look:     what does your code open or change besides the one call?"
        );
        value
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
        Program::new(&self.log, &self.folder, path.as_ref())
    }
}
