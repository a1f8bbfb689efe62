//! How tests wait: for a condition, never for a time; and what waits long waits together.

use std::thread;
use std::time::{Duration, Instant};

/// Waits for what no screen shows. The longer it takes, the less often it looks: a look at all processes takes milliseconds
/// that other tests need.
#[track_caller]
pub fn until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        let waited = start.elapsed();
        assert!(waited < Duration::from_secs(60), "{what}: not after 60 s");
        thread::sleep((waited / 10).clamp(Duration::from_millis(2), Duration::from_millis(100)));
    }
}

/// Runs each of the cases on a thread that has the case's name. Says at the end which failed.
#[track_caller]
pub fn at_the_same_time<F: FnOnce() + Send, const N: usize>(cases: [(&str, F); N]) {
    let failed: Vec<&str> = thread::scope(|scope| {
        let threads = cases.map(|(name, case)| {
            let thread = thread::Builder::new().name(name.to_owned());
            (name, thread.spawn_scoped(scope, case).expect("a thread"))
        });
        threads.into_iter().filter_map(|(name, thread)| thread.join().err().map(|_| name)).collect()
    });
    assert!(failed.is_empty(), "these failed: {}", failed.join(", "));
}

/// More tests at a time than there are processors, since they mostly wait. libtest reads the number from this variable when
/// it begins, and cargo knows no number for one program: so it is set before `main`, unless it is set already.
#[used]
#[unsafe(link_section = ".init_array")]
static THREADS: extern "C" fn() = {
    extern "C" fn at_least_four() {
        // SAFETY: sysconf takes an integer. Before `main` no other thread is there that could read the environment, and
        // setenv copies both texts, which end with a NUL.
        unsafe {
            if libc::sysconf(libc::_SC_NPROCESSORS_ONLN) < 4 {
                libc::setenv(c"RUST_TEST_THREADS".as_ptr(), c"4".as_ptr(), 0);
            }
        }
    }
    at_least_four
};
