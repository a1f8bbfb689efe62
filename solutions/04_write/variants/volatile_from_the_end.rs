//! Stores with volatile writes, from the last byte to the first: as long as the first byte is missing, a reader still
//! has the old message's.

pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    if size <= message.len() || message.contains(&0) {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    let zeroes = std::iter::repeat_n(&0, size - message.len());
    let bytes: Vec<&u8> = message.iter().chain(zeroes).collect();
    for (offset, byte) in bytes.into_iter().enumerate().rev() {
        // SAFETY: there are `size` bytes, which the caller keeps attached for writing.
        unsafe { base.add(offset).write_volatile(*byte) };
    }
    Ok(())
}
