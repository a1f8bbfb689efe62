//! Builds the C string on the stack, in the 4096 bytes that the kernel takes at most.

use std::os::unix::ffi::OsStrExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let path = path.as_os_str().as_bytes();
    let mut name = [0_u8; libc::PATH_MAX as usize];
    if path.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a NUL byte in the path"));
    }
    if path.len() >= name.len() {
        return Err(io::Error::from_raw_os_error(libc::ENAMETOOLONG));
    }
    name[..path.len()].copy_from_slice(path);
    // SAFETY: `name` is longer than the path, so a NUL follows it, and it lives until ftok returns.
    let key = unsafe { libc::ftok(name.as_ptr().cast(), libc::c_int::from(project.get())) };
    if key == -1 { Err(io::Error::last_os_error()) } else { Ok(key) }
}
