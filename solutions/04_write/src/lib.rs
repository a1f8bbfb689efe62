//! Lesson 4: a message is stored within its segment's bounds.

pub mod program;

use std::{io, ptr::NonNull};

use libc::key_t;

// ANCHOR: solution
use std::{
    io::Write,
    sync::atomic::{AtomicU8, Ordering::Relaxed},
};

use shmat::{Access, attach, detach};
// ANCHOR_END: solution

/// Stores `message`, a NUL, and zeroes up to the end of the `size` bytes at `base`. On an error nothing is stored.
///
/// # Errors
/// [`InvalidInput`](io::ErrorKind::InvalidInput) if the message and its NUL need more than `size` bytes, or if
/// there is a NUL in the message itself.
///
/// # Safety
/// The `size` bytes from `base` on are attached for reading and writing and stay so during the call. Other code in this
/// process that accesses them at the same time does so atomically.
pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    // ANCHOR: write_message todo!("store '{}' and its NUL in the {size} bytes at {base:p}", message.escape_ascii())
    if message.len() >= size {
        let text = format!("the message does not fit: of {size} bytes the NUL at its end takes one");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    if message.contains(&0) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a NUL inside the message would end it there"));
    }
    for offset in 0..size {
        let byte = message.get(offset).copied().unwrap_or(0);
        // SAFETY: `offset` is below `size`, and the caller keeps that many bytes attached; any address is aligned
        // for a single byte.
        unsafe { AtomicU8::from_ptr(base.as_ptr().add(offset)) }.store(byte, Relaxed);
    }
    Ok(())
    // ANCHOR_END: write_message
}

/// The program `writer`: puts one line of standard input into the segment under `key`, which it creates if there is
/// none. What it prints, on standard output:
///
/// ```text
/// Key of shared memory is 2345 (0x929), id 0
/// Process attached at 0x7ffe040fb000
/// Enter some data to write to shared memory
/// You wrote: Hello World
/// ```
///
/// # Errors
/// What [`claim`](program::claim), `attach`, [`line`](program::line) and [`write_message`] say. `run` touches no byte
/// of the segment before it has the whole line.
pub fn run(key: key_t) -> io::Result<()> {
    // ANCHOR: run todo!("the program writer, on key {key:#x}")
    let mut out = io::stdout();
    let id = program::claim(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    let base = attach(id, Access::ReadWrite)?;
    writeln!(out, "Process attached at {base:p}")?;
    writeln!(out, "Enter some data to write to shared memory")?;

    // One byte of the segment is the NUL's.
    let message = program::line(program::SIZE - 1)?;
    // SAFETY: `claim` answers for a segment of SIZE bytes, and it stays attached until `detach` below.
    unsafe { write_message(base, program::SIZE, &message) }?;
    out.write_all(&[b"You wrote: ", &message[..], b"\n"].concat())?;

    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.
    unsafe { detach(base) }
    // ANCHOR_END: run
}
