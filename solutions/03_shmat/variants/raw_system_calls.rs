//! Asks the kernel without libc's wrappers, which makes -1 a plain number.

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    let flags = if access == Access::ReadOnly { libc::SHM_RDONLY } else { 0 };
    // SAFETY: with no address given the kernel picks a free one, so no memory in use is replaced.
    match unsafe { libc::syscall(libc::SYS_shmat, id.as_raw(), 0, flags) } {
        -1 => Err(io::Error::last_os_error()),
        address => NonNull::new(address as *mut u8).ok_or_else(|| io::Error::other("attached at address 0")),
    }
}

pub unsafe fn detach(base: NonNull<u8>) -> io::Result<()> {
    // SAFETY: the caller promises that nothing uses this attachment any more.
    let result = unsafe { libc::syscall(libc::SYS_shmdt, base.as_ptr()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
