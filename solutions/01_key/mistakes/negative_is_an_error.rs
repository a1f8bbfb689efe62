//! Takes every negative key for a failure. Half of all projects, those above 0x7f, have no key then, and the error
//! is whatever `errno` held before: "Success", often.
//!
//! Caught by: a_key_may_be_negative

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` ends with a NUL and lives until ftok returns.
    match unsafe { libc::ftok(path.as_ptr(), project.get().into()) } {
        ..0 => Err(io::Error::last_os_error()),
        key => Ok(key),
    }
}
