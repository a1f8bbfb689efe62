//! The middle storey: it owns the deadline, inherits every orphan, reads the kernel's table also after the test's
//! process has died, and leaves nothing behind.

use std::{
    collections::HashSet,
    fs::{self, File, Permissions},
    io::{self, Write},
    os::{
        fd::AsRawFd,
        unix::{
            fs::{DirBuilderExt, PermissionsExt},
            process::ExitStatusExt,
        },
    },
    path::{Path, PathBuf},
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use libc::{c_int, c_ulong, key_t, pid_t};

use super::{
    Options,
    cause::Fault,
    channel::{self, Frame, Panic},
    marker::{Marker, Role},
    random::Random,
    report::{Ending, Findings, Held},
    spawn::{Isolation, die_with_parent, inherit, this_test_again},
};
use crate::{
    kernel::{self, Segment},
    process::{self, Process},
    segment,
};

/// What one supervisor is told.
pub(super) struct Orders {
    pub(super) test: String,
    pub(super) package: String,
    pub(super) outer: pid_t,
    pub(super) seed: u64,
    /// Those of the test, whose code this process runs too.
    pub(super) options: Options,
    pub(super) isolation: Isolation,
}

/// How long a process that outlives its test may take to be gone by itself: one that the test has just killed.
const GRACE: Duration = Duration::from_millis(100);

/// Runs the test in a process of its own and writes the verdict to `report`.
///
/// # Errors
/// What keeps the sandbox itself from working; a test that fails is no error.
pub(super) fn supervise(orders: &Orders, report: &File) -> io::Result<()> {
    // SAFETY: prctl(PR_SET_CHILD_SUBREAPER) takes integers and touches no memory.
    if unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1 as c_ulong) } == -1 {
        return Err(io::Error::last_os_error());
    }
    let outer = process::pidfd(orders.outer)?;
    let before = ids()?;
    let random = Random::of(orders.seed ^ 0x5eed, &orders.test);
    let decoy = if orders.options.furnished { furnish(&random, orders.isolation)? } else { NO_DECOY };

    let frames = channel::anonymous_file(c"kata-frames")?;
    let output = channel::anonymous_file(c"kata-output")?;
    let token = super::random::fresh();
    let scratch = Scratch::new(token)?;
    let mut body = start_body(orders, &frames, &output, token, &scratch)?;
    let pid = body.id().cast_signed();
    let ended = process::pidfd(pid)?;

    let woken = process::wait_any([&ended, &outer], Instant::now() + orders.options.deadline)?;
    let (ending, alive) = match woken {
        Some(0) => {
            let status = body.wait()?;
            (Some(status), outliving(pid))
        }
        // Whoever wanted the verdict is gone: leave nothing behind, and leave.
        Some(_) => (None, Vec::new()),
        None => (None, busy(pid)),
    };
    let held = Held::now(pid);
    process::end_all();
    drop(scratch);
    let told = channel::receive(&frames);
    if orders.isolation == Isolation::Shared {
        sweep(&before, decoy, pid, told.as_deref().unwrap_or_default());
    }

    let findings = Findings {
        test: &orders.test,
        package: &orders.package,
        seed: orders.seed,
        deadline: orders.options.deadline,
        body: pid,
        decoy,
        ending: verdict(ending, told, token, &alive),
        alive,
        held,
        output: channel::read_all(&output)?,
    };
    let mut report = report;
    report.write_all(findings.to_string().as_bytes())
}

/// No segment has this id: it is what shmget returns when it fails.
const NO_DECOY: c_int = -1;

/// The ids of all segments.
fn ids() -> io::Result<HashSet<c_int>> {
    Ok(kernel::segments().map_err(io::Error::other)?.iter().map(|segment| segment.id).collect())
}

/// Makes guessing futile: in a namespace of its own some ids are used up, so that the next is not 0; and a segment
/// of another key, size and mode lies there already. Returns that decoy's id.
fn furnish(random: &Random, isolation: Isolation) -> io::Result<c_int> {
    if isolation != Isolation::Shared {
        for _ in 0..random.within(3..=40) {
            segment::remove(segment::create(libc::IPC_PRIVATE, 1, 0o600)?)?;
        }
    }
    let size = random.within(5000..=9000) as usize;
    loop {
        let key = (random.next() as key_t) | 1;
        match segment::create(key, size, 0o640) {
            Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {}
            decoy => return decoy,
        }
    }
}

fn start_body(orders: &Orders, frames: &File, output: &File, token: u64, scratch: &Scratch) -> io::Result<Child> {
    let role = Role::Body { frames: frames.as_raw_fd(), token, seed: orders.seed, isolation: orders.isolation };
    let parent = std::process::id().cast_signed();
    let mut command = this_test_again(&Marker { role, parent, test: orders.test.clone() });
    command.env("TMPDIR", &scratch.0).stdout(output.try_clone()?).stderr(output.try_clone()?);
    inherit(&mut command, frames.as_raw_fd());
    limit(&mut command);
    die_with_parent(&mut command);
    command.spawn()
}

/// No core dumps, and no file beyond 64 MiB: a program that prints without end fills neither disk nor memory.
fn limit(command: &mut std::process::Command) {
    use std::os::unix::process::CommandExt;
    let set = |resource, most: libc::rlim_t| {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: `limit` lives through both calls. A limit may be lowered and not raised.
        unsafe {
            if libc::getrlimit(resource, &mut limit) == -1 {
                return Err(io::Error::last_os_error());
            }
            let least = most.min(limit.rlim_max);
            limit = libc::rlimit { rlim_cur: least, rlim_max: least };
            if libc::setrlimit(resource, &limit) == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
        }
    };
    let prepare = move || {
        set(libc::RLIMIT_CORE, 0)?;
        set(libc::RLIMIT_FSIZE, 64 << 20)
    };
    // SAFETY: between fork and exec `prepare` makes two system calls and nothing else.
    unsafe { command.pre_exec(prepare) };
}

/// A directory for the test's temporary files, removed with all that is in it, also when the test has died.
struct Scratch(PathBuf);

impl Scratch {
    fn new(number: u64) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("kata-{number:016x}"));
        fs::DirBuilder::new().mode(0o700).create(&path).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("the temporary directory {} (TMPDIR) cannot be made: {error}", path.display()),
            )
        })?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if fs::remove_dir_all(&self.0).is_err() {
            // A test that is about permissions may have locked a directory. What still stays is left to the system,
            // which clears its temporary directory: a test's verdict does not hang on it.
            unlock(&self.0);
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// Gives the owner all rights on the directories from `path` down.
fn unlock(path: &Path) {
    if fs::set_permissions(path, Permissions::from_mode(0o700)).is_err() {
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            unlock(&entry.path());
        }
    }
}

/// What still runs after the test has ended, and does not end by itself within [`GRACE`].
fn outliving(body: pid_t) -> Vec<(Process, Vec<String>)> {
    let deadline = Instant::now() + GRACE;
    loop {
        let alive = busy(body);
        if alive.is_empty() || Instant::now() > deadline {
            return alive;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Every living process of the test, and what it does.
fn busy(body: pid_t) -> Vec<(Process, Vec<String>)> {
    process::descendants()
        .into_iter()
        .map(|process| {
            let activity = process::activity(&process, process.pid == body);
            (process, activity)
        })
        .collect()
}

/// How the test ended. `status` is `None` if it had to be ended.
fn verdict(
    status: Option<ExitStatus>,
    frames: io::Result<Vec<Frame>>,
    token: u64,
    alive: &[(Process, Vec<String>)],
) -> Ending {
    let (frames, garbled) = match frames {
        Ok(frames) => (frames, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let panics = || {
        frames.iter().filter_map(|frame| match frame {
            Frame::Panic(panic) => Some(panic.clone()),
            _ => None,
        })
    };
    let fault = frames.iter().rev().find_map(|frame| match frame {
        &Frame::Fault { signal, code, address } => Some((signal, Fault { code, address })),
        _ => None,
    });
    let skipped = frames.iter().find_map(|frame| match frame {
        Frame::Skipped { reason } => Some(reason.clone()),
        _ => None,
    });
    let has = |wanted: &Frame| frames.contains(wanted);
    let peers = frames.iter().filter_map(peer).collect();
    match status {
        None => Ending::OutOfTime { peers },
        Some(status) if let Some(signal) = status.signal() => {
            let fault = fault.filter(|&(faulted, _)| faulted == signal).map(|(_, fault)| fault);
            Ending::Crashed { signal, fault, panics: panics().collect(), peers }
        }
        Some(_) if let Some(error) = garbled => Ending::Garbled(error),
        Some(_) if has(&Frame::Failed) => Ending::Failed { panic: panics().next_back().unwrap_or_else(silent), peers },
        Some(status) if status.success() && skipped.is_some() => Ending::Skipped(skipped.unwrap_or_default()),
        Some(status) if status.success() && has(&Frame::Token(token)) => {
            if alive.is_empty() {
                Ending::Passed
            } else {
                Ending::Outlived { peers }
            }
        }
        Some(status) => Ending::EndedEarly { status, peers },
    }
}

/// A panic that the hook did not see: `resume_unwind` does not call it.
fn silent() -> Panic {
    let message = "the test was left by resume_unwind, without a message".to_owned();
    Panic { at: String::new(), message, segments: String::new(), maps: String::new() }
}

fn peer(frame: &Frame) -> Option<(pid_t, String)> {
    match frame {
        Frame::Peer { pid, name } => Some((*pid, name.clone())),
        _ => None,
    }
}

/// Where tests share the host's table: removes the decoy and what this test's processes made.
fn sweep(before: &HashSet<c_int>, decoy: c_int, body: pid_t, frames: &[Frame]) {
    let ours = |segment: &Segment| {
        let made_by_us = segment.cpid == body || frames.iter().filter_map(peer).any(|(pid, _)| pid == segment.cpid);
        segment.id == decoy || made_by_us || frames.contains(&Frame::Key(segment.key))
    };
    for segment in kernel::segments().unwrap_or_default() {
        if !before.contains(&segment.id) && ours(&segment) {
            // A segment that went by itself meanwhile is what we want.
            let _ = segment::remove(segment.id);
        }
    }
}

impl Held {
    /// What the kernel holds now; `body` may be dead.
    fn now(body: pid_t) -> Self {
        let unknown = |error: io::Error| error.to_string();
        Held {
            segments: fs::read_to_string("/proc/sysvipc/shm").unwrap_or_else(unknown),
            maps: fs::read_to_string(format!("/proc/{body}/maps")).unwrap_or_default(),
        }
    }
}
