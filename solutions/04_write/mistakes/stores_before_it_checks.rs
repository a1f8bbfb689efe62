//! Stores byte by byte and stops at a NUL: an error that leaves half of the new message over the old one.
//!
//! Caught by: a_refused_message_changes_nothing::case_2_a_nul_at_the_end

pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    if message.len() >= size {
        let text = format!("the message does not fit: of {size} bytes the NUL at its end takes one");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    for offset in 0..size {
        let byte = message.get(offset).copied().unwrap_or(0);
        if offset < message.len() && byte == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a NUL inside the message would end it there"));
        }
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached; any address is aligned
        // for a single byte.
        unsafe { AtomicU8::from_ptr(base.as_ptr().add(offset)) }.store(byte, Relaxed);
    }
    Ok(())
}
