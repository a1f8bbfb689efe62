//! `IPC_CREAT` in `open`: a reader that is too early makes an empty segment and reads zeros, and the writer's `create`
//! fails.
//!
//! Caught by: open_creates_nothing

pub fn open(key: key_t) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, 1024, libc::IPC_CREAT | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
