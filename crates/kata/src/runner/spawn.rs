//! Starting a binary again: in its own namespace if the kernel allows it, with fewer privileges, with one test to run.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::{fd::RawFd, unix::process::CommandExt},
    process::{Child, Command, Stdio},
    sync::{
        Once, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
};

use libc::c_ulong;

use super::{
    channel::keep_across_exec,
    handover::{self, say, tell},
    isolation::{IdMaps, Isolation, drop_capabilities, enter, is_refusal},
    marker::{self, Marker},
};
use crate::report::Told;

/// The running program, also after a new build has replaced its file.
const THIS: &str = "/proc/self/exe";

/// A command that runs this very binary again, with the one test that `marker` names.
pub(crate) fn this_test_again(marker: &Marker) -> Command {
    let mut command = this_program();
    run_one(&mut command, &marker.test);
    mark(&mut command, marker);
    command
}

/// This program again, as it calls itself.
pub(super) fn this_program() -> Command {
    let mut command = Command::new(THIS);
    command.arg0(std::env::args_os().next().unwrap_or_else(|| "kata".into()));
    command
}

/// The arguments with which libtest runs one test alone.
pub(super) fn run_one(command: &mut Command, test: impl AsRef<OsStr>) {
    command.arg(test).args(["--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
}

/// Tells the command's process what it is, and keeps from it where reports are handed over.
pub(super) fn mark(command: &mut Command, marker: &Marker) {
    command.env(marker::VARIABLE, marker.encode()).env_remove(handover::VARIABLE);
    command.stdin(Stdio::null()).stdout(Stdio::null());
}

/// The command's child is killed when the thread that starts it ends. `parent` is this process.
pub(crate) fn die_with_parent(command: &mut Command) {
    let parent = std::process::id();
    let prepare = move || {
        // SAFETY: prctl(PR_SET_PDEATHSIG) and getppid touch no memory and are plain system calls.
        unsafe {
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as c_ulong) == -1 {
                return Err(io::Error::last_os_error());
            }
            // The parent may have died before the call: then no signal will come.
            if libc::getppid().cast_unsigned() != parent {
                Err(io::Error::from_raw_os_error(libc::ESRCH))
            } else {
                Ok(())
            }
        }
    };
    // SAFETY: between fork and exec `prepare` makes system calls and nothing else.
    unsafe { command.pre_exec(prepare) };
}

/// Lets the command's child inherit `fd`.
pub(crate) fn inherit(command: &mut Command, fd: RawFd) {
    // SAFETY: between fork and exec this is one fcntl.
    unsafe { command.pre_exec(move || keep_across_exec(fd)) };
}

/// Starts a supervisor in the best isolation that the kernel grants and `wanted` allows; `command` makes its command
/// for what it got. The end of its standard input tells the supervisor that no process wants its report any more.
///
/// Which isolation that is shows in the result and not in who we are: root in a container is refused, an ordinary user
/// on a laptop is not.
pub(super) fn supervisor(
    inherited: &[RawFd],
    errors: &File,
    wanted: Option<Isolation>,
    command: impl Fn(Isolation) -> Command,
) -> io::Result<(Child, Isolation)> {
    static GRANTED: AtomicU8 = AtomicU8::new(0);
    let mut refusals = Vec::new();
    let known: usize = GRANTED.load(Ordering::Relaxed).into();
    for (index, isolation) in Isolation::ALL.into_iter().enumerate() {
        if wanted.map_or(index < known, |wanted| isolation != wanted) {
            continue;
        }
        let mut command = command(isolation);
        command.stdin(Stdio::piped()).stderr(errors.try_clone()?).process_group(0);
        for fd in inherited {
            inherit(&mut command, *fd);
        }
        let maps = IdMaps::own();
        let prepare = move || {
            enter(isolation, &maps)?;
            drop_capabilities();
            Ok(())
        };
        // SAFETY: between fork and exec `prepare` makes system calls on strings made beforehand, and nothing else.
        unsafe { command.pre_exec(prepare) };
        match command.spawn() {
            Ok(child) => {
                if wanted.is_none() {
                    GRANTED.store(index as u8, Ordering::Relaxed);
                }
                if isolation == Isolation::Shared && wanted.is_none() {
                    announce_fallback(&refusals);
                }
                return Ok((child, isolation));
            }
            Err(error) if wanted.is_some() && is_refusal(&error) => {
                let what = format!("the kernel refuses the isolation asked for ({}): {error}", isolation.name());
                return Err(io::Error::new(error.kind(), what));
            }
            Err(error) if isolation != Isolation::Shared && is_refusal(&error) => {
                refusals.push(format!("{}: {error}", isolation.name()));
            }
            Err(error) => {
                let what = format!("{THIS} cannot be started: {error}. Is /proc mounted?");
                return Err(io::Error::new(error.kind(), what));
            }
        }
    }
    unreachable!("the last isolation returns")
}

/// Says once, past libtest's capturing, that tests share the host's table of segments.
fn announce_fallback(refusals: &[String]) {
    static ONCE: Once = Once::new();
    static WHY: OnceLock<String> = OnceLock::new();
    if !refusals.is_empty() {
        let _ = WHY.set(refusals.join("; "));
    }
    ONCE.call_once(|| {
        let why = WHY.get().map(String::as_str).unwrap_or("unknown");
        let said = format!(
            "the kernel refuses IPC namespaces here ({why}). The tests use random keys in this machine's own table of \
             segments and remove what they made; another program's segments cannot be told from a test's with the same \
             certainty."
        );
        if !tell(&Told::Fallback(said.clone())) {
            say(&format!("kata: fallback: {said}"));
        }
    });
}
