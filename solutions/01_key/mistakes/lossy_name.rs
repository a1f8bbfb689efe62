//! Sends the path through a `String` and replaces what does not fit. Names that are not UTF-8 are legal on Linux, old
//! disks are full of them, and none of them is found.
//!
//! Caught by: a_name_need_not_be_utf8

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let path = std::ffi::CString::new(path.to_string_lossy().into_owned())?;
    // SAFETY: `path` ends with a NUL and lives until ftok returns.
    match unsafe { libc::ftok(path.as_ptr(), project.get().into()) } {
        -1 => Err(io::Error::last_os_error()),
        key => Ok(key),
    }
}
