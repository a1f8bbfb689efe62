//! A test's report: what the supervisor found out, in fields; its words for a person; and the form in which it travels
//! from process to process, with the reader of that form.
//!
//! Nothing outside of this room reads the words back: they may change, and the fields say the same.

mod cause;
mod frame;
mod harmless;
mod place;
mod printed;
mod record;
mod tables;
#[cfg(test)]
mod tests;
pub(crate) mod wire;
mod words;

pub use cause::cause_of;
pub use frame::{Deframer, Told, Unreadable, frame};
pub use harmless::harmless;
pub use place::{Blank, Place, Spot, blank_after, panicked_at};
pub use printed::{How, Line, Printed};
pub use record::{Ending, Held, Kind, Panic, Report, Waiting, When};
pub use words::{AGAIN, sentence};
