//! The solutions compile without a warning and pass every test of their lessons.

mod support;

#[test]
fn solutions_pass() {
    support::dev_check("solutions");
}
