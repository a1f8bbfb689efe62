//! Other processes: who they are, what they wait for, how they ended.

mod activity;
mod ending;
mod table;
mod wait;

pub(crate) use activity::OWN_THREAD;
pub use activity::activity;
pub(crate) use ending::{ending, signal_name};
pub use table::{Process, descendants, end_all, is_there};
pub use wait::{pidfd, wait_any};
