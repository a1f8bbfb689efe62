//! Returns the key as the id. They are both numbers, and the compiler cannot tell.
//!
//! Caught by: the_id_is_the_one_in_the_table

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(ShmId(key)),
    }
}
