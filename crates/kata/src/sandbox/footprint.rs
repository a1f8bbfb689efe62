//! What a call may leave behind in its process besides its result.

use std::fs;

/// The open descriptors, the current directory and the umask of this process: what a function changes by accident.
///
/// Source: proc(5), `/proc/self/fd` and `/proc/self/status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footprint {
    /// What each open descriptor leads to, by ascending number.
    pub descriptors: Vec<String>,
    /// The current directory.
    pub directory: String,
    /// In octal, as the kernel shows it.
    pub umask: String,
}

impl Footprint {
    /// As it is now.
    ///
    /// # Panics
    /// If `/proc/self` cannot be read.
    pub(super) fn now() -> Self {
        let link = |path: &str| fs::read_link(path).map(|path| path.display().to_string());
        let folder = fs::read_dir("/proc/self/fd").expect("/proc/self/fd can be read");
        let mut numbers: Vec<u32> =
            folder.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        numbers.sort_unstable();
        // The look itself has a descriptor, which is closed by now.
        let descriptors = numbers.iter().filter_map(|number| link(&format!("/proc/self/fd/{number}")).ok());
        let descriptors = descriptors.collect();
        let directory = link("/proc/self/cwd").expect("/proc/self/cwd can be read");
        let status = fs::read_to_string("/proc/self/status").expect("/proc/self/status can be read");
        let umask = status.lines().find_map(|line| line.strip_prefix("Umask:")).unwrap_or_default().trim().to_owned();
        Footprint { descriptors, directory, umask }
    }
}
