//! What can be typed: a file a command, with its definition, its help and what it does.

mod all;
mod book;
mod check;
mod completions;
mod context;
mod dev;
mod diff;
mod doctor;
mod hint;
mod list;
mod next;
mod reset;
mod solution;
mod watch;
mod xray;

pub use all::{definition, run};
pub use context::{find_course, root};
