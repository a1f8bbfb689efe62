//! What the kernel held of segments and attachments, as it said it.

use libc::c_int;

use crate::kernel::{self, Mapping, Segment};

/// When the kernel was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At the moment of the failure, before anything was unwound.
    Then,
    /// After the test's process had died of a signal.
    AfterDeath,
    /// After the test's process had ended.
    AfterEnd,
}

/// What the kernel held, as text from `/proc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// When it was asked.
    pub when: When,
    /// `/proc/sysvipc/shm`, as it was read.
    pub segments: String,
    /// The lines of `/proc/PID/maps` of the test's process that are about segments.
    pub maps: String,
    /// The id of the segment that the sandbox put there itself; -1, which is no id, if it put none.
    pub decoy: c_int,
}

impl Held {
    /// The table and, of `maps`, the lines that are about segments.
    pub fn new(when: When, segments: String, maps: &str, decoy: c_int) -> Self {
        let attached = |line: &&str| matches!(kernel::parse_mapping("maps", line), Ok(Some(_)));
        let maps = maps.lines().filter(attached).map(|line| format!("{line}\n")).collect();
        Held { when, segments, maps, decoy }
    }

    /// The segments.
    ///
    /// # Errors
    /// [`kernel::Error`] if the table is not understood, or could not be read at that time.
    pub fn segments(&self) -> kernel::Result<Vec<Segment>> {
        kernel::parse_segments(&self.segments)
    }

    /// What the test's process had attached, by ascending address.
    pub fn mappings(&self) -> Vec<Mapping> {
        self.maps.lines().filter_map(|line| kernel::parse_mapping("maps", line).ok()?).collect()
    }
}
