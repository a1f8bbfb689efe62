//! Stores as much as fits and says nothing. Nobody ever knows that half of the message is missing.
//!
//! Caught by: a_message_that_does_not_fit_is_refused::case_2_one_byte_over

pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    let message = &message[..message.len().min(size.saturating_sub(1))];
    if message.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a NUL inside the message would end it there"));
    }
    for offset in 0..size {
        let byte = message.get(offset).copied().unwrap_or(0);
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached; any address is aligned
        // for a single byte.
        unsafe { AtomicU8::from_ptr(base.as_ptr().add(offset)) }.store(byte, Relaxed);
    }
    Ok(())
}
