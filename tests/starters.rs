//! What a learner starts from compiles without a warning, and every test of it stops at a blank, or has its reason not
//! to in `starter-passes.txt`. The learner's own files are neither read nor written.

mod support;

#[test]
fn every_test_of_a_starter_stops_at_a_blank() {
    support::dev_check("starters");
}
