//! One function for both calls, told apart by their flags.

use std::io::Error;

pub fn create(key: key_t, size: usize) -> io::Result<ShmId> {
    get(key, size, libc::IPC_CREAT | libc::IPC_EXCL | libc::S_IRUSR as c_int | libc::S_IWUSR as c_int)
}

pub fn open(key: key_t) -> io::Result<ShmId> {
    get(key, 0, 0)
}

fn get(key: key_t, size: usize, flags: c_int) -> io::Result<ShmId> {
    // SAFETY: shmget takes three numbers and touches no memory of this process.
    let id = unsafe { libc::shmget(key, size, flags) };
    if id < 0 {
        return Err(Error::last_os_error());
    }
    Ok(ShmId::from_raw(id))
}
