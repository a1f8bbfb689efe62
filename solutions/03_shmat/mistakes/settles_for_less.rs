//! Attaches for reading where writing is refused, and says Ok. The caller finds out by SIGSEGV.
//!
//! Caught by: the_mode_decides::case_1_writing_what_is_read_only

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    let flags = match access {
        Access::ReadOnly => libc::SHM_RDONLY,
        Access::ReadWrite => 0,
    };
    for flags in [flags, libc::SHM_RDONLY] {
        // SAFETY: with no address given the kernel picks a free one, so no memory in use is replaced.
        let address = unsafe { libc::shmat(id.as_raw(), std::ptr::null(), flags) };
        if address as isize != -1 {
            return Ok(NonNull::new(address.cast()).expect("the kernel picks address 0 for nobody"));
        }
    }
    Err(io::Error::last_os_error())
}
