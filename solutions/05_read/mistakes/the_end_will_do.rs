//! Takes the end of the segment for the end of the message: something that nobody finished passes for whole.
//!
//! Caught by: without_a_nul_it_is_no_message::case_2_none_in_the_whole_page

pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    for offset in 0..size {
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached. A reference to an atomic
        // is right where another process may store, and a relaxed load of a byte needs no right to write.
        let byte = unsafe { &*base.as_ptr().add(offset).cast::<AtomicU8>() }.load(Relaxed);
        if byte == 0 {
            return Ok(message);
        }
        message.push(byte);
    }
    Ok(message)
}
