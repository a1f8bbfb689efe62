//! Lesson 5: a second process reads it at another address.

use std::{io, ptr::NonNull};

use libc::key_t;

/// The message in the `size` bytes at `base`: a copy of the bytes before the first NUL.
///
/// # Errors
/// [`InvalidData`](io::ErrorKind::InvalidData) if there is no NUL in those bytes: there is no complete message.
///
/// # Safety
/// The `size` bytes from `base` on are attached, for reading at least, and stay so during the call. Other code in this
/// process that stores to them at the same time does so atomically.
pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    todo!("copy the message out of the {size} bytes at {base:p}")
}

/// The program `reader`: prints the message in the segment under `key`, and leaves everything as it was.
///
/// ```text
/// Key of shared memory is 2345 (0x929), id 0
/// Process attached at 0x7f76b4292000
/// Data read from shared memory is: Hello World
/// ```
///
/// A newline at the end of the message, as C writers leave it there, is not printed twice.
///
/// # Errors
/// What [`find_written`](write::program::find_written), `attach` and [`read_message`] say.
pub fn run(key: key_t) -> io::Result<()> {
    todo!("the program reader, on key {key:#x}")
}
