//! The processes below this one: who they are, what they wait for, and their end.

use std::{
    fs, io,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    time::{Duration, Instant},
};

use libc::{c_int, pid_t};

/// A process as `/proc/PID/stat` shows it.
///
/// Source: proc(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: pid_t,
    parent: pid_t,
    /// Its program's name, cut after 15 bytes.
    pub name: String,
    state: char,
    /// Time on a processor, in clock ticks.
    ticks: u64,
}

impl Process {
    /// The process `pid`; `None` if there is none (any more), or if `/proc` hides it.
    pub fn of(pid: pid_t) -> Option<Self> {
        Self::read(&format!("/proc/{pid}/stat"))
    }

    /// `None` if there is no such process (any more).
    fn read(path: &str) -> Option<Self> {
        parse_stat(&fs::read_to_string(path).ok()?)
    }

    /// Whether it still runs: it is no zombie that waits for its parent.
    pub fn is_alive(&self) -> bool {
        !matches!(self.state, 'Z' | 'X')
    }
}

/// A line of `/proc/PID/stat`. The name stands in parentheses and may hold any character, these too.
fn parse_stat(text: &str) -> Option<Process> {
    let (pid, rest) = text.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    // Numbered as in proc(5), where the state is field 3.
    let field = |number: usize| fields.get(number - 3).copied();
    Some(Process {
        pid: pid.parse().ok()?,
        parent: field(4)?.parse().ok()?,
        name: name.to_owned(),
        state: field(3)?.chars().next()?,
        ticks: field(14)?.parse::<u64>().ok()? + field(15)?.parse::<u64>().ok()?,
    })
}

/// Whether a process with the id `pid` is there and no zombie; another user's counts. An id is used again some time
/// after its process has ended, so that `true` may speak of another process, and `false` never does.
///
/// 0, which the kernel shows for a process of another PID namespace, is taken to be there.
///
/// Source: kill(2), signal 0.
pub fn is_there(pid: pid_t) -> bool {
    // SAFETY: kill takes integers, and signal 0 is never sent.
    let known = unsafe { libc::kill(pid, 0) } == 0 || io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH);
    known && (pid <= 0 || Process::of(pid).is_none_or(|process| process.is_alive()))
}

/// All living descendants of this process, parents before their children. A process that is born or dies
/// meanwhile may be missed; [`end_all`] looks until there is none.
pub fn descendants() -> Vec<Process> {
    if !has_children() {
        return Vec::new();
    }
    let everyone: Vec<Process> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit())
        .filter_map(|entry| Process::read(&format!("{}/stat", entry.path().display())))
        .collect();
    let mut family = vec![std::process::id().cast_signed()];
    let mut found = Vec::new();
    while let Some(parent) = family.pop() {
        for child in everyone.iter().filter(|process| process.parent == parent) {
            family.insert(0, child.pid);
            found.push(child.clone());
        }
    }
    found.retain(Process::is_alive);
    found
}

/// Whether this process has a child, dead or alive. A subreaper that has none has no descendants either, and need
/// not read through all of `/proc` to know it.
fn has_children() -> bool {
    // SAFETY: an all-zero siginfo_t is valid, and ours to fill.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: `info` lives through the call; WNOWAIT leaves the child to be reaped by whoever waits for it.
    unsafe { libc::waitid(libc::P_ALL, 0, &mut info, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT) == 0 }
}

/// Kills what is left below this process and reaps it. For a subreaper (`PR_SET_CHILD_SUBREAPER`), which inherits every
/// orphan: killing its children brings it theirs, until there is none, and nothing escapes by daemonising. Returns
/// when no child is left, or after five seconds.
pub fn end_all() {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let own = std::process::id().cast_signed();
        for process in descendants().into_iter().filter(|process| process.parent == own) {
            // SAFETY: kill takes integers. This is a child of ours that we have not reaped, so its pid is still its own.
            unsafe { libc::kill(process.pid, libc::SIGKILL) };
        }
        loop {
            // SAFETY: a null status pointer is allowed.
            match unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } {
                -1 => return,
                0 => break,
                _ => {}
            }
        }
        if Instant::now() > deadline {
            return; // in uninterruptible sleep: no signal reaches it, and nobody gains by waiting
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Begins the names of the sandbox's own threads, which say nothing about the test.
pub(crate) const OWN_THREAD: &str = "kata-";

/// What each thread of `process` is doing, in words. `test` says that it is the test's own process: there libtest's
/// main thread and the sandbox's threads are left out.
pub fn activity(process: &Process, test: bool) -> Vec<String> {
    let tasks = format!("/proc/{}/task", process.pid);
    let mut threads: Vec<String> = fs::read_dir(&tasks)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let task = Process::read(&format!("{}/stat", entry.path().display()))?;
            if test && (task.pid == process.pid || task.name.starts_with(OWN_THREAD)) {
                return None;
            }
            let call = fs::read_to_string(entry.path().join("syscall")).unwrap_or_default();
            Some(describe(&task, &call))
        })
        .collect();
    threads.sort();
    threads.dedup();
    threads
}

fn describe(task: &Process, call: &str) -> String {
    // SAFETY: sysconf takes an integer.
    let ticks_a_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1).cast_unsigned();
    let seconds = task.ticks as f64 / ticks_a_second as f64;
    match task.state {
        'R' => format!("runs, {seconds:.1} s on a processor so far: a loop without an end?"),
        'T' | 't' => "is stopped by a signal".to_owned(),
        'Z' => "has ended and waits for its parent to reap it".to_owned(),
        _ => format!("waits {}", waiting_for(call)),
    }
}

/// The line of `/proc/PID/syscall` of a process that sleeps, in words.
fn waiting_for(call: &str) -> String {
    let mut fields = call.split_whitespace();
    let number = fields.next().and_then(|number| number.parse::<i64>().ok());
    let first = fields.next().and_then(|first| u64::from_str_radix(first.trim_start_matches("0x"), 16).ok());
    let first = first.unwrap_or_default();
    match number {
        Some(libc::SYS_read) if first == 0 => "for input: read(2) on its standard input".to_owned(),
        Some(libc::SYS_read) => format!("for data: read(2) on descriptor {first}"),
        Some(libc::SYS_write) => "for somebody to read what it writes: write(2)".to_owned(),
        Some(libc::SYS_wait4 | libc::SYS_waitid) => "for a child to end".to_owned(),
        Some(libc::SYS_futex) => "on a lock, a channel or another thread: futex(2)".to_owned(),
        Some(libc::SYS_semop | libc::SYS_semtimedop) => "on a semaphore: semop(2)".to_owned(),
        Some(libc::SYS_nanosleep | libc::SYS_clock_nanosleep) => "for time to pass: it sleeps".to_owned(),
        Some(libc::SYS_ppoll | libc::SYS_pselect6) => "for a descriptor: poll(2) or select(2)".to_owned(),
        Some(libc::SYS_epoll_pwait | libc::SYS_epoll_pwait2) => "for a descriptor: epoll_wait(2)".to_owned(),
        Some(libc::SYS_readv) => format!("for data: readv(2) on descriptor {first}"),
        Some(libc::SYS_recvfrom | libc::SYS_recvmsg) => format!("for data: recv(2) on socket {first}"),
        Some(libc::SYS_writev) => "for somebody to read what it writes: writev(2)".to_owned(),
        Some(libc::SYS_sendto | libc::SYS_sendmsg) => "for somebody to read what it sends: send(2)".to_owned(),
        Some(libc::SYS_accept | libc::SYS_accept4) => "for somebody to connect: accept(2)".to_owned(),
        Some(libc::SYS_connect) => "for somebody to accept its connection: connect(2)".to_owned(),
        Some(libc::SYS_openat) => "for the other end of a FIFO: open(2)".to_owned(),
        Some(libc::SYS_msgrcv | libc::SYS_mq_timedreceive) => "for a message in a queue".to_owned(),
        Some(libc::SYS_msgsnd | libc::SYS_mq_timedsend) => "for room in a queue of messages".to_owned(),
        Some(libc::SYS_io_getevents) => "for input or output to be done: io_getevents(2)".to_owned(),
        Some(libc::SYS_rt_sigsuspend | libc::SYS_rt_sigtimedwait) => "for a signal".to_owned(),
        Some(libc::SYS_flock | libc::SYS_fcntl) => "for a file lock: flock(2) or fcntl(2)".to_owned(),
        Some(number) => older(number).map_or_else(|| format!("in system call {number}"), str::to_owned),
        None => "in the kernel".to_owned(),
    }
}

/// Calls that newer architectures lack.
#[cfg(target_arch = "x86_64")]
fn older(number: i64) -> Option<&'static str> {
    match number {
        libc::SYS_poll | libc::SYS_select => Some("for a descriptor: poll(2) or select(2)"),
        libc::SYS_epoll_wait => Some("for a descriptor: epoll_wait(2)"),
        libc::SYS_open => Some("for the other end of a FIFO: open(2)"),
        libc::SYS_pause => Some("for a signal"),
        _ => None,
    }
}

/// Calls that newer architectures lack.
#[cfg(not(target_arch = "x86_64"))]
fn older(_number: i64) -> Option<&'static str> {
    None
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses_and_spaces() {
        let process = parse_stat("12 (a) (b c) S 7 12 12 0 -1 4194560 1 0 0 0 3 4 0 0 20 0 1 0 5 6 7").unwrap();
        assert_eq!((process.pid, process.parent, process.name.as_str()), (12, 7, "a) (b c"));
        assert_eq!((process.state, process.ticks), ('S', 7));
        assert_eq!(parse_stat("12 (a"), None);
    }

    #[test]
    fn what_a_process_waits_for_is_said_in_words() {
        let recvfrom = format!("{} 0x4 0x7ffe0 0x400 0x0 0x0 0x0 0x7ffe0 0x7f000", libc::SYS_recvfrom);
        assert_eq!(waiting_for(&recvfrom), "for data: recv(2) on socket 4");
        assert_eq!(waiting_for(&format!("{} 0x0 0x7ffe0", libc::SYS_read)), "for input: read(2) on its standard input");
        assert_eq!(waiting_for(&format!("{} 0x1f 0x7ffe0", libc::SYS_read)), "for data: read(2) on descriptor 31");
        assert_eq!(waiting_for("9999 0x0"), "in system call 9999");
        assert_eq!(waiting_for(""), "in the kernel");
        #[cfg(target_arch = "x86_64")]
        assert_eq!(waiting_for(&format!("{} 0x3", libc::SYS_epoll_wait)), "for a descriptor: epoll_wait(2)");
    }

    #[test]
    fn a_child_is_found_and_what_it_waits_for() {
        let mut child = std::process::Command::new("sleep").arg("100").spawn().unwrap();
        let pid = child.id().cast_signed();
        let found = || descendants().into_iter().find(|process| process.pid == pid);
        let deadline = Instant::now() + Duration::from_secs(5);
        while found().is_none_or(|process| !activity(&process, false).concat().contains("sleeps")) {
            assert!(Instant::now() < deadline, "{:?}", found());
            std::thread::yield_now();
        }
        let fd = pidfd(pid).unwrap();
        assert_eq!(wait_any([&fd], Instant::now() + Duration::from_millis(5)).unwrap(), None);
        child.kill().unwrap();
        assert_eq!(wait_any([&fd], Instant::now() + Duration::from_secs(5)).unwrap(), Some(0));
        assert!(!is_there(pid), "a zombie");
        child.wait().unwrap();
        assert_eq!(found(), None);
        assert!(!is_there(pid) && is_there(std::process::id().cast_signed()) && is_there(1));
    }
}
