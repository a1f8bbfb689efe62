//! Leaves detaching to the end of the process. A server that attaches for each client runs out of addresses, and a
//! removed segment keeps its memory until then.
//!
//! Caught by: detaching_leaves_the_segment_and_its_bytes

pub unsafe fn detach(_base: NonNull<u8>) -> io::Result<()> {
    Ok(())
}
