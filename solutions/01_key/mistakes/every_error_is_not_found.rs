//! Reports each failure as a missing file. The file is there, its directory may not be entered, and somebody spends
//! the evening looking for it.
//!
//! Caught by: the_error_says_why

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` ends with a NUL and lives until ftok returns.
    match unsafe { libc::ftok(path.as_ptr(), project.get().into()) } {
        -1 => Err(io::Error::from_raw_os_error(libc::ENOENT)),
        key => Ok(key),
    }
}
