//! The table of segments before and after a test: a decoy in it, and nothing left where tests share the machine's.

use std::{collections::HashSet, io};

use libc::{c_int, key_t, pid_t};

use super::{channel::Frame, isolation::Isolation, random::Random};
use crate::{
    calls::shm,
    kernel::{self, Segment},
};

/// No segment has this id: it is what shmget returns when it fails.
pub(super) const NO_DECOY: c_int = -1;

/// The ids of all segments.
pub(super) fn ids() -> io::Result<HashSet<c_int>> {
    Ok(kernel::segments().map_err(io::Error::other)?.iter().map(|segment| segment.id).collect())
}

/// Makes guessing futile: in a namespace of its own some ids are used up, so that the next is not 0; and a segment
/// of another key, size and mode lies there already. Returns that decoy's id.
pub(super) fn furnish(random: &Random, isolation: Isolation) -> io::Result<c_int> {
    if isolation != Isolation::Shared {
        for _ in 0..random.within(3..=40) {
            shm::remove(shm::create(libc::IPC_PRIVATE, 1, 0o600)?)?;
        }
    }
    let size = random.within(5000..=9000) as usize;
    loop {
        let key = (random.next() as key_t) | 1;
        match shm::create(key, size, 0o640) {
            Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {}
            decoy => return decoy,
        }
    }
}

/// Where tests share the host's table: removes the decoy and what this test's processes made.
pub(super) fn sweep(before: &HashSet<c_int>, decoy: c_int, body: pid_t, frames: &[Frame]) {
    let ours = |segment: &Segment| {
        let made_by_us = segment.cpid == body
            || frames.iter().any(|frame| matches!(frame, Frame::Peer { pid, .. } if *pid == segment.cpid));
        segment.id == decoy || made_by_us || frames.contains(&Frame::Key(segment.key))
    };
    for segment in kernel::segments().unwrap_or_default() {
        if !before.contains(&segment.id) && ours(&segment) {
            // A segment that went by itself meanwhile is what we want.
            let _ = shm::remove(segment.id);
        }
    }
}
