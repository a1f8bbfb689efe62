//! Sets `errno` to 0 first and so can tell the key -1 from a failure.

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `errno` is this thread's own; `path` ends with a NUL and lives until ftok returns.
    let (key, errno) = unsafe {
        *libc::__errno_location() = 0;
        (libc::ftok(path.as_ptr(), project.get().into()), *libc::__errno_location())
    };
    if errno == 0 { Ok(key) } else { Err(io::Error::from_raw_os_error(errno)) }
}
