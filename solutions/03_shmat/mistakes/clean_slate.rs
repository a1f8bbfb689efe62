//! Clears the bytes, as one does with new memory. This memory is not new: whoever attaches second wipes out the
//! message.
//!
//! Caught by: the_bytes_are_the_strangers_bytes

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    let flags = match access {
        Access::ReadOnly => libc::SHM_RDONLY,
        Access::ReadWrite => 0,
    };
    // SAFETY: with no address given the kernel picks a free one, and it maps the segment's whole size there.
    let address = unsafe {
        let address = libc::shmat(id.as_raw(), std::ptr::null(), flags);
        if address as isize == -1 {
            return Err(io::Error::last_os_error());
        }
        let mut record: libc::shmid_ds = std::mem::zeroed();
        if access == Access::ReadWrite && libc::shmctl(id.as_raw(), libc::IPC_STAT, &raw mut record) == 0 {
            address.write_bytes(0, record.shm_segsz);
        }
        address
    };
    Ok(NonNull::new(address.cast()).expect("the kernel picks address 0 for nobody"))
}
