//! Forgets the mode, which is 0 then: not even the owner may attach the segment.
//!
//! Caught by: the_owner_may_read_and_write_and_nobody_else

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size, libc::IPC_CREAT | libc::IPC_EXCL) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
