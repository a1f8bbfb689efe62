//! Ignores what shmdt says. A second detach is a bug that may hit somebody else's segment next time, and here it passes
//! for a success.
//!
//! Caught by: detaching_twice_is_an_error

pub unsafe fn detach(base: NonNull<u8>) -> io::Result<()> {
    // SAFETY: the caller promises that nothing uses this attachment any more.
    unsafe { libc::shmdt(base.as_ptr().cast()) };
    Ok(())
}
