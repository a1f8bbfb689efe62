//! The end of a process: how to wait for it, and how to put it in words.

use std::{
    io,
    os::{
        fd::{AsRawFd, FromRawFd, OwnedFd},
        unix::process::ExitStatusExt,
    },
    process::ExitStatus,
    time::Instant,
};

use libc::{c_int, pid_t};

/// A descriptor that becomes readable when the process ends.
///
/// # Errors
/// If there is no such process (`ESRCH`), and before Linux 5.3 (`ENOSYS`).
///
/// Source: pidfd_open(2).
pub fn pidfd(pid: pid_t) -> io::Result<OwnedFd> {
    // SAFETY: pidfd_open takes integers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    if fd == -1 {
        let error = io::Error::last_os_error();
        return Err(io::Error::new(error.kind(), format!("pidfd_open({pid}): {error}")));
    }
    // SAFETY: the kernel just opened it for us; descriptors fit a c_int.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as c_int) })
}

/// Waits until one of the descriptors is readable; the index of the first that is, `None` when `deadline` passes.
///
/// # Errors
/// Those of poll(2). An interruption by a signal is none.
///
/// Source: poll(2).
pub fn wait_any<const N: usize>(fds: [&OwnedFd; N], deadline: Instant) -> io::Result<Option<usize>> {
    let mut polled = fds.map(|fd| libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 });
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // Rounded up: at 0.4 ms left a timeout of 0 would spin.
        let timeout = c_int::try_from(left.as_micros().div_ceil(1000)).unwrap_or(c_int::MAX);
        // SAFETY: `polled` is an array of N pollfds that lives through the call.
        let ready = unsafe { libc::poll(polled.as_mut_ptr(), N as libc::nfds_t, timeout) };
        match ready {
            -1 => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
            0 => return Ok(None),
            _ => return Ok(polled.iter().position(|fd| fd.revents != 0)),
        }
    }
}

/// How a process ended, in words: `exit code 1`, `SIGSEGV (11)`.
pub(crate) fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("{} ({signal})", signal_name(signal)),
        (None, None) => status.to_string(),
    }
}

/// The name of a signal that a test may die of.
pub(crate) fn signal_name(signal: c_int) -> &'static str {
    macro_rules! names {
        ($($name:ident)*) => { match signal { $(libc::$name => stringify!($name),)* _ => "a signal" } };
    }
    names!(SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM
           SIGTERM SIGXCPU SIGXFSZ SIGSYS)
}
