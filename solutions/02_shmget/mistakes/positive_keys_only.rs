//! Drops the key's sign, "because ids and keys are positive". Half of the keys that ftok gives are not: under those
//! nobody finds the segment.
//!
//! Caught by: every_key_gets_a_segment_of_its_own

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key & key_t::MAX, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
