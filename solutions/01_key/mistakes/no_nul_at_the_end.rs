//! Hands C the bytes of the path without a NUL behind them. Which file C finds depends on what happens to follow in
//! memory: often a zero, and so it works, until it does not.
//!
//! Caught by: a_path_ends_where_it_ends

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let path = path.as_os_str().as_bytes();
    if path.contains(&0) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: none, for nobody promises a NUL behind `path`.
    match unsafe { libc::ftok(path.as_ptr().cast(), project.get().into()) } {
        -1 => Err(io::Error::last_os_error()),
        key => Ok(key),
    }
}
