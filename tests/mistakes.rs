//! Every mistake is caught by the test that it names, with the report that mistakes.md holds. Every lesson has five
//! mistakes at least that have a test to themselves.

mod support;

#[test]
fn mistakes_are_caught_by_the_tests_they_name() {
    support::dev_check("mistakes");
}
