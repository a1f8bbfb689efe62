//! Lesson @NUMBER@: @idea@.
//!
//! TODO(author): the call that this lesson teaches, in two or three lines, with a link to its manual page.

use std::io;

use libc::{c_int, key_t};

/// TODO(author): what the function does and what it leaves alone. This one, an example, finds a segment by its key.
///
/// # Errors
///
/// - `ENOENT`: no segment has this key.
///
/// Source: [shmget(2)](https://man7.org/linux/man-pages/man2/shmget.2.html).
pub fn @NAME@(key: key_t) -> io::Result<c_int> {
    // ANCHOR: @NAME@ todo!("TODO(author): what to ask the kernel; every argument is named, such as key {key:#x}")
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, 0, 0) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(id),
    }
    // ANCHOR_END: @NAME@
}
