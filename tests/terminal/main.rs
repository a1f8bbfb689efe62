//! `kata` in a terminal, as a learner has it: what the screen shows, what the keys do, and a terminal that is given back.

#[path = "../cli/fixture.rs"]
#[expect(dead_code, reason = "these tests share the lessons, not the ways to ask for them")]
mod fixture;
mod harness;
mod processes;
mod pty;

use std::time::{Duration, Instant};

/// Waits for what no screen shows.
#[track_caller]
fn until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: not after 60 s");
        std::thread::sleep(Duration::from_millis(5));
    }
}
