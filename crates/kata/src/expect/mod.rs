//! What lesson tests say when they fail: what was asked, what was expected, what was found, where to look.

mod calls;
mod programs;
mod values;

pub use calls::{Explain, refused};
pub use programs::{fails, prints, succeeded};
pub use values::{same, same_table, soon};

/// What `f` panics with.
#[cfg(test)]
fn message(f: impl FnOnce()) -> String {
    *std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).unwrap_err().downcast().unwrap()
}
