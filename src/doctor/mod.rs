//! `kata doctor`: what could keep a learner from working, before it does.
//!
//! [`checks`] ask the machine and return [`finding`]s, which are data; [`show`] draws them.

mod checks;
mod finding;
mod left;
mod lessons;
mod machine;
mod show;
mod unusual;

pub use left::clean;
pub use show::look;
