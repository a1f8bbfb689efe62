//! Looks whether the key is free, and creates then. Another program that starts at the same moment finds it free as
//! well, and both get one segment.
//!
//! Caught by: nobody_comes_in_between

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    if open(key).is_ok() {
        return Err(io::Error::from_raw_os_error(libc::EEXIST));
    }
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size, libc::IPC_CREAT | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
