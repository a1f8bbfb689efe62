//! What separates a test's segments from those of other processes: namespaces where the kernel grants them, and fewer
//! privileges.

use std::{ffi::CString, io, os::unix::process::CommandExt, process::Command, sync::OnceLock};

use libc::{c_int, c_ulong, gid_t, uid_t};

/// What separates a test's segments from those of other processes.
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
    pub(super) const ALL: [Self; 3] = [Self::Namespace, Self::UserNamespace, Self::Shared];

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

/// The lines that map the user and the group into a new user namespace.
pub(super) struct IdMaps {
    uid: CString,
    gid: CString,
}

impl IdMaps {
    pub(super) fn own() -> Self {
        // SAFETY: geteuid and getegid have no conditions.
        Self::of(unsafe { libc::geteuid() }, unsafe { libc::getegid() })
    }

    /// The user is who they were. A group of the same number gets another one inside: otherwise a test could not tell a
    /// segment's `uid` from its `gid`.
    fn of(uid: uid_t, gid: gid_t) -> Self {
        let inside = Self::inside(uid, gid);
        let line =
            |inside, outside| CString::new(format!("{inside} {outside} 1")).expect("digits and spaces hold no NUL");
        IdMaps { uid: line(uid, uid), gid: line(inside, gid) }
    }

    fn inside(uid: uid_t, gid: gid_t) -> gid_t {
        if gid == uid { gid ^ 1 } else { gid }
    }

    /// For a namespace within the one that [`own`](Self::own) is for.
    fn within() -> Self {
        // SAFETY: as above.
        let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
        Self::of(uid, Self::inside(uid, gid))
    }
}

/// Enters the namespaces of `isolation`. Async-signal-safe.
pub(super) fn enter(isolation: Isolation, maps: &IdMaps) -> io::Result<()> {
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
/// is real for everyone, and what lets root look into the supervisor. exec gives root back whatever the bounding set or the
/// inheritable set holds, so it is taken out of both. Async-signal-safe.
///
/// An ordinary user may not change the bounding set (`EPERM`), and has none of these anyway. Nor may root in a container
/// that withholds `CAP_SETPCAP`. What root has given up itself an exec does not give back once `no_new_privs` is set, and
/// neither needs a capability; it also keeps set-user-ID programs from working, so it is done only where it has to be.
///
/// Source: capabilities(7), "Capabilities and execution of programs by root"; capset(2); prctl(2), `PR_SET_NO_NEW_PRIVS`.
pub(super) fn drop_capabilities() {
    const CAP_DAC_OVERRIDE: u32 = 1;
    const CAP_DAC_READ_SEARCH: u32 = 2;
    const CAP_IPC_OWNER: u32 = 15;
    give_up([CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_IPC_OWNER, CAP_SYS_PTRACE]);
}

const CAP_SYS_PTRACE: u32 = 19;

fn give_up<const N: usize>(capabilities: [u32; N]) {
    const YES: c_ulong = 1;
    const NO: c_ulong = 0;
    let (mut dropped, mut kept) = (0, 0);
    for capability in capabilities {
        // SAFETY: prctl(PR_CAPBSET_DROP) takes integers and touches no memory.
        if unsafe { libc::prctl(libc::PR_CAPBSET_DROP, c_ulong::from(capability), NO, NO, NO) } == -1 {
            kept |= 1 << capability;
        }
        dropped |= 1 << capability;
    }
    let mut header = Header { version: 0x2008_0522, pid: 0 };
    let mut sets = [Sets::default(); 2];
    // SAFETY: this version of the call reads the header and fills two records, and all of them live through the call.
    if unsafe { libc::syscall(libc::SYS_capget, &raw mut header, &raw mut sets) } == 0 {
        sets[0].inheritable &= !dropped;
        if sets[0].permitted & kept != 0 {
            sets[0].permitted &= !kept;
            sets[0].effective &= !kept;
            // SAFETY: PR_SET_NO_NEW_PRIVS takes integers.
            unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, YES, NO, NO, NO) };
        }
        // SAFETY: it reads the same header and records.
        unsafe { libc::syscall(libc::SYS_capset, &raw mut header, &raw const sets) };
    }
}

/// `struct __user_cap_header_struct` of `<linux/capability.h>`; the version is its `_LINUX_CAPABILITY_VERSION_3`, and the
/// pid 0 means the calling thread.
#[repr(C)]
struct Header {
    version: u32,
    pid: c_int,
}

/// `struct __user_cap_data_struct`: the first of two has the capabilities 0 to 31.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Sets {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// What the kernel grants a test on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What separates a test's segments from those of other processes.
    pub isolation: Isolation,
    /// What it refused before, each with its reason.
    pub refusals: Vec<String>,
}

/// Tries which isolation a test would get, each in a child that ends at once. Nothing stays of it.
pub fn granted() -> Grant {
    let mut refusals = Vec::new();
    for isolation in [Isolation::Namespace, Isolation::UserNamespace] {
        match attempt(isolation, [IdMaps::own()]) {
            Ok(()) => return Grant { isolation, refusals },
            Err(error) => refusals.push(format!("{}: {error}", isolation.name())),
        }
    }
    Grant { isolation: Isolation::Shared, refusals }
}

/// Whether a process would get the isolation, as often as there are maps, each within the one before.
fn attempt<const N: usize>(isolation: Isolation, maps: [IdMaps; N]) -> io::Result<()> {
    /// What a child reports when the kernel granted everything: no call of [`enter`] returns it.
    const GRANTED: c_int = libc::ECANCELED;
    let mut command = Command::new("/proc/self/exe");
    // The child never comes to exec: this is its whole life.
    let attempt = move || {
        maps.iter().try_for_each(|maps| enter(isolation, maps))?;
        Err(io::Error::from_raw_os_error(GRANTED))
    };
    // SAFETY: between fork and exec `attempt` makes system calls on strings made beforehand, and nothing else.
    unsafe { command.pre_exec(attempt) };
    match command.spawn() {
        Err(error) if error.raw_os_error() == Some(GRANTED) => Ok(()),
        Err(error) => Err(error),
        Ok(mut child) => child.wait().map(drop),
    }
}

/// Keeps the test binary that `command` starts apart from this process, as far as the kernel grants it. Each test has a
/// sandbox; this is for what the code under test does outside of it: before `main`, also when libtest lists the tests.
/// It has its own table of segments then, and may neither trace this process nor open its memory or descriptors.
///
/// Root that has no other than a user namespace goes without its own table: it would lose the files that a capability
/// alone opens to it.
pub fn confine(command: &mut Command) {
    static GRANTED: OnceLock<Isolation> = OnceLock::new();
    // Within, the tests still have to get theirs.
    let twice = |isolation: &Isolation| attempt(*isolation, [IdMaps::own(), IdMaps::within()]).is_ok();
    // SAFETY: geteuid has no conditions.
    let wanted = if unsafe { libc::geteuid() } == 0 { Isolation::Namespace } else { Isolation::UserNamespace };
    let isolation = *GRANTED.get_or_init(|| Some(wanted).filter(twice).unwrap_or(Isolation::Shared));
    let maps = IdMaps::own();
    let prepare = move || {
        enter(isolation, &maps)?;
        give_up([CAP_SYS_PTRACE]);
        Ok(())
    };
    // SAFETY: between fork and exec `prepare` makes system calls on strings made beforehand, and nothing else.
    unsafe { command.pre_exec(prepare) };
}

/// Whether the kernel will not have it, as opposed to a lack of memory or processes that may be over at the next try.
pub(super) fn is_refusal(error: &io::Error) -> bool {
    const REFUSALS: [c_int; 6] = [libc::EPERM, libc::EACCES, libc::ENOSPC, libc::EINVAL, libc::ENOSYS, libc::EUSERS];
    error.raw_os_error().is_some_and(|errno| REFUSALS.contains(&errno))
}
