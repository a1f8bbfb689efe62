//! Refuses to remove a segment in use. One that is always in use is never removed, and its key stays taken.
//!
//! Caught by: a_segment_in_use_is_marked

pub fn remove(id: ShmId) -> io::Result<()> {
    if stat(id).is_ok_and(|segment| segment.nattch > 0) {
        return Err(io::Error::from_raw_os_error(libc::EBUSY));
    }
    // SAFETY: IPC_RMID never looks at the third argument.
    match unsafe { libc::shmctl(id.as_raw(), libc::IPC_RMID, ptr::null_mut()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
