//! The processes below this one: who they are, and their end.

use std::{
    fs, io,
    time::{Duration, Instant},
};

use libc::pid_t;

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
    pub(super) state: char,
    /// Time on a processor, in clock ticks.
    pub(super) ticks: u64,
}

impl Process {
    /// The process `pid`; `None` if there is none (any more), or if `/proc` hides it.
    pub fn of(pid: pid_t) -> Option<Self> {
        Self::read(&format!("/proc/{pid}/stat"))
    }

    /// `None` if there is no such process (any more).
    pub(super) fn read(path: &str) -> Option<Self> {
        Self::parse(&fs::read_to_string(path).ok()?)
    }

    /// A line of `/proc/PID/stat`. The name is in parentheses and may hold any character, parentheses too.
    pub(super) fn parse(text: &str) -> Option<Self> {
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

    /// Whether it still runs: it is no zombie that waits for its parent.
    pub fn is_alive(&self) -> bool {
        !matches!(self.state, 'Z' | 'X')
    }
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
    // SAFETY: `info` lives through the call; WNOWAIT leaves the child to be reaped by the code that waits for it.
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
            return; // in uninterruptible sleep: no signal reaches it, and waiting does not help
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses_and_spaces() {
        let process = Process::parse("12 (a) (b c) S 7 12 12 0 -1 4194560 1 0 0 0 3 4 0 0 20 0 1 0 5 6 7").unwrap();
        assert_eq!((process.pid, process.parent, process.name.as_str()), (12, 7, "a) (b c"));
        assert_eq!((process.state, process.ticks), ('S', 7));
        assert_eq!(Process::parse("12 (a"), None);
    }
}
