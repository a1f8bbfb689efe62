//! Lesson 1: two programs derive the same key from a file.
//!
//! Programs find a segment by its key. Programs that agree on a file derive the same key from it with
//! [ftok(3)](https://man7.org/linux/man-pages/man3/ftok.3.html).

use std::io;
use std::num::NonZeroU8;
use std::path::Path;

use libc::key_t;

/// The key that every program derives from the file at `path` and the letter of a `project`.
///
/// The file decides, not its name: a link to it gives the same key, from any directory. It is neither opened nor
/// created. Keys of projects above `0x7f` are negative, which is legal.
///
/// # Errors
///
/// - `InvalidInput`: a NUL byte within `path`, which cannot be passed to a system call.
/// - What stat(2) says when it cannot reach the file: `ENOENT`, `ENOTDIR`, `ELOOP`, `ENAMETOOLONG`, `EACCES`.
///
/// Source: [ftok(3)](https://man7.org/linux/man-pages/man3/ftok.3.html).
pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    // ANCHOR: key_for todo!("ask ftok for the key of {path:?} and project {project:#x}")
    use std::{ffi::CString, os::unix::ffi::OsStrExt};

    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` ends with a NUL and lives until ftok returns.
    match unsafe { libc::ftok(path.as_ptr(), project.get().into()) } {
        // A file's real key may be -1 too. ftok does not tell the two cases apart, so -1 is always an error.
        -1 => Err(io::Error::last_os_error()),
        key => Ok(key),
    }
    // ANCHOR_END: key_for
}
