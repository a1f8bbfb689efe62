//! Text with its looks: what the runner says, before it is known where it is shown.
//!
//! The screen makes cells of it, a terminal without one gets escape sequences, `--plain` words alone.

pub mod ansi;
pub mod line;
pub mod style;

pub use line::{Line, Span, cells};
