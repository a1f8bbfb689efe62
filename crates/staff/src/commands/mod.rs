//! What can be typed after `kata dev`: a file a command, with its definition, its help and what it does.

pub mod check;
pub mod new;
pub mod sync;
