//! Takes id 0 for no id, as a program does that keeps 0 for "none yet". The first segment of a fresh container cannot
//! be attached.
//!
//! Caught by: segment_zero_can_be_attached

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    if id.as_raw() <= 0 {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    let flags = match access {
        Access::ReadOnly => libc::SHM_RDONLY,
        Access::ReadWrite => 0,
    };
    // SAFETY: with no address given the kernel picks a free one, so no memory in use is replaced.
    let address = unsafe { libc::shmat(id.as_raw(), std::ptr::null(), flags) };
    if address as isize == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(NonNull::new(address.cast()).expect("the kernel picks address 0 for nobody"))
}
