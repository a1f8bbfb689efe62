//! `cargo run -p book`: what it builds, what it serves, and what it says on a bad day.

mod build;
mod kata;
mod serve;
