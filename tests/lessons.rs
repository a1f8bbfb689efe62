//! Every lesson has its card, its hints and its tests, and every test runs in the sandbox.

mod support;

#[test]
fn every_lesson_is_whole() {
    support::dev_check("lessons");
}
