//! What a call may leave behind in its process besides its result.

use std::fs;

/// What a function changes in its process by accident, or to help itself.
///
/// Source: proc(5), `/proc/self/fd`, `/proc/self/status` and `/proc/self/limits`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footprint {
    /// What each open descriptor leads to, by ascending number.
    pub descriptors: Vec<String>,
    /// The current directory.
    pub directory: String,
    /// In octal, as the kernel shows it.
    pub umask: String,
    /// How much memory mlock(2) keeps from being swapped, as the kernel shows it.
    pub locked: String,
    /// The limits of the address space, soft and hard (`RLIMIT_AS`), as the kernel shows them.
    pub address_space: String,
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
        let limits = fs::read_to_string("/proc/self/limits").expect("/proc/self/limits can be read");
        let field = |text: &str, name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Footprint {
            descriptors,
            directory,
            umask: field(&status, "Umask:"),
            locked: field(&status, "VmLck:"),
            address_space: field(&limits, "Max address space"),
        }
    }

    /// The first thing that differs in `after`: what it is, what it was, and what it is now.
    pub(super) fn difference(&self, after: &Self) -> Option<(&'static str, String, String)> {
        let all = [
            ("open descriptors", self.descriptors.join(", "), after.descriptors.join(", ")),
            ("current directory", self.directory.clone(), after.directory.clone()),
            ("umask", self.umask.clone(), after.umask.clone()),
            ("locked memory", self.locked.clone(), after.locked.clone()),
            ("limit of its address space", self.address_space.clone(), after.address_space.clone()),
        ];
        all.into_iter().find(|(_, before, after)| before != after)
    }
}
