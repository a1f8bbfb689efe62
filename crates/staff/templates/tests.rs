//! Lesson @NUMBER@: @idea@.
//!
//! TODO(author): what is tested and how, in a few lines, and what to read on, such as `man 2 shmget`.

use kata::errno::Call;
use kata::expect::{Explain, same};
use kata::sandbox::sandbox;

/// TODO(author): what is asked, why it matters, what the kernel does. One test for each small step, in their order.
#[test]
fn the_id_is_the_kernels() {
    sandbox(|s| {
        let segment = s.plant(s.key(), s.number(1000..=3000) as usize, 0o600);
        let found = @NAME@::@NAME@(segment.key()).explained(Call::Shmget, "@NAME@ of a key that is taken");
        same("the id that @NAME@ returns", segment.id(), found, "the columns key and id of the table below");
    });
}
