//! Takes everything up to the zeroes at the end. What an older, longer message has left behind the NUL comes along.
//!
//! Caught by: the_first_nul_ends_it

pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    for offset in 0..size {
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached. A reference to an atomic
        // is right where another process may store, and a relaxed load of a byte needs no right to write.
        let byte = unsafe { &*base.as_ptr().add(offset).cast::<AtomicU8>() }.load(Relaxed);
        message.push(byte);
    }
    if message.last() == Some(&0) {
        let end = message.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        message.truncate(end);
        return Ok(message);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("no NUL in {size} bytes: this is not a message")))
}
