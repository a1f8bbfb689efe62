//! Ctrl-C and its kin: noted by the handler, seen by everyone who waits.
//!
//! The handler writes into a pipe that is never emptied, so that the pipe's other end stays readable from the first
//! signal on, for every waiting thread alike.

use std::io;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use libc::c_int;

static CAUGHT: AtomicI32 = AtomicI32::new(0);
static WRITE_END: AtomicI32 = AtomicI32::new(-1);
static WRITE_JOB: AtomicI32 = AtomicI32::new(-1);
static OWN: AtomicI32 = AtomicI32::new(0);
static READ_END: OnceLock<RawFd> = OnceLock::new();

/// The signal that asked the runner to stop, if one did.
pub fn caught() -> Option<c_int> {
    match CAUGHT.load(Relaxed) {
        0 => None,
        signal => Some(signal),
    }
}

/// From here on SIGINT, SIGTERM, SIGHUP and SIGQUIT no longer end the runner by themselves: code that starts a child
/// watches the descriptor returned, and cleans up when it becomes readable. It is opened once and stays open. A signal
/// that was ignored when the runner started (nohup) stays ignored.
pub fn watch() -> RawFd {
    *READ_END.get_or_init(|| {
        let (read, write) = pipe().expect("a pipe for signals");
        WRITE_END.store(write.into_raw_fd(), Relaxed);
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT] {
            install(signal);
        }
        // What a killed child leaves behind comes to this process, which can then wait for it.
        // SAFETY: this option reads one integer argument.
        unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
        read.into_raw_fd()
    })
}

/// Waits until no descendant is left: for `patience` as they are, then it kills them.
///
/// The sandbox's supervisors remove their segments when the test binary dies; that is what the patience is for.
pub fn outlive_descendants(patience: Duration) {
    let start = Instant::now();
    while start.elapsed() < patience {
        // SAFETY: a null status is allowed. Only the runner's last act calls this, when no code waits for a child.
        match unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } {
            0 => std::thread::sleep(Duration::from_millis(2)),
            -1 if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted => return,
            _ => {}
        }
    }
    kata::process::end_all();
}

/// Reaps the orphans that came to this process and have ended. For a moment in which no thread waits for a child of its
/// own but one that waits without end: that child is left to it.
pub fn reap_strays() {
    loop {
        // SAFETY: an all-zero siginfo_t is a valid one.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: waitid writes into `info` alone.
        let result = unsafe { libc::waitid(libc::P_ALL, 0, &mut info, options) };
        // SAFETY: waitid succeeded, so `si_pid` is set, to 0 when no child has ended.
        let pid = if result == 0 { unsafe { info.si_pid() } } else { 0 };
        if pid == 0 || OWN.load(Relaxed) == pid {
            return;
        }
        // SAFETY: a null status is allowed.
        unsafe { libc::waitpid(pid, std::ptr::null_mut(), libc::WNOHANG) };
    }
}

/// Leaves this child to the thread that waits for it; 0 for none.
pub fn leave_to_its_thread(child: libc::pid_t) {
    OWN.store(child, Relaxed);
}

extern "C" fn note(signal: c_int) {
    // SAFETY: __errno_location points at this thread's errno, which the interrupted code may be about to read.
    let errno = unsafe { *libc::__errno_location() };
    CAUGHT.store(signal, Relaxed);
    // SAFETY: write is async-signal-safe; one byte is read from a static.
    unsafe { libc::write(WRITE_END.load(Relaxed), b"!".as_ptr().cast(), 1) };
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

static JOBS: OnceLock<RawFd> = OnceLock::new();

/// From here on SIGTSTP no longer stops the runner by itself, and SIGCONT and SIGWINCH are noted: the descriptor returned
/// is readable while [`next_job`] has one to tell. For who draws on a terminal, and must give it back before stopping.
pub fn watch_jobs() -> RawFd {
    *JOBS.get_or_init(|| {
        let (read, write) = pipe().expect("a pipe for signals");
        WRITE_JOB.store(write.into_raw_fd(), Relaxed);
        for signal in [libc::SIGTSTP, libc::SIGCONT, libc::SIGWINCH] {
            handle(signal, note_job as extern "C" fn(c_int) as libc::sighandler_t);
        }
        read.into_raw_fd()
    })
}

/// The next SIGTSTP, SIGCONT or SIGWINCH, in the order in which they came.
pub fn next_job() -> Option<c_int> {
    let mut byte = 0_u8;
    // SAFETY: one byte is written to a local; the pipe does not block.
    let count = unsafe { libc::read(*JOBS.get()?, (&raw mut byte).cast(), 1) };
    (count == 1).then_some(c_int::from(byte))
}

/// Held while a child is started, and while the group is stopped.
static STARTING: Mutex<()> = Mutex::new(());

/// Starts `command`'s child, never while [`stop_group`] stops the group: std starts it as vfork(2) does, so that this
/// thread waits in the kernel until the child runs its program. A child that is stopped before that would keep this
/// process from stopping, and a shell would wait for its job for ever.
///
/// # Errors
/// Those of [`Command::spawn`].
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    command.spawn()
}

/// Stops the whole process group, as Ctrl-Z on an ordinary program does, so that the shell sees its job stopped; returns
/// when it goes on. Where no shell could wake the group again (it is orphaned) the kernel does not stop it.
pub fn stop_group() {
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    handle(libc::SIGTSTP, libc::SIG_DFL);
    // SAFETY: kill takes integers; 0 is this process's own group.
    unsafe { libc::kill(0, libc::SIGTSTP) };
    handle(libc::SIGTSTP, note_job as extern "C" fn(c_int) as libc::sighandler_t);
}

/// Runs `run`, which starts another program on this terminal and waits for it. Ctrl-C and Ctrl-\ are for that program
/// then, and Ctrl-Z stops both.
pub fn lend_terminal<T>(run: impl FnOnce() -> T) -> T {
    // A handler, because a program that is started takes over what is ignored.
    extern "C" fn nothing(_: c_int) {}
    let of = |signal| {
        // SAFETY: an all-zero sigaction is a valid one.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: with no new action, sigaction only writes the old one.
        unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) };
        action
    };
    let before = [libc::SIGTSTP, libc::SIGINT, libc::SIGQUIT].map(|signal| (signal, of(signal)));
    for (signal, action) in &before {
        if action.sa_sigaction != libc::SIG_IGN {
            let theirs = if *signal == libc::SIGTSTP {
                libc::SIG_DFL
            } else {
                nothing as extern "C" fn(c_int) as libc::sighandler_t
            };
            handle(*signal, theirs);
        }
    }
    let done = run();
    for (signal, action) in &before {
        // SAFETY: `action` is what sigaction has written.
        unsafe { libc::sigaction(*signal, action, std::ptr::null_mut()) };
    }
    done
}

extern "C" fn note_job(signal: c_int) {
    // SAFETY: as in `note`.
    let errno = unsafe { *libc::__errno_location() };
    let byte = signal as u8;
    // SAFETY: write is async-signal-safe; one byte is read from a local. A full pipe holds enough news already.
    unsafe { libc::write(WRITE_JOB.load(Relaxed), (&raw const byte).cast(), 1) };
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

fn handle(signal: c_int, handler: libc::sighandler_t) {
    // SAFETY: an all-zero sigaction is a valid one: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: `action` is initialised; a handler of ours calls only what is async-signal-safe.
    unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) };
}

fn install(signal: c_int) {
    // SAFETY: an all-zero sigaction is a valid one: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: with no new action, sigaction only writes the old one.
    unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) };
    if action.sa_sigaction == libc::SIG_IGN {
        return;
    }
    handle(signal, note as extern "C" fn(c_int) as libc::sighandler_t);
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [-1; 2];
    // SAFETY: pipe2 writes two descriptors into the array.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: both are open and no other code owns them.
    Ok(unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}
