//! Stores the message and nothing behind it. In a fresh segment the NUL is there by chance; over an older message the
//! new one runs on into the old.
//!
//! Caught by: a_nul_ends_the_message

pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    if message.len() >= size {
        let text = format!("the message does not fit: of {size} bytes the NUL at its end takes one");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    if message.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a NUL inside the message would end it there"));
    }
    for (offset, &byte) in message.iter().enumerate() {
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached; any address is aligned
        // for a single byte.
        unsafe { AtomicU8::from_ptr(base.as_ptr().add(offset)) }.store(byte, Relaxed);
    }
    Ok(())
}
