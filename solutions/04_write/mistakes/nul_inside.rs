//! Stores a NUL in the middle of the message, where every reader stops.
//!
//! Caught by: a_nul_inside_is_refused::case_2_in_the_middle

pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    if message.len() >= size {
        let text = format!("the message does not fit: of {size} bytes the NUL at its end takes one");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    for offset in 0..size {
        let byte = message.get(offset).copied().unwrap_or(0);
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached; any address is aligned
        // for a single byte.
        unsafe { AtomicU8::from_ptr(base.as_ptr().add(offset)) }.store(byte, Relaxed);
    }
    Ok(())
}
