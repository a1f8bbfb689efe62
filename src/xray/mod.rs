//! `kata xray`: the segments, who has them mapped and where, and the bytes in them.
//!
//! [`frame`] looks, [`text`] and [`json`] draw: a frame is data, and drawing it is a function of it alone. [`live`] looks
//! ten times a second.

mod dump;
mod fold;
mod frame;
mod json;
mod live;
mod once;
mod text;
mod wanted;

pub use live::{Live, TICK, Then, run as live};
pub use once::once;
pub use wanted::{Wanted, parse_id, parse_key};
