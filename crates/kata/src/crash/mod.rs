//! What a signal for a bad address comes from: where the address lies in relation to the attachments, what was tried
//! there, and which line tried it.
//!
//! A handler finds that out in the process that dies, where alone it is known. A test's process tells its supervisor; a
//! program says it on its standard error.

mod context;
mod fault;
mod handler;
mod lines;

#[cfg(test)]
pub(crate) use fault::Access;
pub(crate) use fault::{Fault, LENGTH};
pub use handler::say_why;
pub(crate) use handler::{ready_this_thread, tell_supervisor};
pub(crate) use lines::{Line, asked_for, line_of};
