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
    todo!("ask ftok for the key of {path:?} and project {project:#x}")
}
