//! munmap instead of shmdt, with one page for a length. It unmaps whatever is there, says Ok, and of a larger segment
//! it leaves the rest.
//!
//! Caught by: other_memory_is_refused

pub unsafe fn detach(base: NonNull<u8>) -> io::Result<()> {
    // SAFETY: the caller promises that nothing uses this attachment any more.
    match unsafe { libc::munmap(base.as_ptr().cast(), 4096) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
