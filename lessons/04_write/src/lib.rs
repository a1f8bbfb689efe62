//! Lesson 4: a message is stored within its segment's bounds.

pub mod program;

use std::{io, ptr::NonNull};

use libc::key_t;

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
    todo!("store '{}' and its NUL in the {size} bytes at {base:p}", message.escape_ascii())
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
    todo!("the program writer, on key {key:#x}")
}
