//! Refuses what is not UTF-8, though the writer did not.
//!
//! Caught by: all_bytes_but_the_nul_arrive

pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    for offset in 0..size {
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached. A reference to an atomic
        // is right where another process may store, and a relaxed load of a byte needs no right to write.
        let byte = unsafe { &*base.as_ptr().add(offset).cast::<AtomicU8>() }.load(Relaxed);
        if byte == 0 {
            return String::from_utf8(message).map(String::into_bytes).map_err(io::Error::other);
        }
        message.push(byte);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("no NUL in {size} bytes: this is not a message")))
}
