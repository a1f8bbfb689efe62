//! Attaches once to see whether it works and once to use it. `nattch` counts both, nobody detaches the first, and the
//! segment outlives its removal.
//!
//! Caught by: the_kernel_counts_one_attachment

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    let flags = match access {
        Access::ReadOnly => libc::SHM_RDONLY,
        Access::ReadWrite => 0,
    };
    // SAFETY: with no address given the kernel picks a free one, so no memory in use is replaced.
    let attach = || unsafe { libc::shmat(id.as_raw(), std::ptr::null(), flags) };
    if attach() as isize == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(NonNull::new(attach().cast()).expect("the kernel picks address 0 for nobody"))
}
