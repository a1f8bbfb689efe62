//! What the kernel says about System V shared memory: its table of segments, one segment's record, the mappings
//! of a process and of all of them, and the limits. Nothing here changes any of it.

mod error;
mod holders;
mod maps;
mod segments;

pub use error::{Error, Result};
pub use holders::{Holder, holders};
pub(crate) use maps::parse_mapping;
pub use maps::{Mapping, Permissions, mappings};
pub(crate) use segments::parse_segments;
pub use segments::{Limits, Memory, Segment, limits, removes_unattached, segments, stat};
