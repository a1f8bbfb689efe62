//! Attaches for reading and writing and narrows it with mprotect. The map says `r--s`, but any code in the process can
//! widen it again, and a segment that we may only read cannot be attached at all.
//!
//! Caught by: the_access_is_what_was_asked_for::case_1_read_only

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    // SAFETY: with no address given the kernel picks a free one; mprotect stays within the segment.
    let address = unsafe {
        let address = libc::shmat(id.as_raw(), std::ptr::null(), 0);
        if address as isize == -1 {
            return Err(io::Error::last_os_error());
        }
        if access == Access::ReadOnly {
            let mut record = std::mem::zeroed();
            libc::shmctl(id.as_raw(), libc::IPC_STAT, &raw mut record);
            libc::mprotect(address, record.shm_segsz, libc::PROT_READ);
        }
        address
    };
    Ok(NonNull::new(address.cast()).expect("the kernel picks address 0 for nobody"))
}
