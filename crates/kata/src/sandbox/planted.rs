//! A segment that a test planted.

use std::ops::Range;

use libc::{c_int, key_t};

use crate::calls::shm::{Access, Attached};

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
