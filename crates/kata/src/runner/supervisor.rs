//! The middle storey: it owns the deadline, inherits every orphan, reads the kernel's table also after the test's
//! process has died, and removes what the test left. (What it leaves itself, when it is killed, the next run removes.)

use std::{
    fs::{self, File},
    io::{self, Write},
    os::{
        fd::{AsFd, AsRawFd},
        unix::process::CommandExt,
    },
    process::{Child, Command},
    time::{Duration, Instant},
};

use libc::{c_ulong, pid_t};

use super::{
    channel::{self, Frame, Letter},
    folder::Folder,
    isolation::Isolation,
    judged::Judged,
    judgement::{ending, line_of_crash, said_other_table},
    marker::{Marker, Role},
    random::{self, Random},
    scratch::Scratch,
    spawn::{die_with_parent, inherit, mark, run_one, this_program},
    spoken::spoken,
    table::{NO_DECOY, furnish, ids, sweep},
};
use crate::{
    process::{self, Process},
    report::{Ending, Held, Printed, Report, Told, Waiting, When, frame},
};

/// What one supervisor is told.
pub(crate) struct Orders {
    pub(crate) test: String,
    pub(crate) package: String,
    pub(crate) seed: u64,
    pub(crate) deadline: Duration,
    /// Whether a decoy lies in the table when the test begins.
    pub(crate) furnished: bool,
    pub(crate) isolation: Isolation,
    /// The test binary's folder.
    pub(crate) folder: Folder,
    /// The test binary, where it is not this program.
    pub(crate) binary: Option<Judged>,
}

/// How long a process that outlives its test may take to be gone by itself: one that the test has just killed.
const GRACE: Duration = Duration::from_millis(100);
/// How much later than its deadline a test may still make a segment: it is being killed.
const SLACK: Duration = Duration::from_secs(10);

/// Runs the test in a separate process and writes its report to `report`, in a frame that bears `key`.
///
/// # Errors
/// What keeps the sandbox itself from working; a test that fails is no error.
pub(crate) fn supervise(orders: &Orders, mut report: &File, key: u64) -> io::Result<()> {
    let told = Told::Report(Box::new(watch(orders)?));
    report.write_all(&frame(&told, key))
}

fn watch(orders: &Orders) -> io::Result<Report> {
    prepare()?;
    // The end of standard input: the process that wanted the report does not want it any more, or has ended.
    let unwanted = io::stdin().as_fd().try_clone_to_owned()?;
    let before = ids()?;
    let scratch = Scratch::new()?;
    let shared = orders.isolation == Isolation::Shared;
    let makes = |pid| if shared { scratch.note_maker(pid, orders.deadline + SLACK) } else { Ok(()) };
    makes(std::process::id().cast_signed())?;
    let random = Random::of(orders.seed ^ 0x5eed, &orders.test);
    let decoy = if orders.furnished { furnish(&random, orders.isolation)? } else { NO_DECOY };

    let frames = channel::anonymous_file(c"kata-frames")?;
    let output = channel::anonymous_file(c"kata-output")?;
    let token = random::fresh();
    let start = Instant::now();
    let letter = Letter::new()?;
    let mut body = start_body(orders, &frames, &output, &letter, &scratch)?;
    let pid = body.id().cast_signed();
    makes(pid)?;
    // The test waits for it.
    letter.send(token)?;
    let ended = process::pidfd(pid)?;

    let (status, alive) = match process::wait_any([&ended, &unwanted], start + orders.deadline)? {
        Some(0) => (Some(body.wait()?), outliving(pid)),
        _ => (None, busy(pid)),
    };
    let after = start.elapsed().min(orders.deadline);
    let segments = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_else(|error| error.to_string());
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    process::end_all();
    drop(scratch);
    let told = channel::receive(&frames);
    let heard = told.as_deref().unwrap_or_default();
    if shared {
        sweep(&before, decoy, pid, heard);
    }
    if said_other_table(heard) {
        let table = if orders.furnished { "a fresh table" } else { "a table with a decoy" };
        let what = format!("the test asks for {table} of segments (Options::fresh_table): order the run so");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }

    let output = String::from_utf8_lossy(&channel::read_all(&output)?).into_owned();
    let mut people = vec![(pid, "test".to_owned()), (std::process::id().cast_signed(), "sandbox".to_owned())];
    people.extend(heard.iter().filter_map(|frame| match frame {
        Frame::Peer { pid, name } => Some((*pid, name.clone())),
        _ => None,
    }));
    let has_a_key = heard.iter().any(|frame| matches!(frame, Frame::Key(_)));
    let line = match (&orders.binary, fs::read_link("/proc/self/exe")) {
        (Some(judged), _) => line_of_crash(heard, &judged.binary),
        (None, Ok(program)) => line_of_crash(heard, &program),
        (None, Err(_)) => None,
    };
    let mut ending = ending(status, told, token, alive.is_empty(), &output, after, decoy);
    if let Ending::Crashed { line: place, .. } = &mut ending {
        *place = line;
    }
    let when = match ending {
        Ending::Crashed { .. } => When::AfterDeath,
        Ending::EndedEarly(_) => When::AfterEnd,
        _ => When::Then,
    };
    let mut report = Report::new(&orders.test, &orders.package, orders.seed, ending);
    let kept = !matches!(report.ending, Ending::Passed | Ending::Skipped(_));
    if kept {
        // A garbled channel says nothing of who is who in the table.
        report.held = (!matches!(report.ending, Ending::Failed(_) | Ending::Garbled(_)))
            .then(|| Held::new(when, segments, &maps, decoy));
        report.printed = Printed::new(spoken(&output, &orders.test, pid));
        report.people = people;
        report.has_a_key = has_a_key;
        report.alive = alive.into_iter().map(|(process, threads)| waiting(&report, process, threads)).collect();
    }
    Ok(report)
}

fn waiting(report: &Report, process: Process, threads: Vec<String>) -> Waiting {
    let name = report.role_of(process.pid).map_or(process.name, str::to_owned);
    Waiting { pid: process.pid, name, threads }
}

/// Makes this process the heir of every orphan below it, and shuts it off from what it supervises: a process that may not
/// be dumped may not be traced either, nor its memory and descriptors be reached through `/proc`.
fn prepare() -> io::Result<()> {
    for (option, value) in [(libc::PR_SET_CHILD_SUBREAPER, 1), (libc::PR_SET_DUMPABLE, 0)] {
        // SAFETY: both take integers and touch no memory.
        if unsafe { libc::prctl(option, value as c_ulong) } == -1 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

fn start_body(orders: &Orders, frames: &File, output: &File, letter: &Letter, scratch: &Scratch) -> io::Result<Child> {
    let &Orders { seed, isolation, furnished, .. } = orders;
    let test = orders.test.clone();
    let [frames, folder, token] = [frames.as_raw_fd(), orders.folder.number(), letter.number()];
    let role = Role::Body { frames, folder, token, seed, isolation, furnished };
    let parent = std::process::id().cast_signed();
    let mut command = match &orders.binary {
        Some(judged) => judged.command(&orders.folder),
        None => this_program(),
    };
    run_one(&mut command, &test);
    mark(&mut command, &Marker { role, parent, test });
    command.env("TMPDIR", scratch.path()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    [frames, folder, token].into_iter().for_each(|fd| inherit(&mut command, fd));
    limit(&mut command);
    die_with_parent(&mut command);
    command.spawn().map_err(|error| {
        let program = orders.binary.as_ref().map_or(command.get_program(), |judged| judged.binary.as_os_str());
        io::Error::new(error.kind(), format!("the test binary {} cannot be started: {error}", program.display()))
    })
}

/// No core dumps, and no file beyond 64 MiB: a program that prints without end fills neither disk nor memory.
fn limit(command: &mut Command) {
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
    // SAFETY: between fork and exec `prepare` makes system calls and nothing else.
    unsafe { command.pre_exec(prepare) };
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
