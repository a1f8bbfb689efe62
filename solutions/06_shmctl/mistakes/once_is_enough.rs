//! Takes a segment that is marked already for one that is gone.
//!
//! Caught by: marking_twice_is_no_error

pub fn remove(id: ShmId) -> io::Result<()> {
    if stat(id).is_ok_and(|segment| segment.marked_for_removal) {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    // SAFETY: IPC_RMID never looks at the third argument.
    match unsafe { libc::shmctl(id.as_raw(), libc::IPC_RMID, ptr::null_mut()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
