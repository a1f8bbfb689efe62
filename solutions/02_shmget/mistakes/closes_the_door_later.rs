//! Creates the segment for everybody and takes the permission back. Whoever attached in between stays attached.
//!
//! Caught by: nobody_comes_in_between

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers; shmctl fills and reads a record of ours, whose numbers may all be 0.
    unsafe {
        let id = libc::shmget(key, size, libc::IPC_CREAT | libc::IPC_EXCL | 0o666);
        if id == -1 {
            return Err(io::Error::last_os_error());
        }
        let mut record: libc::shmid_ds = std::mem::zeroed();
        libc::shmctl(id, libc::IPC_STAT, &raw mut record);
        record.shm_perm.mode = 0o600;
        libc::shmctl(id, libc::IPC_SET, &raw mut record);
        Ok(ShmId(id))
    }
}
