//! `staff`, for authors: starters from solutions, new lessons from templates, and the lessons themselves put to the test.
//!
//! The runner starts it for `kata dev ...`; no learner compiles it. [`commands`] says what can be typed, [`rules`] what a
//! lesson and its chapter must be, [`parts`] what its starter, solution, variants and mistakes must do, and [`generated`]
//! what is written by the kata and not by an author.

#![allow(missing_docs, reason = "functions and types are documented; a field or variant whose name says it all is not")]

pub mod commands;
pub mod findings;
pub mod generated;
pub mod manifest;
pub mod mistakes;
pub mod overlay;
pub mod packages;
pub mod parts;
pub mod patch;
pub mod rules;
pub mod scratch;
pub mod snapshot;
pub mod style;
pub mod tables;
pub mod templates;
pub mod undo;
pub mod variants;

use std::process::ExitCode;

/// What the program `staff` does.
pub fn main() -> ExitCode {
    shm_kata::exit::code(commands::run(&commands::definition().get_matches()))
}
