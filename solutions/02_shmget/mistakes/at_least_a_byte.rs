//! Asks for one byte where none was asked for. The caller computed 0 by mistake and is told that all is well.
//!
//! Caught by: a_size_out_of_range_is_refused

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size.max(1), libc::IPC_CREAT | libc::IPC_EXCL | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
