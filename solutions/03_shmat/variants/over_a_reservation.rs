//! Reserves addresses first and lets the segment replace the reservation: the way to put it where one wants it, here
//! with an unaligned wish that `SHM_RND` rounds down.

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    let size = size_of_segment(id)?;
    let narrow = if access == Access::ReadOnly { libc::SHM_RDONLY } else { 0 };
    let reserved = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: with no address given the kernel picks a free one; what the segment replaces there is our reservation.
    unsafe {
        let room = libc::mmap(std::ptr::null_mut(), size, libc::PROT_NONE, reserved, -1, 0);
        if room == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base = libc::shmat(id.as_raw(), room.byte_add(1), libc::SHM_RND | libc::SHM_REMAP | narrow);
        if base == libc::MAP_FAILED {
            let error = io::Error::last_os_error();
            libc::munmap(room, size);
            return Err(error);
        }
        Ok(NonNull::new_unchecked(base.cast()))
    }
}

/// The size of a segment that we may attach, whether we may ask for its record or not.
fn size_of_segment(id: ShmId) -> io::Result<usize> {
    // SAFETY: shmctl fills a record of ours, and numbers may all be 0.
    unsafe {
        let mut record: libc::shmid_ds = std::mem::zeroed();
        match libc::shmctl(id.as_raw(), libc::IPC_STAT, &raw mut record) {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(record.shm_segsz),
        }
    }
}
