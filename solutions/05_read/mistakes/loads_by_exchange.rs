//! Loads with an operation that could also store. In a mapping for reading alone that is a SIGSEGV, even if it
//! stores what was there.
//!
//! Caught by: a_mapping_for_reading_alone_is_enough

pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    for offset in 0..size {
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached. A reference to an atomic
        // is right where another process may store, and a relaxed load of a byte needs no right to write.
        let byte =
            match unsafe { &*base.as_ptr().add(offset).cast::<AtomicU8>() }.compare_exchange(0, 0, Relaxed, Relaxed) {
                Ok(byte) | Err(byte) => byte,
            };
        if byte == 0 {
            return Ok(message);
        }
        message.push(byte);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("no NUL in {size} bytes: this is not a message")))
}
