//! Right solutions that are written otherwise pass too: a lesson judges what the kernel and a second process see, not
//! how the code looks. Every lesson has two of them at least.

mod support;

#[test]
fn variants_pass() {
    support::dev_check("variants");
}
