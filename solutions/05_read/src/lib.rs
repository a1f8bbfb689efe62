//! Lesson 5: a second process reads it at another address.

use std::{io, ptr::NonNull};

use libc::key_t;

// ANCHOR: solution
use std::{
    io::Write,
    sync::atomic::{AtomicU8, Ordering::Relaxed},
};

use shmat::{Access, attach, detach};
use write::program;
// ANCHOR_END: solution

/// The message in the `size` bytes at `base`: a copy of the bytes before the first NUL.
///
/// # Errors
/// [`InvalidData`](io::ErrorKind::InvalidData) if there is no NUL in those bytes: there is no complete message.
///
/// # Safety
/// The `size` bytes from `base` on are attached, for reading at least, and stay so during the call. Other code in this
/// process that stores to them at the same time does so atomically.
pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    // ANCHOR: read_message todo!("copy the message out of the {size} bytes at {base:p}")
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
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("no NUL in {size} bytes: this is not a message")))
    // ANCHOR_END: read_message
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
    // ANCHOR: run todo!("the program reader, on key {key:#x}")
    let mut out = io::stdout();
    let id = program::find_written(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    let base = attach(id, Access::ReadOnly)?;
    writeln!(out, "Process attached at {base:p}")?;

    // SAFETY: `find_written` answers for a segment of SIZE bytes, and it stays attached until `detach` below.
    let message = unsafe { read_message(base, program::SIZE) }?;
    let line = message.strip_suffix(b"\n").unwrap_or(&message);
    out.write_all(&[b"Data read from shared memory is: ", line, b"\n"].concat())?;

    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.
    unsafe { detach(base) }
    // ANCHOR_END: run
}
