//! Takes id 0 for a failure. It works for months, until it runs in a fresh container, where the first id is 0.
//!
//! Caught by: zero_is_an_id

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    let id = unsafe { libc::shmget(key, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o600) };
    if id > 0 { Ok(ShmId(id)) } else { Err(io::Error::last_os_error()) }
}
