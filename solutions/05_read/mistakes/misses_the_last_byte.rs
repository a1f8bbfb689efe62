//! Looks at all bytes but the last, where the NUL of the longest message stands.
//!
//! Caught by: the_nul_may_be_the_last_byte

pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    for offset in 0..size.saturating_sub(1) {
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached. A reference to an atomic
        // is right where another process may store, and a relaxed load of a byte needs no right to write.
        let byte = unsafe { &*base.as_ptr().add(offset).cast::<AtomicU8>() }.load(Relaxed);
        if byte == 0 {
            return Ok(message);
        }
        message.push(byte);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("no NUL in {size} bytes: this is not a message")))
}
