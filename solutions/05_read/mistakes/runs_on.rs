//! Leaves it to C, which looks for a NUL until it finds one, in the segment or behind it.
//!
//! Caught by: without_a_nul_it_is_no_message::case_1_a_nul_right_behind_it

pub unsafe fn read_message(base: NonNull<u8>, _size: usize) -> io::Result<Vec<u8>> {
    // SAFETY: none. Nobody promised that there is a NUL.
    let message = unsafe { std::ffi::CStr::from_ptr(base.as_ptr().cast()) };
    Ok(message.to_bytes().to_vec())
}
