//! One look at the segments: what the kernel's table says, who has them mapped, and what is in them.
//!
//! A frame is data. How it is drawn, and how often one is taken, is decided elsewhere.

use std::ops::Range;
use std::{fs, io};

use kata::calls::shm::{Access, Attached};
use kata::errno::{self, Call};
use kata::kernel::{self, Holder, Mapping, Segment};
use kata::process;
use libc::{c_int, pid_t, uid_t};

use super::wanted::Wanted;
use crate::users;

/// The segments at one moment, in the kernel's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub segments: Vec<Seen>,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub segment: Segment,
    pub owner: String,
    pub creator: String,
    /// The program of the creating process, while it runs and can be seen.
    pub creator_process: Option<String>,
    /// It is certain that the creating process has ended.
    pub creator_ended: bool,
    pub attachments: Vec<Attachment>,
    pub bytes: Bytes,
}

/// A process's mapping of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub pid: pid_t,
    /// The program's name.
    pub process: String,
    pub mapping: Mapping,
}

/// Bytes of a segment: as many as were asked for, or fewer when it is smaller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    Read(Vec<u8>),
    /// They may not be read, for this reason.
    Withheld(String),
}

impl Seen {
    /// How many attachments the kernel counts that were not found in a process.
    pub fn unseen(&self) -> u64 {
        self.segment.nattch.saturating_sub(self.attachments.len() as u64)
    }
}

/// Looks at the segments wanted, and at the first `length` bytes of each.
///
/// Table and mappings are read before anything is attached: what the frame shows is without the looker.
pub fn take(wanted: Wanted, length: usize) -> kernel::Result<Frame> {
    let mut segments = kernel::segments()?;
    segments.retain(|segment| wanted.includes(segment));
    if segments.is_empty() {
        return Ok(Frame { segments: Vec::new() });
    }
    let holders = kernel::holders()?;
    let seen = |segment: Segment| {
        let bytes = bytes(&segment, 0..length);
        seen(segment, &holders, users::name, bytes)
    };
    Ok(Frame { segments: segments.into_iter().map(seen).collect() })
}

/// What is known of a segment, and of those that may have it mapped.
pub fn seen(segment: Segment, holders: &[Holder], mut name: impl FnMut(uid_t) -> String, bytes: Bytes) -> Seen {
    Seen {
        owner: name(segment.uid),
        creator: name(segment.cuid),
        creator_process: running(segment.cpid),
        creator_ended: !process::is_there(segment.cpid),
        attachments: attachments(holders, segment.id),
        bytes,
        segment,
    }
}

fn running(pid: pid_t) -> Option<String> {
    process::Process::of(pid).filter(process::Process::is_alive).map(|process| process.name)
}

/// Where the segment `id` is mapped, and by whom.
pub fn attachments(holders: &[Holder], id: c_int) -> Vec<Attachment> {
    let of = |holder: &Holder| {
        let Holder { pid, name, mappings } = holder.clone();
        let mappings = mappings.into_iter().filter(move |mapping| mapping.id == id);
        mappings.map(move |mapping| Attachment { pid, process: name.clone(), mapping })
    };
    holders.iter().flat_map(of).collect()
}

/// The bytes at `range`, as far as the segment reaches. It is attached for as long as they are copied.
pub fn bytes(segment: &Segment, range: Range<usize>) -> Bytes {
    // With this setting the kernel removes what the last one detaches from, and this look would be the last one.
    if segment.nattch == 0 && removes_what_nobody_holds() {
        let reason = "a look would remove it (kernel.shm_rmid_forced is 1, and no process is attached)";
        return Bytes::Withheld(reason.to_owned());
    }
    match Attached::new(segment.id, Access::ReadOnly) {
        // To read a page makes the kernel take one, and then `reader` cannot tell any more that nothing was written.
        Ok(_) if segment.is_untouched() => {
            Bytes::Read(vec![0; range.end.min(segment.size).saturating_sub(range.start)])
        }
        Ok(attached) => Bytes::Read(attached.read(range.start..range.end.min(segment.size))),
        Err(error) => Bytes::Withheld(refusal(&error, segment)),
    }
}

/// Source: proc(5), `/proc/sys/kernel/shm_rmid_forced`.
fn removes_what_nobody_holds() -> bool {
    fs::read_to_string("/proc/sys/kernel/shm_rmid_forced").is_ok_and(|value| value.trim() != "0")
}

fn refusal(error: &io::Error, segment: &Segment) -> String {
    let Some(errno) = error.raw_os_error() else { return error.to_string() };
    let name = errno::name(errno).map_or_else(|| error.to_string(), str::to_owned);
    match errno {
        libc::EACCES => {
            format!("mode {:03o} does not let {} read it ({name})", segment.mode, users::name(users::own()))
        }
        libc::EINVAL | libc::EIDRM => format!("it was removed meanwhile ({name})"),
        _ => match errno::meaning(Call::Shmat, errno) {
            Some(meaning) => format!("{meaning} ({name})"),
            None => name,
        },
    }
}
