//! System calls of a piece of code that fail, or stop, on demand: what no ordinary user can provoke, and what otherwise
//! only a race between processes shows.
//!
//! The code runs in a separate thread, under a seccomp filter that ends with the thread. No privilege is needed.
//!
//! Source: seccomp(2), seccomp_unotify(2).

use std::{
    fs::File,
    io,
    mem::{offset_of, zeroed},
    os::{
        fd::{AsRawFd, FromRawFd, OwnedFd},
        unix::fs::FileExt,
    },
    sync::atomic::{AtomicI32, Ordering},
    thread::{ScopedJoinHandle, scope},
};

use libc::{c_int, c_long, c_ulong, sock_filter};

use crate::runner::body;

/// A system call that the kernel holds back until the test has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// How many of the calls stopped before, this one included: the first has number 1.
    pub number: usize,
    /// Which call: `libc::SYS_shmctl`.
    pub call: c_long,
    /// Its arguments, as they lie in the registers: of an `int` the lower 32 bits count, and the others may be anything.
    pub arguments: [u64; 6],
}

/// What becomes of a call that was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The kernel does it now.
    GoOn,
    /// It is not done, and fails with this errno.
    Fail(c_int),
    /// It is not done, and returns this, as if it were.
    Return(i64),
}

impl Stop {
    /// Stores `bytes` where argument `index` points to, as the kernel does with its answer. What becomes of the call, if it is
    /// to return 0.
    pub fn store(&self, index: usize, bytes: &[u8]) -> Answer {
        // By the kernel's hand: an address that is none is an error there, and not a crash.
        let stored = File::options().write(true).open("/proc/self/mem");
        match stored.and_then(|memory| memory.write_all_at(bytes, self.arguments[index])) {
            Ok(()) => Answer::Return(0),
            Err(_) => Answer::Fail(libc::EFAULT),
        }
    }
}

/// Runs `work` in a thread in which each system call `call` fails with `errno` and does nothing.
///
/// # Errors
/// If the kernel takes no filter: `EINVAL` without seccomp, `EACCES` or `EPERM` where a container forbids it.
pub(super) fn refusing<T: Send>(call: c_long, errno: c_int, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    scope(|scope| {
        let thread = scope.spawn(move || {
            body::speak_for_the_test();
            install(&filter(&[call], libc::SECCOMP_RET_ERRNO | errno as u32), 0)?;
            Ok(work())
        });
        join(thread)
    })
}

/// Runs `work` in a thread that stops before each of `calls` until `answer`, in the caller's thread, has said what becomes
/// of the call. While a call is stopped the caller can look at the kernel's tables, and change them.
///
/// # Errors
/// As [`refusing`]; `EINVAL` before Linux 5.5, which cannot let a stopped call go on; `EBUSY` where another filter of this
/// thread has a listener already.
pub(super) fn stopping<T: Send>(
    calls: &[c_long],
    work: impl FnOnce() -> T + Send,
    mut answer: impl FnMut(Stop) -> Answer,
) -> io::Result<T> {
    /// The thread has not said yet how the kernel answered it.
    const NOTHING: c_int = c_int::MIN;
    // A number that both threads look at, and no channel: to wake its receiver is a system call, which may be one of
    // `calls`.
    let told = AtomicI32::new(NOTHING);
    scope(|scope| {
        let thread = scope.spawn(|| {
            body::speak_for_the_test();
            let program = filter(calls, libc::SECCOMP_RET_USER_NOTIF);
            let listener = install(&program, libc::SECCOMP_FILTER_FLAG_NEW_LISTENER);
            let number = listener.as_ref().map_or_else(|error| -error.raw_os_error().unwrap_or(libc::EIO), |fd| *fd);
            told.store(number, Ordering::Release);
            listener.map(|_| work())
        });
        let number = loop {
            // In this order: a thread that has ended has told before.
            let ended = thread.is_finished();
            match told.load(Ordering::Acquire) {
                NOTHING if ended => break NOTHING,
                NOTHING => std::thread::yield_now(),
                number => break number,
            }
        };
        if number >= 0 {
            // SAFETY: seccomp opened the descriptor for us, and the thread that was told its number forgets it.
            let listener = unsafe { OwnedFd::from_raw_fd(number) };
            let mut stopped = 0;
            while let Some((id, stop)) = next(&listener, stopped + 1, || thread.is_finished())? {
                stopped += 1;
                reply(&listener, id, answer(stop))?;
            }
        }
        join(thread)
    })
}

/// What the thread returned; its panic goes on in this thread.
fn join<T>(thread: ScopedJoinHandle<'_, io::Result<T>>) -> io::Result<T> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A program for the kernel: `calls` get `action`, and all others are allowed.
fn filter(calls: &[c_long], action: u32) -> Vec<sock_filter> {
    let step = |code: u32, k: u32, jt: usize| sock_filter { code: code as u16, jt: jt as u8, jf: 0, k };
    let mut program =
        vec![step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset_of!(libc::seccomp_data, nr) as u32, 0)];
    for (index, call) in calls.iter().enumerate() {
        program.push(step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, *call as u32, calls.len() - index));
    }
    program.push(step(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW, 0));
    program.push(step(libc::BPF_RET | libc::BPF_K, action, 0));
    program
}

/// Sets the filter for this thread. With `SECCOMP_FILTER_FLAG_NEW_LISTENER` the number is the listener's descriptor.
fn install(program: &[sock_filter], flags: c_ulong) -> io::Result<c_int> {
    // prctl reads its arguments as longs, and the kernel refuses others than these.
    const YES: c_ulong = 1;
    const NO: c_ulong = 0;
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
    // SAFETY: PR_SET_NO_NEW_PRIVS takes numbers. An unprivileged process must set it before it takes a filter.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, YES, NO, NO, NO) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel copies the program, which lives through the call, and only reads it.
    match unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) } {
        -1 => Err(io::Error::last_os_error()),
        number => Ok(number as c_int),
    }
}

/// From now on shmget(2) fails with `EPERM` in this thread if it creates and may open instead (`IPC_CREAT` without
/// `IPC_EXCL`), or lets the group or the others in. That shows a check before the call or a change of mode after it,
/// which leave a moment for another process: no race between processes would show it every time.
///
/// # Errors
/// `EINVAL` or `EACCES` where the kernel takes no filter, or a container forbids it.
///
/// Source: seccomp(2).
pub(super) fn refuse_careless_creation() -> io::Result<()> {
    const CREATES: u32 = libc::IPC_CREAT as u32;
    const CAREFUL: u32 = (libc::IPC_CREAT | libc::IPC_EXCL) as u32;
    const OTHERS: u32 = 0o077;
    // The third argument's low half: the kernel hands a filter 64 bits of each argument, and a filter loads 32.
    let low_half = if cfg!(target_endian = "big") { 4 } else { 0 };
    let flags = offset_of!(libc::seccomp_data, args) + 2 * size_of::<u64>() + low_half;
    let step = |code: u32, k: u32, jt, jf| sock_filter { code: code as u16, jt, jf, k };
    let load = |offset: usize| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset as u32, 0, 0);
    let program = [
        load(offset_of!(libc::seccomp_data, nr)),
        step(libc::BPF_JMP | libc::BPF_JEQ, libc::SYS_shmget as u32, 0, 5), // another call: allowed
        load(flags),
        step(libc::BPF_JMP | libc::BPF_JSET, CREATES, 0, 3), // opens: allowed
        step(libc::BPF_ALU | libc::BPF_AND, CAREFUL | OTHERS, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JEQ, CAREFUL, 1, 0),
        step(libc::BPF_RET, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32, 0, 0),
        step(libc::BPF_RET, libc::SECCOMP_RET_ALLOW, 0, 0),
    ];
    install(&program, 0).map(drop)
}

/// The next call that stops; `None` when the thread has `ended`. What it leaves running is under its filter too, and is not
/// waited for: once the listener is closed, the kernel answers `ENOSYS` there.
fn next(listener: &OwnedFd, number: usize, ended: impl Fn() -> bool) -> io::Result<Option<(u64, Stop)>> {
    /// How often to look for the end, in milliseconds. The kernel tells of it from Linux 5.9 on, when the last process
    /// and thread under the filter is gone.
    const GLANCE: c_int = 20;
    loop {
        // Before the poll: what the thread's destructors do still has its time.
        let ended = ended();
        let mut polled = libc::pollfd { fd: listener.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one pollfd, which lives through the call. The sandbox's deadline ends a wait without end.
        match unsafe { libc::poll(&mut polled, 1, GLANCE) } {
            -1 if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => continue,
            -1 => return Err(io::Error::last_os_error()),
            0 if ended => return Ok(None),
            0 => continue,
            _ if polled.revents & libc::POLLIN == 0 => return Ok(None),
            _ => {}
        }
        // SAFETY: an all-zero seccomp_notif is valid, and the kernel demands that it is zero.
        let mut notice: libc::seccomp_notif = unsafe { zeroed() };
        // SAFETY: the listener is ours, and the kernel fills `notice`, which lives through the call.
        match unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut notice) } {
            // The thread was killed, or a signal took it out of the call, between the two looks; or a signal came here.
            -1 if matches!(io::Error::last_os_error().raw_os_error(), Some(libc::ENOENT | libc::EINTR)) => {}
            -1 => return Err(io::Error::last_os_error()),
            _ => {
                let stop = Stop { number, call: notice.data.nr.into(), arguments: notice.data.args };
                return Ok(Some((notice.id, stop)));
            }
        }
    }
}

fn reply(listener: &OwnedFd, id: u64, answer: Answer) -> io::Result<()> {
    let (val, error, flags) = match answer {
        Answer::GoOn => (0, 0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32),
        Answer::Fail(errno) => (0, -errno, 0),
        Answer::Return(value) => (value, 0, 0),
    };
    let response = libc::seccomp_notif_resp { id, val, error, flags };
    // SAFETY: the listener is ours, and the kernel reads `response`, which lives through the call.
    match unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw const response) } {
        // A signal took the thread out of the call meanwhile. If it makes the call again, that stops anew.
        -1 if io::Error::last_os_error().raw_os_error() != Some(libc::ENOENT) => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
