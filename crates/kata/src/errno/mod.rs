//! What an error number means when a certain call returned it, and where to look when a test finds it.
//!
//! The same number means another thing from another call: `EINVAL` of shmget(2) is a size, of shmdt(2) an address. And
//! where to look depends on what was expected: `EEXIST` is right where a key is taken, and a slip where one is looked up.

mod look;
mod numbers;

pub use look::{Found, look};
pub use numbers::{Call, meaning, name};
