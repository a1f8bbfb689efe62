//! Removes the segment as it detaches. Whoever comes next finds nothing, and the message is gone.
//!
//! Caught by: detaching_leaves_the_segment_and_its_bytes

pub unsafe fn detach(base: NonNull<u8>) -> io::Result<()> {
    let map = std::fs::read_to_string("/proc/self/maps")?;
    let line = map.lines().find(|line| line.starts_with(&format!("{:x}-", base.as_ptr() as usize)));
    let id = line.and_then(|line| line.split_whitespace().nth(4)).and_then(|inode| inode.parse().ok());
    // SAFETY: the caller promises that nothing uses this attachment any more; shmctl needs no record to remove.
    match unsafe { libc::shmdt(base.as_ptr().cast()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => {
            // SAFETY: as above.
            unsafe { libc::shmctl(id.unwrap_or(-1), libc::IPC_RMID, std::ptr::null_mut()) };
            Ok(())
        }
    }
}
