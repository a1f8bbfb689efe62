//! Says that the segment is gone and leaves it there, with its message, until the machine restarts.
//!
//! Caught by: a_removed_segment_is_gone

pub fn remove(id: ShmId) -> io::Result<()> {
    stat(id).map(|_| ())
}
