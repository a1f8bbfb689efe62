//! `kata`, the runner: shows the lessons, checks them, and says what to do next.
//!
//! Data flows one way: [`course`] finds the lessons, [`check`] builds and runs one and judges it, [`show`] turns that into
//! text, and [`commands`] says who is shown what. On a terminal [`watch`] goes round and round so, one check after every
//! save, and [`terminal`] is what it draws on. [`out`] alone prints.
//!
//! The library is for the program `kata` and for the kata's own tests, benches and `staff`.

#![allow(missing_docs, reason = "functions and types are documented; a field or variant whose name says it all is not")]

pub mod check;
pub mod commands;
pub mod course;
pub mod doctor;
pub mod exit;
pub mod out;
pub mod process;
pub mod show;
pub mod terminal;
pub mod text;
pub mod trouble;
pub mod users;
pub mod watch;
pub mod xray;

use std::process::ExitCode;

/// What the program `kata` does.
pub fn main() -> ExitCode {
    let command = commands::definition();
    let matches = command.clone().get_matches();
    exit::code(commands::run(&matches, command))
}
