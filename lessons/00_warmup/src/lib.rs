//! Lesson 0: a C function's failure becomes an io::Error.
//!
//! A C function has no `Result`: it returns -1 when it fails, and leaves the reason in `errno`. Here that function is
//! [lseek(2)](https://man7.org/linux/man-pages/man2/lseek.2.html); those of the other lessons do the same.

use std::io;
use std::os::fd::RawFd;
use std::ptr::NonNull;

/// The position of the open file with the number `fd`: how many bytes from its start the next read begins.
///
/// Asking does not move it.
///
/// # Errors
///
/// - `EBADF`: this process has no open file with this number.
/// - `ESPIPE`: it is a pipe or a socket, which has no position.
///
/// Source: [lseek(2)](https://man7.org/linux/man-pages/man2/lseek.2.html).
pub fn position(fd: RawFd) -> io::Result<u64> {
    todo!("ask lseek for the position of the open file {fd}")
}

/// Stores `byte` at the address `offset` bytes behind `base`, and nothing anywhere else.
///
/// # Safety
///
/// The bytes from `base` up to and including the one at `offset` lie in one piece of memory that this process may write
/// to, and nothing else reads or writes that one byte during the call.
pub unsafe fn store(base: NonNull<u8>, offset: usize, byte: u8) {
    todo!("store {byte:#04x} at {offset} bytes behind {base:p}")
}
