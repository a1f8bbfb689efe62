//! Lesson 3: attaching a segment gives it an address.
//!
//! [shmat(2)](https://man7.org/linux/man-pages/man2/shmat.2.html) maps a segment into this process,
//! [shmdt(2)](https://man7.org/linux/man-pages/man2/shmdt.2.html) unmaps it again. The segment is the same for every
//! process, but each process has its own address for it.

use std::io;
use std::ptr::NonNull;

use shmget::ShmId;

/// What a process may do with the bytes that it attaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read them. A store is a SIGSEGV.
    ReadOnly,
    /// Read and write them.
    ReadWrite,
}

/// Attaches the segment `id` at an address that the kernel chooses, and returns the address of its first byte.
///
/// Each call makes a separate attachment with its own address. It lasts until [`detach`] or the end of the process.
///
/// # Errors
///
/// - `EINVAL`: no segment has this id. A segment that is marked for removal keeps its id as long as a process is
///   attached.
/// - `EACCES`: the segment's mode does not grant this `access`.
/// - `ENOMEM`: no room for it among this process's addresses, or more than its limit (`ulimit -v`).
///
/// Source: [shmat(2)](https://man7.org/linux/man-pages/man2/shmat.2.html).
pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    // ANCHOR: attach todo!("ask shmat for the address of segment {id:?}, {access:?}")
    let flags = match access {
        Access::ReadOnly => libc::SHM_RDONLY,
        Access::ReadWrite => 0,
    };
    // SAFETY: with no address given the kernel picks a free one, so no memory in use is replaced.
    let address = unsafe { libc::shmat(id.as_raw(), std::ptr::null(), flags) };
    // Check for -1 first, because NonNull accepts -1 as an address.
    if address as isize == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(NonNull::new(address.cast()).expect("the kernel never picks address 0"))
    // ANCHOR_END: attach
}

/// Detaches the segment that is attached at `base`. The segment stays, with all its bytes.
///
/// # Errors
///
/// - `EINVAL`: no segment starts at `base`: it is other memory, an address within a segment, or detached already.
///
/// # Safety
///
/// Nothing in this process may use an address within that attachment from now on: the kernel may give it to something
/// else. That holds for `base` too: a second `detach` may unmap a segment that was attached there since.
///
/// Source: [shmdt(2)](https://man7.org/linux/man-pages/man2/shmdt.2.html).
pub unsafe fn detach(base: NonNull<u8>) -> io::Result<()> {
    // ANCHOR: detach todo!("give the segment at {base:?} back with shmdt")
    // SAFETY: the caller promises that nothing uses this attachment any more.
    match unsafe { libc::shmdt(base.as_ptr().cast()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
    // ANCHOR_END: detach
}
