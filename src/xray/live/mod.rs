//! The segments as they are now, ten times a second, on the terminal's whole screen.
//!
//! [`Live`] is the view: what it knows is changed by [`Live::look`] and [`Live::key`], and [`Live::draw`] is a function
//! of it alone. [`run()`] gives it a terminal and a clock.

mod clock;
mod detail;
mod draw;
mod events;
mod help;
mod layout;
mod look;
mod people;
mod rows;
mod run;
mod state;
mod table;
mod watched;

pub use run::{TICK, run};
pub use state::{Live, Then};

#[cfg(test)]
mod tests;
