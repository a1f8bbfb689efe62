//! How a process ended, in words.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

use libc::c_int;

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
