//! `IPC_CREAT` without `IPC_EXCL`: where the key is taken, two programs write into one segment and neither knows.
//!
//! Caught by: a_taken_key_is_refused

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size, libc::IPC_CREAT | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
