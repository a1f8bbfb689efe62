//! Copies the path into a buffer of 256 bytes and cuts what does not fit, `NAME_MAX` taken for `PATH_MAX`. The rest
//! names another file, or none.
//!
//! Caught by: a_path_may_be_long

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    if path.as_os_str().as_bytes().contains(&0) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut name = [0; 256];
    for (to, from) in name[..255].iter_mut().zip(path.as_os_str().as_bytes()) {
        *to = *from;
    }
    // SAFETY: the last byte of `name` is still 0, and it lives until ftok returns.
    match unsafe { libc::ftok(name.as_ptr().cast(), project.get().into()) } {
        -1 => Err(io::Error::last_os_error()),
        key => Ok(key),
    }
}
