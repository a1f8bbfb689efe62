//! The walkthrough says what the kata is: what it includes is there, every lesson has its chapter, and no link is dead.

mod support;

#[test]
fn the_walkthrough_is_whole() {
    support::dev_check("book");
}
