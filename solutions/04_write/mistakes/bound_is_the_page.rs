//! Takes the page's end for the segment's: a message of 3000 bytes in a segment of 1000.
//!
//! Caught by: a_message_that_does_not_fit_is_refused::case_3_room_in_the_page

pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    if message.len() >= size.next_multiple_of(4096) {
        let text = format!("the message does not fit: of {size} bytes the NUL at its end takes one");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    if message.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a NUL inside the message would end it there"));
    }
    for offset in 0..size.max(message.len() + 1) {
        let byte = message.get(offset).copied().unwrap_or(0);
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached; any address is aligned
        // for a single byte.
        unsafe { AtomicU8::from_ptr(base.as_ptr().add(offset)) }.store(byte, Relaxed);
    }
    Ok(())
}
