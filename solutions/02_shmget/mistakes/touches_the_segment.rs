//! Attaches the new segment to fill it with zeros, which the kernel has done, and forgets to detach: `nattch` never
//! falls to 0 again while this process lives.
//!
//! Caught by: creating_is_not_attaching

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: with no address given the kernel picks a free one, and it maps at least `size` bytes there.
    unsafe {
        let id = libc::shmget(key, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o600);
        if id == -1 {
            return Err(io::Error::last_os_error());
        }
        libc::shmat(id, std::ptr::null(), 0).write_bytes(0, size);
        Ok(ShmId(id))
    }
}
