//! `kata` says what it did, what to do next, and by its exit code whether the lesson passes (0), does not (1), or could
//! not be checked (2). It loses nothing that the learner wrote.

mod ahead;
mod commands;
mod completions;
mod doctor;
mod fixture;
mod interrupt;
mod plain;
mod scripts;
mod states;
mod telling;
mod transcript;
#[path = "../support/waiting.rs"]
mod waiting;
mod xray;

/// What the fixture runs.
const PROGRAM: &str = env!("CARGO_BIN_EXE_kata");
