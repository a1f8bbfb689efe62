//! What an error number means when a certain call returned it, and where to look then.
//!
//! The same number means another thing from another call: `EINVAL` of shmget(2) is a size, of shmdt(2) an address.

mod call;
mod names;
mod shm;

pub use call::{Call, Explanation};
pub use names::name;
pub use shm::explain;
