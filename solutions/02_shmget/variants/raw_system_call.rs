//! Asks the kernel without libc's wrapper.

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    shmget(key, size, libc::IPC_EXCL | libc::IPC_CREAT | 0o600)
}

pub fn open(key: key_t) -> io::Result<ShmId> {
    shmget(key, 0, 0)
}

fn shmget(key: key_t, size: usize, flags: c_int) -> io::Result<ShmId> {
    // SAFETY: the call takes three numbers and touches no memory of this process.
    let id = unsafe { libc::syscall(libc::SYS_shmget, key, size, flags) };
    c_int::try_from(id).ok().filter(|id| *id != -1).map(ShmId).ok_or_else(io::Error::last_os_error)
}
