//! The terminal as a screen: entered and left whole, drawn by difference, read by a thread of its own.
//!
//! Drawing is done into a [`canvas::Buffer`], which a test can look at as well.

pub mod canvas;
mod input;
mod screen;
pub mod style;
mod text;

use std::io::{self, IsTerminal};

pub use input::{Event, listen, listen_to_signals};
pub use screen::{Link, Screen, area};
pub use text::{Row, rows};

/// Whether keys come from a terminal, and what is shown goes to one.
pub fn is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}
