//! Clears the message once it has it, as from a mailbox. The next reader finds nothing.
//!
//! Caught by: reading_changes_no_byte

pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    for offset in 0..size {
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached. A reference to an atomic
        // is right where another process may store, and a relaxed load of a byte needs no right to write.
        let byte = unsafe { &*base.as_ptr().add(offset).cast::<AtomicU8>() }.load(Relaxed);
        if byte == 0 {
            // SAFETY: the first byte is within the segment.
            unsafe { AtomicU8::from_ptr(base.as_ptr()) }.store(0, Relaxed);
            return Ok(message);
        }
        message.push(byte);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("no NUL in {size} bytes: this is not a message")))
}
