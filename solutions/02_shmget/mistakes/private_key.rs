//! Creates under `IPC_PRIVATE`, which is key 0: a segment that nobody else can find.
//!
//! Caught by: the_kernel_lists_the_key

pub fn create(_key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(libc::IPC_PRIVATE, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
