//! The terminal as a screen: entered and left whole, drawn by difference, read by a separate thread.
//!
//! Drawing is done into a [`canvas::Buffer`], which a test can look at as well.

pub mod canvas;
mod input;
mod rows;
mod screen;
mod sequence;
pub mod stage;

pub use input::{Event, listen, listen_to_signals};
pub use rows::rows;
pub use screen::{Screen, area, is_there};
pub use sequence::Link;
