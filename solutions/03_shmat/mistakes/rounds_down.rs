//! Rounds the address down to its page, to be helpful. A wrong pointer is a bug, and this hides it until a segment is
//! larger than a page.
//!
//! Caught by: an_address_within_is_refused::case_1_one_byte_in

pub unsafe fn detach(base: NonNull<u8>) -> io::Result<()> {
    // SAFETY: the caller promises that nothing uses this attachment any more.
    match unsafe { libc::shmdt((base.as_ptr() as usize & !4095) as *const libc::c_void) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
