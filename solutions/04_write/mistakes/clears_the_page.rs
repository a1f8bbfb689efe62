//! Zeroes everything that is mapped. Whatever others keep behind the segment's last byte is gone, and no signal tells.
//!
//! Caught by: nothing_outside_these_bytes_is_touched::case_1_in_a_whole_segment

pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    if message.len() >= size {
        let text = format!("the message does not fit: of {size} bytes the NUL at its end takes one");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    if message.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a NUL inside the message would end it there"));
    }
    for offset in 0..size.next_multiple_of(4096) {
        let byte = message.get(offset).copied().unwrap_or(0);
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached; any address is aligned
        // for a single byte.
        unsafe { AtomicU8::from_ptr(base.as_ptr().add(offset)) }.store(byte, Relaxed);
    }
    Ok(())
}
