//! Ctrl-C and its kin: noted by the handler, seen by everyone who waits.
//!
//! The handler writes into a pipe that nobody ever empties, so that the pipe's other end stays readable from the first
//! signal on, for every waiting thread alike.

use std::io;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use libc::c_int;

static CAUGHT: AtomicI32 = AtomicI32::new(0);
static WRITE_END: AtomicI32 = AtomicI32::new(-1);
static READ_END: OnceLock<RawFd> = OnceLock::new();

/// The signal that asked the runner to stop, if one did.
pub fn caught() -> Option<c_int> {
    match CAUGHT.load(Relaxed) {
        0 => None,
        signal => Some(signal),
    }
}

/// From here on SIGINT, SIGTERM and SIGHUP no longer end the runner by themselves: whoever starts a child watches the
/// descriptor returned, and cleans up when it becomes readable. It is opened once and stays open. A signal that was
/// ignored when the runner started (nohup) stays ignored.
pub fn watch() -> RawFd {
    *READ_END.get_or_init(|| {
        let (read, write) = pipe().expect("a pipe for signals");
        WRITE_END.store(write.into_raw_fd(), Relaxed);
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
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
        // SAFETY: a null status is allowed. Only the runner's last act calls this, when nobody waits for a child.
        match unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } {
            0 => std::thread::sleep(Duration::from_millis(2)),
            -1 if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted => return,
            _ => {}
        }
    }
    kata::process::end_all();
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

fn install(signal: c_int) {
    // SAFETY: an all-zero sigaction is a valid one: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: with no new action, sigaction only writes the old one.
    unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) };
    if action.sa_sigaction == libc::SIG_IGN {
        return;
    }
    action.sa_sigaction = note as extern "C" fn(c_int) as libc::sighandler_t;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: `action` is initialised, and its handler calls only what is async-signal-safe.
    unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) };
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [-1; 2];
    // SAFETY: pipe2 writes two descriptors into the array.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: both are open and nobody else owns them.
    Ok(unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}
