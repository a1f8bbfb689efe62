//! Starting this binary again: in a namespace of its own where the kernel allows it, with fewer privileges,
//! with one test to run.

use std::{
    ffi::CString,
    fs::File,
    io,
    os::{
        fd::RawFd,
        unix::process::{CommandExt, ExitStatusExt},
    },
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Once, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
};

use libc::{c_int, c_ulong};

use super::{
    channel::keep_across_exec,
    marker::{Marker, VARIABLE},
};

/// What stands between a test's segments and everybody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// An IPC namespace (needs `CAP_SYS_ADMIN`).
    Namespace,
    /// An IPC namespace within a user namespace, in which the user is who they were.
    UserNamespace,
    /// Nothing: random keys, and a sweep at the end.
    Shared,
}

impl Isolation {
    const ALL: [Self; 3] = [Self::Namespace, Self::UserNamespace, Self::Shared];

    /// In a word: `namespace`, `user-namespace`, `shared`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::UserNamespace => "user-namespace",
            Self::Shared => "shared",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|isolation| isolation.name() == name)
    }
}

/// A command that runs this very binary again, with the one test that `marker` names.
///
/// Through `/proc/self/exe`, which leads to the running program also after a new build has replaced its file.
pub(super) fn this_test_again(marker: &Marker) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0(std::env::args_os().next().unwrap_or_else(|| "kata".into()));
    command.args([&marker.test, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
    command.env(VARIABLE, marker.encode()).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The command's child is killed when the thread that starts it ends. `parent` is this process.
pub(super) fn die_with_parent(command: &mut Command) {
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
pub(super) fn inherit(command: &mut Command, fd: RawFd) {
    // SAFETY: between fork and exec this is one fcntl.
    unsafe { command.pre_exec(move || keep_across_exec(fd)) };
}

/// Starts a supervisor in the best isolation that the kernel grants; `marker` makes its marker from what it got.
///
/// Which one that is shows in the result and not in who we are: root in a container is refused, an ordinary user
/// on a laptop is not.
pub(super) fn supervisor(
    report: RawFd,
    errors: &File,
    marker: impl Fn(Isolation) -> Marker,
) -> io::Result<(Child, Isolation)> {
    static GRANTED: AtomicU8 = AtomicU8::new(0);
    let mut refusals = Vec::new();
    for (index, isolation) in Isolation::ALL.into_iter().enumerate().skip(GRANTED.load(Ordering::Relaxed).into()) {
        let mut command = this_test_again(&marker(isolation));
        command.stderr(errors.try_clone()?).process_group(0);
        inherit(&mut command, report);
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
                GRANTED.store(index as u8, Ordering::Relaxed);
                if isolation == Isolation::Shared {
                    announce_fallback(&refusals);
                }
                return Ok((child, isolation));
            }
            Err(error) if isolation != Isolation::Shared && is_refusal(&error) => {
                refusals.push(format!("{}: {error}", isolation.name()));
            }
            Err(error) => {
                let what = format!("/proc/self/exe cannot be started: {error}. Is /proc mounted?");
                return Err(io::Error::new(error.kind(), what));
            }
        }
    }
    unreachable!("the last isolation returns")
}

/// What the kernel grants a test on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What stands between a test's segments and everybody else's.
    pub isolation: Isolation,
    /// What it refused before, each with its reason.
    pub refusals: Vec<String>,
}

/// Tries which isolation a test would get, each in a child that ends at once. Nothing stays of it.
pub fn granted() -> Grant {
    /// What a child reports when the kernel granted everything: no call of [`enter`] returns it.
    const GRANTED: c_int = libc::ECANCELED;
    let mut refusals = Vec::new();
    for isolation in [Isolation::Namespace, Isolation::UserNamespace] {
        let maps = IdMaps::own();
        let mut command = Command::new("/proc/self/exe");
        // The child never comes to exec: this is its whole life.
        let attempt = move || enter(isolation, &maps).and(Err(io::Error::from_raw_os_error(GRANTED)));
        // SAFETY: between fork and exec `attempt` makes system calls on strings made beforehand, and nothing else.
        unsafe { command.pre_exec(attempt) };
        match command.spawn() {
            Err(error) if error.raw_os_error() == Some(GRANTED) => return Grant { isolation, refusals },
            Err(error) => refusals.push(format!("{}: {error}", isolation.name())),
            Ok(mut child) => drop(child.wait()),
        }
    }
    Grant { isolation: Isolation::Shared, refusals }
}

/// Whether the kernel will not have it, as opposed to a lack of memory or processes that may be over at the next try.
fn is_refusal(error: &io::Error) -> bool {
    const REFUSALS: [c_int; 6] = [libc::EPERM, libc::EACCES, libc::ENOSPC, libc::EINVAL, libc::ENOSYS, libc::EUSERS];
    error.raw_os_error().is_some_and(|errno| REFUSALS.contains(&errno))
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
        super::say(&format!(
            "kata: fallback: the kernel refuses IPC namespaces here ({why}). The tests use random keys in this machine's \
             own table of segments and remove what they made; another program's segments cannot be told from a test's \
             with the same certainty."
        ));
    });
}

/// The lines that map the user and the group onto themselves in a new user namespace.
struct IdMaps {
    uid: CString,
    gid: CString,
}

impl IdMaps {
    fn own() -> Self {
        // SAFETY: geteuid and getegid have no conditions.
        let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
        let line = |id| CString::new(format!("{id} {id} 1")).expect("digits and spaces hold no NUL");
        IdMaps { uid: line(uid), gid: line(gid) }
    }
}

/// Enters the namespaces of `isolation`. Async-signal-safe.
fn enter(isolation: Isolation, maps: &IdMaps) -> io::Result<()> {
    let flags = match isolation {
        Isolation::Namespace => libc::CLONE_NEWIPC,
        Isolation::UserNamespace => libc::CLONE_NEWUSER | libc::CLONE_NEWIPC,
        Isolation::Shared => return Ok(()),
    };
    // SAFETY: unshare takes flags and touches no memory.
    if unsafe { libc::unshare(flags) } == -1 {
        return Err(io::Error::last_os_error());
    }
    if isolation == Isolation::UserNamespace {
        // user_namespaces(7): an unprivileged process may write its gid map only after it gave up setgroups(2).
        write_file(c"/proc/self/setgroups", c"deny")?;
        write_file(c"/proc/self/uid_map", &maps.uid)?;
        write_file(c"/proc/self/gid_map", &maps.gid)?;
    }
    Ok(())
}

/// Writes `text` to an existing file in one write, as the id maps demand. Async-signal-safe.
fn write_file(path: &std::ffi::CStr, text: &std::ffi::CStr) -> io::Result<()> {
    let bytes = text.to_bytes();
    // SAFETY: `path` is NUL-terminated, `bytes` is readable for its length, and the descriptor is ours until closed.
    unsafe {
        let fd = libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        if fd == -1 {
            return Err(io::Error::last_os_error());
        }
        let written = libc::write(fd, bytes.as_ptr().cast(), bytes.len());
        let result = if written == -1 { Err(io::Error::last_os_error()) } else { Ok(()) };
        libc::close(fd);
        result
    }
}

/// Gives up, for this process's programs and theirs, what lets root pass every permission check, so that `EACCES`
/// is real for everyone. From the bounding set, since exec gives root back whatever that set holds.
///
/// An ordinary user may not change the bounding set (`EPERM`), and has none of these anyway. Root in a container that
/// withholds `CAP_SETPCAP` keeps them: a test that needs `EACCES` looks first whether it is real.
fn drop_capabilities() {
    const CAP_DAC_OVERRIDE: c_ulong = 1;
    const CAP_DAC_READ_SEARCH: c_ulong = 2;
    const CAP_IPC_OWNER: c_ulong = 15;
    for capability in [CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_IPC_OWNER] {
        // SAFETY: prctl(PR_CAPBSET_DROP) takes integers and touches no memory.
        unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
    }
}

/// How a process ended, in words: `exit code 1`, `SIGSEGV (11)`.
pub(super) fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("{} ({signal})", signal_name(signal)),
        (None, None) => status.to_string(),
    }
}

/// The name of a signal that a test may die of.
pub(super) fn signal_name(signal: c_int) -> &'static str {
    macro_rules! names {
        ($($name:ident)*) => { match signal { $(libc::$name => stringify!($name),)* _ => "a signal" } };
    }
    names!(SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM
           SIGTERM SIGXCPU SIGXFSZ SIGSYS)
}
