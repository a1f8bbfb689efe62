//! Children that end when they must, and the signals that ask the runner to end.

pub mod child;
pub mod signals;
pub mod stream;
