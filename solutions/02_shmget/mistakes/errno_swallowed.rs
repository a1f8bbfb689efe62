//! Replaces the kernel's reason by a sentence of its own. Nobody can tell a taken key from a wrong size any more, a
//! program as little as a person.
//!
//! Caught by: a_taken_key_is_refused

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o600) } {
        -1 => Err(io::Error::other("shmget failed")),
        id => Ok(ShmId(id)),
    }
}
