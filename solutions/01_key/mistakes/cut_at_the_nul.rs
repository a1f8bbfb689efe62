//! Hands the path to C as it is. C stops at the first NUL, and the key is that of another file.
//!
//! Caught by: a_nul_in_the_path_is_refused

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let path = [path.as_os_str().as_bytes(), b"\0"].concat();
    // SAFETY: `path` ends with a NUL and lives until ftok returns.
    match unsafe { libc::ftok(path.as_ptr().cast(), project.get().into()) } {
        -1 => Err(io::Error::last_os_error()),
        key => Ok(key),
    }
}
