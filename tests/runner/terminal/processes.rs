//! The processes of a terminal, wherever they went: a mark in their environment tells them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The variable that holds the mark.
pub const MARK: &str = "KATA_TEST_TERMINAL";

/// A mark that no other terminal has.
pub fn mark() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed))
}

/// A process that had the mark when it was looked for.
#[derive(Debug)]
pub struct Process {
    pub pid: libc::pid_t,
    /// What it runs; unknown of one that is about to end.
    program: Option<PathBuf>,
    /// What it was started with.
    pub arguments: String,
}

impl Process {
    pub fn runs(&self, program: &Path) -> bool {
        self.program.as_deref().is_some_and(|own| own == fs::canonicalize(program).expect("a program"))
    }

    pub fn signal(&self, signal: libc::c_int) {
        // SAFETY: kill touches no memory.
        unsafe { libc::kill(self.pid, signal) };
    }

    /// Whether a signal has stopped it. Source: proc(5).
    pub fn is_stopped(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, fields)| fields.starts_with('T'))
    }
}

/// All that have the mark. Zombies have none.
pub fn marked(mark: &str) -> Vec<Process> {
    let wanted = format!("{MARK}={mark}");
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let processes = entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let path = entry.path();
        let environment = fs::read(path.join("environ")).ok()?;
        environment.split(|byte| *byte == 0).find(|variable| *variable == wanted.as_bytes())?;
        let arguments = fs::read_to_string(path.join("cmdline")).unwrap_or_default().replace('\0', " ");
        Some(Process { pid, program: fs::read_link(path.join("exe")).ok(), arguments })
    });
    processes.collect()
}

/// Kills all that have the mark, and those that they start meanwhile.
pub fn end(mark: &str) {
    loop {
        let left = marked(mark);
        if left.is_empty() {
            return;
        }
        left.iter().for_each(|process| process.signal(libc::SIGKILL));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}
