//! Touches the first byte, so that its page is there when it is needed, before it looks whether shmat failed. At the
//! address -1 there is no byte.
//!
//! Caught by: the_mode_decides::case_3_reading_what_nobody_may_touch

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    let flags = match access {
        Access::ReadOnly => libc::SHM_RDONLY,
        Access::ReadWrite => 0,
    };
    // SAFETY: with no address given the kernel picks a free one, and the first byte is part of the segment.
    let address = unsafe {
        let address = libc::shmat(id.as_raw(), std::ptr::null(), flags);
        address.cast::<u8>().read_volatile();
        address
    };
    if address as isize == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(NonNull::new(address.cast()).expect("the kernel picks address 0 for nobody"))
}
