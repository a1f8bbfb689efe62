//! Asks for at least one byte, which every segment has. Under key 0, `IPC_PRIVATE`, this makes a new segment, one that
//! nobody may attach and nobody will remove.
//!
//! Caught by: open_creates_nothing_under_key_zero

pub fn open(key: key_t) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, 1, 0) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
