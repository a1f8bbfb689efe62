//! The table of segments before and after a test: a decoy in it, and nothing left where tests share the machine's.

use std::{
    collections::HashSet,
    io,
    time::{Duration, SystemTime},
};

use libc::{c_int, key_t, pid_t, uid_t};

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

/// Makes guessing futile: in its own namespace some ids are used up, so that the next is not 0; and a segment of
/// another key, size and mode lies there already. Returns that decoy's id.
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

/// A process that makes segments in this machine's table, and when it does, in seconds since 1970. Its number alone would
/// not do: later it is another process's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Maker {
    pid: pid_t,
    from: u64,
    to: u64,
}

impl Maker {
    pub(super) fn from_now(pid: pid_t, time: Duration) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        // The kernel notes whole seconds of a clock that lags behind this one by some milliseconds.
        Maker { pid, from: now.as_secs().saturating_sub(1), to: (now + time).as_secs() + 1 }
    }

    pub(super) fn line(&self) -> String {
        format!("{} {} {}", self.pid, self.from, self.to)
    }

    pub(super) fn read(line: &str) -> Option<Self> {
        let mut numbers = line.split(' ');
        let mut next = || numbers.next();
        Some(Maker { pid: next()?.parse().ok()?, from: next()?.parse().ok()?, to: next()?.parse().ok()? })
    }

    fn made(&self, segment: &Segment, user: uid_t) -> bool {
        let then = u64::try_from(segment.ctime).is_ok_and(|ctime| (self.from..=self.to).contains(&ctime));
        segment.cpid == self.pid && segment.cuid == user && segment.nattch == 0 && then
    }
}

/// Removes what these processes made, which are dead.
pub(super) fn sweep_makers(makers: &[Maker]) {
    if makers.is_empty() {
        return;
    }
    // SAFETY: geteuid has no conditions.
    let user = unsafe { libc::geteuid() };
    for segment in kernel::segments().unwrap_or_default() {
        if makers.iter().any(|maker| maker.made(&segment, user)) {
            // A segment that went by itself meanwhile is what we want.
            let _ = shm::remove(segment.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tried until a second has just begun, when the kernel's clock is still in the one before.
    #[test]
    fn a_maker_that_is_noted_makes_its_segments_afterwards() {
        let pid = std::process::id().cast_signed();
        // SAFETY: geteuid has no conditions.
        let user = unsafe { libc::geteuid() };
        let end = SystemTime::now() + Duration::from_millis(1100);
        while SystemTime::now() < end {
            let maker = Maker::from_now(pid, Duration::ZERO);
            let id = shm::create(libc::IPC_PRIVATE, 1, 0o600).unwrap();
            let segment = kernel::stat(id).unwrap();
            shm::remove(id).unwrap();
            assert!(maker.made(&segment, user), "{maker:?} {segment:?}");
        }
    }

    #[test]
    fn a_maker_is_known_by_its_number_its_time_and_its_user() {
        let maker = Maker::read(&Maker { pid: 7, from: 100, to: 110 }.line()).unwrap();
        assert_eq!((Maker::read("7 100"), Maker::read("")), (None, None));
        let id = shm::create(libc::IPC_PRIVATE, 1, 0o600).unwrap();
        let made = Segment { cpid: 7, cuid: 5, nattch: 0, ctime: 100, ..kernel::stat(id).unwrap() };
        shm::remove(id).unwrap();
        assert!(maker.made(&made, 5));
        for other in [
            Segment { cpid: 8, ..made.clone() },
            Segment { cuid: 6, ..made.clone() },
            Segment { nattch: 1, ..made.clone() },
            Segment { ctime: 99, ..made.clone() },
            Segment { ctime: 111, ..made.clone() },
        ] {
            assert!(!maker.made(&other, 5), "{other:?}");
        }
    }
}
