//! Looks for NULL. shmat fails with -1, which `NonNull` takes for an address: `attach` says Ok, and the first load is
//! a SIGSEGV.
//!
//! Caught by: an_id_that_names_nothing_is_an_error

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    let flags = match access {
        Access::ReadOnly => libc::SHM_RDONLY,
        Access::ReadWrite => 0,
    };
    // SAFETY: with no address given the kernel picks a free one, so no memory in use is replaced.
    let address = unsafe { libc::shmat(id.as_raw(), std::ptr::null(), flags) };
    NonNull::new(address.cast()).ok_or_else(io::Error::last_os_error)
}
