//! Rounds the size up to whole pages before it asks. The kernel rounds its mapping for itself; here it forgets how many
//! bytes were meant, and nobody can check a bound against them.
//!
//! Caught by: the_size_is_kept_to_the_byte

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    match unsafe { libc::shmget(key, size.next_multiple_of(4096), libc::IPC_CREAT | libc::IPC_EXCL | 0o600) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(ShmId(id)),
    }
}
