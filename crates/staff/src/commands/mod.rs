//! What can be typed after `kata dev`: a file a command, with its definition, its help and what it does.

mod all;
mod check;
mod new;
mod sync;

pub use all::{definition, run};
