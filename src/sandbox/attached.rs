//! The test's own hand on a segment: attach, copy bytes in and out, detach.

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
/// Those of shmget(2).
pub(super) fn create(key: key_t, size: usize, mode: u32) -> io::Result<c_int> {
    get(key, size, libc::IPC_CREAT | libc::IPC_EXCL | mode.cast_signed())
}

/// The id of the segment with this key.
///
/// # Errors
/// Those of shmget(2): `ENOENT` if there is none.
pub(super) fn open(key: key_t) -> io::Result<c_int> {
    get(key, 0, 0)
}

fn get(key: key_t, size: usize, flags: c_int) -> io::Result<c_int> {
    // SAFETY: shmget takes integers.
    match unsafe { libc::shmget(key, size, flags) } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(id),
    }
}

/// Removes a segment, or marks it for removal while somebody is attached.
///
/// # Errors
/// Those of shmctl(2): `EINVAL` if there is none, `EPERM` if it belongs to somebody else.
pub(super) fn remove(id: c_int) -> io::Result<()> {
    // SAFETY: IPC_RMID ignores the third argument.
    match unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// What an attachment may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    ReadOnly,
    ReadWrite,
}

/// One attachment, given back when dropped.
///
/// Offsets reach through the whole mapping and not just to the segment's size: a test looks behind the end too.
#[derive(Debug)]
pub(super) struct Attached {
    base: NonNull<u8>,
    length: usize,
    access: Access,
}

impl Attached {
    /// Attaches the segment `id` where the kernel likes.
    ///
    /// # Errors
    /// Those of shmat(2), and `EACCES` if the segment's size may not be read.
    pub(super) fn new(id: c_int, access: Access) -> io::Result<Self> {
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
        let size = kernel::stat(id).map_err(io::Error::other)?.size;
        attached.length = size.next_multiple_of(page_size());
        Ok(attached)
    }

    /// Where it lies in this process.
    pub(super) fn address(&self) -> usize {
        self.base.addr().get()
    }

    fn byte(&self, offset: usize) -> &AtomicU8 {
        assert!(offset < self.length, "offset {offset} lies outside the mapping of {} bytes", self.length);
        // SAFETY: offset is within the mapping, which lives as long as self. Another process may store at any time,
        // which a shared reference to an atomic allows. Of read-only pages nothing but relaxed loads are made.
        unsafe { &*self.base.as_ptr().add(offset).cast::<AtomicU8>() }
    }

    /// A copy of the bytes at `range`.
    pub(super) fn read(&self, range: Range<usize>) -> Vec<u8> {
        range.map(|offset| self.byte(offset).load(Ordering::Relaxed)).collect()
    }

    /// Copies `bytes` in at `offset`.
    pub(super) fn write(&self, offset: usize, bytes: &[u8]) {
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

/// A segment that a test planted, as another program would have made it.
#[derive(Debug, Clone, Copy)]
pub struct Planted {
    pub(super) id: c_int,
    pub(super) key: key_t,
    pub(super) size: usize,
}

impl Planted {
    /// Its id.
    pub fn id(&self) -> c_int {
        self.id
    }

    /// Its key.
    pub fn key(&self) -> key_t {
        self.key
    }

    /// The size asked for, in bytes; the mapping goes on to the end of the page.
    pub fn size(&self) -> usize {
        self.size
    }

    /// A copy of the bytes at `range`, which may go on behind the size to the end of the page. Attaches and detaches.
    ///
    /// # Panics
    /// If it cannot be attached any more, or if the range leaves the mapping.
    #[track_caller]
    pub fn read(&self, range: Range<usize>) -> Vec<u8> {
        self.attached(Access::ReadOnly).read(range)
    }

    /// Copies `bytes` in at `offset`, also behind the size up to the end of the page. Attaches and detaches.
    ///
    /// # Panics
    /// If it cannot be attached any more, or if the bytes leave the mapping.
    #[track_caller]
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        self.attached(Access::ReadWrite).write(offset, bytes);
    }

    #[track_caller]
    fn attached(&self, access: Access) -> Attached {
        match Attached::new(self.id, access) {
            Ok(attached) => attached,
            Err(error) => panic!("the test's own segment {} can no longer be attached: {error}", self.id),
        }
    }
}
