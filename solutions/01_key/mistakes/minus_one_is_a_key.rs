//! Takes whatever ftok returns for a key. A missing file gives -1, the kernel accepts -1 as a key, and all programs
//! that did not look meet on one segment.
//!
//! Caught by: a_missing_file_is_an_error

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` ends with a NUL and lives until ftok returns.
    Ok(unsafe { libc::ftok(path.as_ptr(), project.get().into()) })
}
