//! Mode 0666, as in many examples: every user of the machine can read the segment and overwrite it. The umask does not
//! take it back.
//!
//! Caught by: the_owner_may_read_and_write_and_nobody_else

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o666) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
