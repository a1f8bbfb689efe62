//! A hand on a segment, by system calls alone: create, find, remove; attach, copy bytes in and out, detach.
//!
//! Bytes are loaded and stored one by one through relaxed atomics, since another process may store at any time.

use std::{
    io,
    ops::Range,
    ptr::NonNull,
    sync::atomic::{AtomicU8, Ordering},
};

use libc::{c_int, key_t};

use crate::kernel;

/// Creates a segment with `IPC_CREAT | IPC_EXCL`; `mode` is nine permission bits. Returns its id.
///
/// # Errors
/// Those of shmget(2): `EEXIST` if the key is taken, `EINVAL` if the size is impossible, `ENOSPC` if the table is full.
///
/// Source: shmget(2).
pub fn create(key: key_t, size: usize, mode: u32) -> io::Result<c_int> {
    get(key, size, libc::IPC_CREAT | libc::IPC_EXCL | mode.cast_signed())
}

/// The id of the segment with this key.
///
/// # Errors
/// Those of shmget(2): `ENOENT` if there is none.
///
/// Source: shmget(2).
pub fn open(key: key_t) -> io::Result<c_int> {
    get(key, 0, 0)
}

fn get(key: key_t, size: usize, flags: c_int) -> io::Result<c_int> {
    // SAFETY: shmget takes integers.
    match unsafe { libc::shmget(key, size, flags) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(id),
    }
}

/// Removes a segment, or marks it for removal while a process is attached.
///
/// # Errors
/// Those of shmctl(2): `EINVAL` if there is none, `EPERM` if it belongs to another user.
///
/// Source: shmctl(2).
pub fn remove(id: c_int) -> io::Result<()> {
    // SAFETY: IPC_RMID ignores the third argument.
    match unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// What an attachment may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Load; the segment's mode must grant reading.
    ReadOnly,
    /// Load and store; the mode must grant both.
    ReadWrite,
}

/// One attachment, given back when dropped.
///
/// Offsets reach through the whole mapping, to the end of its last page, and not just to the segment's size.
#[derive(Debug)]
pub struct Attached {
    base: NonNull<u8>,
    length: usize,
    access: Access,
}

impl Attached {
    /// Attaches the segment `id` where the kernel likes.
    ///
    /// # Errors
    /// Those of shmat(2): `EACCES` if the mode does not grant the access, `EINVAL` or `EIDRM` if the segment is gone;
    /// and `EACCES` if its size may not be read.
    ///
    /// Source: shmop(2).
    pub fn new(id: c_int, access: Access) -> io::Result<Self> {
        let flags = match access {
            Access::ReadOnly => libc::SHM_RDONLY,
            Access::ReadWrite => 0,
        };
        // SAFETY: with a null address the kernel picks a free place; nothing of ours is overwritten.
        let address = unsafe { libc::shmat(id, std::ptr::null(), flags) };
        if address.addr() == usize::MAX {
            return Err(io::Error::last_os_error());
        }
        let base = NonNull::new(address.cast()).ok_or_else(|| io::Error::other("attached at address 0"))?;
        let mut attached = Attached { base, length: 0, access };
        let size = match kernel::stat(id) {
            Ok(segment) => segment.size,
            Err(kernel::Error::Io { source, .. }) => return Err(source),
            Err(error) => return Err(io::Error::other(error)),
        };
        attached.length = size.next_multiple_of(page_size());
        Ok(attached)
    }

    /// Where it lies in this process.
    pub fn address(&self) -> usize {
        self.base.addr().get()
    }

    fn byte(&self, offset: usize) -> &AtomicU8 {
        assert!(offset < self.length, "offset {offset} lies outside the mapping of {} bytes", self.length);
        // SAFETY: offset is within the mapping, which lives as long as self. Another process may store at any time,
        // which a shared reference to an atomic allows. Of read-only pages nothing but relaxed loads are made.
        unsafe { &*self.base.as_ptr().add(offset).cast::<AtomicU8>() }
    }

    /// A copy of the bytes at `range`.
    ///
    /// # Panics
    /// If the range leaves the mapping.
    pub fn read(&self, range: Range<usize>) -> Vec<u8> {
        range.map(|offset| self.byte(offset).load(Ordering::Relaxed)).collect()
    }

    /// Copies `bytes` in at `offset`.
    ///
    /// # Panics
    /// If it was attached for reading alone, or if the bytes leave the mapping.
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        assert_eq!(self.access, Access::ReadWrite, "a store needs an attachment that may write");
        for (index, &byte) in bytes.iter().enumerate() {
            self.byte(offset + index).store(byte, Ordering::Relaxed);
        }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // SAFETY: `base` came from shmat, and nothing but this detaches it.
        unsafe { libc::shmdt(self.base.as_ptr().cast()) };
    }
}

/// The size of a page in bytes.
fn page_size() -> usize {
    // SAFETY: sysconf takes an integer.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).expect("pages have a size")
}
