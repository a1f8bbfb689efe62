//! Creates the file when it is missing, so that "it works". A typing error in the path is a new meeting place, where
//! nobody will ever come.
//!
//! Caught by: asking_creates_nothing

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    if !path.exists() {
        std::fs::File::create(path)?;
    }
    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` ends with a NUL and lives until ftok returns.
    match unsafe { libc::ftok(path.as_ptr(), project.get().into()) } {
        -1 => Err(io::Error::last_os_error()),
        key => Ok(key),
    }
}
