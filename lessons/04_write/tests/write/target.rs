//! Where the tests of `write_message` let it store: bytes of a segment, with a pattern in them and around them.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::ptr::NonNull;

use kata::sandbox::Sandbox;
use libc::c_int;
use write::write_message;

/// What fills a segment and the rest of its last page before a message is stored.
pub const FILL: u8 = 0xa5;

/// `size` bytes of a segment, from `start` on, attached in the test's process.
pub struct Target {
    pub id: c_int,
    pub base: NonNull<u8>,
    pub start: usize,
    pub size: usize,
    /// Whole pages, all of them full of [`FILL`].
    pub mapped: usize,
}

// SAFETY: `base` leads to bytes that stay attached until the process ends, and a test that has several threads gives each
// of them a target of its own to store into.
unsafe impl Sync for Target {}

impl Target {
    pub fn new(s: &Sandbox, start: usize, size: usize) -> Self {
        let id = s.plant(s.key(), start + size, 0o600).id();
        // SAFETY: with no address given the kernel picks a free one.
        let address = unsafe { libc::shmat(id, std::ptr::null(), 0) };
        assert_ne!(
            address.addr(),
            usize::MAX,
            "the test cannot attach its own segment: {}",
            io::Error::last_os_error()
        );
        let base = NonNull::new(address.cast::<u8>()).expect("the kernel never picks address 0");
        let mapped = s.mappings().iter().find(|mapping| mapping.id == id).expect("it is attached").length();
        // SAFETY: this many bytes are mapped for writing, and no other process uses the segment yet.
        unsafe { base.as_ptr().write_bytes(FILL, mapped) };
        Self { id, base, start, size, mapped }
    }

    /// Fills the target with copies of `bytes`.
    pub fn fill(&self, bytes: &[u8]) {
        for (offset, byte) in (0..self.size).zip(bytes.iter().cycle()) {
            // SAFETY: `size` bytes from `start` on are attached for writing, and no other process uses the segment.
            unsafe { self.base.add(self.start + offset).write(*byte) };
        }
    }

    pub fn write(&self, message: &[u8]) -> io::Result<()> {
        // SAFETY: `size` bytes from `start` on are attached for writing, until the test's process ends.
        unsafe { write_message(self.base.add(self.start), self.size, message) }
    }

    #[track_caller]
    pub fn store(&self, message: &[u8]) {
        if let Err(error) = self.write(message) {
            panic!(
                "{}\n  expected: Ok(()), because it fits and has no NUL inside\n  found:    an error of the kind {:?}: {error}\n  \
                 look:     which of your checks refuses it?",
                self.asked(message),
                error.kind()
            );
        }
    }

    #[track_caller]
    pub fn refuse(&self, message: &[u8], look: &str) {
        let found = self.write(message);
        assert!(
            matches!(&found, Err(error) if error.kind() == ErrorKind::InvalidInput),
            "{}\n  expected: an error of the kind InvalidInput\n  found:    {}\n  look:     {look}",
            self.asked(message),
            shown(&found)
        );
    }

    /// The whole mapping as another process finds it.
    pub fn seen(&self, s: &Sandbox) -> Vec<u8> {
        s.stranger().read(self.id, 0, self.mapped).expect("another process reads the segment")
    }

    /// What this thread finds at `base`, into which it alone stores.
    #[track_caller]
    pub fn begins_with(&self, message: &[u8], look: &str) {
        // SAFETY: `size` bytes from `start` on are attached, and only this thread touches them meanwhile.
        let found = (0..message.len()).map(|offset| unsafe { self.base.add(self.start + offset).read_volatile() });
        let found: Vec<u8> = found.collect();
        same_bytes(&found, message, format!("{}, as its own thread sees it", self.asked(message)), look);
    }

    /// What another process finds at `base` after this message was stored.
    #[track_caller]
    pub fn holds(&self, s: &Sandbox, message: &[u8], expected: &[u8], look: &str) {
        let found = &self.seen(s)[self.start..][..expected.len()];
        same_bytes(found, expected, format!("{}, as another process sees it", self.asked(message)), look);
    }

    pub fn asked(&self, message: &[u8]) -> String {
        let nul = if message.contains(&0) { ", one of them a NUL," } else { "" };
        let (length, size, mapped) = (message.len(), self.size, self.mapped);
        format!("write_message of {length} bytes{nul} into {size} bytes ({mapped} are mapped)")
    }
}

/// What `write_message` returned, for a message.
pub fn shown(result: &io::Result<()>) -> String {
    match result {
        Ok(()) => "Ok(())".to_owned(),
        Err(error) => format!("an error of the kind {:?}: {error}", error.kind()),
    }
}

/// Says where two byte strings differ, because a thousand bytes are hard to compare by eye.
#[track_caller]
pub fn same_bytes(found: &[u8], expected: &[u8], asked: impl Display, look: &str) {
    assert_eq!(found.len(), expected.len(), "{asked}: the number of bytes");
    if let Some(at) = (0..expected.len()).find(|&at| found[at] != expected[at]) {
        let end = expected.len().min(at + 10);
        let (expected, found) = (expected[at..end].escape_ascii(), found[at..end].escape_ascii());
        panic!(
            "{asked}\n  expected: from byte {at} on \"{expected}\"\n  found:    from there on \"{found}\"\n  look:     {look}"
        );
    }
}

pub fn some_size(s: &Sandbox) -> usize {
    s.number(300..=3000) as usize
}

/// `length` random letters.
pub fn text(s: &Sandbox, length: usize) -> Vec<u8> {
    (0..length).map(|_| b'a' + s.number(0..=25) as u8).collect()
}

pub fn some_text(s: &Sandbox, lengths: std::ops::RangeInclusive<u64>) -> Vec<u8> {
    text(s, s.number(lengths) as usize)
}
