//! What a process is doing, in words.

use std::fs;

use super::table::Process;

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
        // It may have been asleep the moment before.
        'R' if seconds < 0.025 => "runs, and has hardly run so far: does it wait and look again and again?".to_owned(),
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
        Some(libc::SYS_write) => "until what it writes is read: write(2)".to_owned(),
        Some(libc::SYS_wait4 | libc::SYS_waitid) => "for a child to end".to_owned(),
        Some(libc::SYS_futex) => "on a lock, a channel or another thread: futex(2)".to_owned(),
        Some(libc::SYS_semop | libc::SYS_semtimedop) => "on a semaphore: semop(2)".to_owned(),
        Some(libc::SYS_nanosleep | libc::SYS_clock_nanosleep) => "for time to pass: it sleeps".to_owned(),
        Some(libc::SYS_ppoll | libc::SYS_pselect6) => "for a descriptor: poll(2) or select(2)".to_owned(),
        Some(libc::SYS_epoll_pwait | libc::SYS_epoll_pwait2) => "for a descriptor: epoll_wait(2)".to_owned(),
        Some(libc::SYS_readv) => format!("for data: readv(2) on descriptor {first}"),
        Some(libc::SYS_recvfrom | libc::SYS_recvmsg) => format!("for data: recv(2) on socket {first}"),
        Some(libc::SYS_writev) => "until what it writes is read: writev(2)".to_owned(),
        Some(libc::SYS_sendto | libc::SYS_sendmsg) => "until what it sends is read: send(2)".to_owned(),
        Some(libc::SYS_accept | libc::SYS_accept4) => "for a connection: accept(2)".to_owned(),
        Some(libc::SYS_connect) => "until its connection is accepted: connect(2)".to_owned(),
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::process::{descendants, is_there, pidfd, wait_any};

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

    /// A loop that sleeps a millisecond and looks is caught at work now and then.
    #[test]
    fn what_has_hardly_run_is_no_loop_without_an_end() {
        let task =
            |ticks| Process::parse(&format!("12 (a) R 7 12 12 0 -1 4194560 1 0 0 0 {ticks} 0 0 0 20 0 1 0 5 6 7"));
        assert!(describe(&task(0).unwrap(), "").contains("hardly"));
        assert!(describe(&task(70).unwrap(), "").ends_with("a loop without an end?"));
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
