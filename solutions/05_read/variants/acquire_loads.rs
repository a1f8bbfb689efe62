//! Loads with Acquire, which a mapping for reading alone allows on the processors that we know, and ends at an
//! iterator's pace.

pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    let bytes = base.cast::<AtomicU8>();
    // SAFETY: the caller keeps `size` bytes attached, and any address is aligned for a byte.
    let load = |offset| unsafe { bytes.add(offset).as_ref() }.load(std::sync::atomic::Ordering::Acquire);
    let message: Vec<u8> = (0..size).map(load).take_while(|&byte| byte != 0).collect();
    if message.len() < size { Ok(message) } else { Err(io::Error::new(io::ErrorKind::InvalidData, "no NUL")) }
}
