//! The program `kata`, as learners and authors run it.
//!
//! - [`cli`]: it says what it did, what to do next, and by its exit code whether the lesson passes (0), does not (1), or
//!   could not be checked (2). It loses nothing that the learner wrote.
//! - [`terminal`]: what its screen shows, what the keys do, and a terminal that is given back.
//! - [`course`]: what `kata dev check` asks of the lessons and the book.
//!
//! All are one program because they mostly wait, and so wait for each other least.

mod cli {
    mod ahead;
    mod commands;
    mod completions;
    mod doctor;
    mod interrupt;
    mod plain;
    mod scripts;
    mod states;
    mod telling;
    mod transcript;
    mod xray;
}
mod course;
mod fixture;
mod terminal;
mod waiting;

/// What the fixture runs.
const PROGRAM: &str = env!("CARGO_BIN_EXE_kata");
