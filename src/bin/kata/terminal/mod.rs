//! The terminal as a screen: entered and left whole, drawn by difference, read by a thread of its own.
//!
//! Drawing is done into a [`ratatui_core::buffer::Buffer`], which a test can look at as well.

mod input;
mod screen;
mod text;

pub use input::{Event, listen, listen_to_signals};
pub use screen::{Link, Screen};
pub use text::{Row, rows};
