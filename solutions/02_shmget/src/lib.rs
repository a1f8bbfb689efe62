//! Lesson 2: a key names a segment in the kernel.
//!
//! [shmget(2)](https://man7.org/linux/man-pages/man2/shmget.2.html) makes a segment or finds one. The number it
//! returns is neither the key nor an address: it is the id, the kernel's own name for the segment.

use std::io;

use libc::{c_int, key_t};

/// A segment's id, as the kernel gave it. Ids are never negative, and 0 is a valid id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShmId(c_int);

impl ShmId {
    /// The id with this number, which may name a segment or not: the kernel decides when the id is used.
    pub const fn from_raw(id: c_int) -> Self {
        Self(id)
    }

    /// The number, for a system call or for `ipcs -m -i`.
    pub const fn as_raw(self) -> c_int {
        self.0
    }
}

/// Creates a segment of `size` bytes under `key`, which only its owner may read and write.
///
/// The segment is new: one that has this key already is never returned. Its bytes are zero, no process is attached to
/// it, and it stays until someone removes it.
///
/// # Errors
///
/// - `EEXIST`: the key is taken.
/// - `EINVAL`: `size` is 0, or more than the kernel allows (`/proc/sys/kernel/shmmax`).
/// - `ENOSPC`: no id (`/proc/sys/kernel/shmmni`) or no page (`shmall`) is left.
/// - `ENOMEM`: the kernel has no memory to promise.
///
/// Source: [shmget(2)](https://man7.org/linux/man-pages/man2/shmget.2.html).
pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // ANCHOR: create todo!("ask shmget for a new segment of {size} bytes under key {key:#x}")
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
    // ANCHOR_END: create
}

/// Finds the segment that has `key`, whatever its size. Never creates one.
///
/// Asks for no permission: what this process may do with the segment is decided when it attaches.
///
/// # Errors
///
/// - `ENOENT`: no segment has this key.
/// - `EINVAL` or `ENOENT`: the key is 0 (`IPC_PRIVATE`), under which nothing can be found.
///
/// Source: [shmget(2)](https://man7.org/linux/man-pages/man2/shmget.2.html).
pub fn open(key: key_t) -> io::Result<ShmId> {
    // ANCHOR: open todo!("ask shmget which segment has key {key:#x}")
    // A size of 0 fits every segment. It also makes none under IPC_PRIVATE, the key that always asks for a new one.
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, 0, 0) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
    // ANCHOR_END: open
}
