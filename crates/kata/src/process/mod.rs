//! Other processes: who they are, what they wait for, how they ended.

mod activity;
mod end;
mod table;

pub(crate) use activity::OWN_THREAD;
pub use activity::activity;
pub(crate) use end::{ending, signal_name};
pub use end::{pidfd, wait_any};
pub use table::{Process, descendants, end_all, is_there};
