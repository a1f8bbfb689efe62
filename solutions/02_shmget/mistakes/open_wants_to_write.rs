//! Asks for read and write permission when it only wants to find. What somebody else lets us read is out of reach.
//!
//! Caught by: open_asks_for_no_permission

pub fn open(key: key_t) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, 0, 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
