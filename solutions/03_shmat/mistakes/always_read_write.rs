//! Attaches for reading and writing, whatever was asked. A reader's stray store goes into everybody's bytes, where it
//! should be a SIGSEGV.
//!
//! Caught by: the_access_is_what_was_asked_for::case_1_read_only

pub fn attach(id: ShmId, _access: Access) -> io::Result<NonNull<u8>> {
    // SAFETY: with no address given the kernel picks a free one, so no memory in use is replaced.
    let address = unsafe { libc::shmat(id.as_raw(), std::ptr::null(), 0) };
    if address as isize == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(NonNull::new(address.cast()).expect("the kernel picks address 0 for nobody"))
}
