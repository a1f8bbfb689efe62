//! A part of a test in a child of the test's process, which ends as a program does.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use crate::process::ending;

/// Runs `work` in a fork of this process, and waits for its end. The child ends by exit(3), so that what `work` has
/// registered with atexit(3) runs, and thread-local and static values of C are torn down.
///
/// In the child this thread is alone. It may allocate, because glibc makes its allocator usable after a fork. Of the other
/// threads of a sandboxed test libtest's waits and holds none of std's locks, and those that listen to programs hold at most
/// the lock of their program's output: `work` must not use a program that runs beside the test, nor a lock that another
/// thread of the test's own may hold.
///
/// # Panics
/// If there can be no child, or if it ends otherwise than by a return of `work`: with the child's own panic, or with how
/// it ended.
///
/// Source: fork(2), exit(3).
#[track_caller]
pub(super) fn in_a_child(work: impl FnOnce()) {
    /// A return of `work`. An exit(0) in the code under test is none.
    const RETURNED: i32 = 76;
    const PANICKED: i32 = 101;
    // SAFETY: fork copies this process. The child runs on this thread's stack alone, and ends below. What it may use of
    // the other threads' locks is said above: at worst it waits for one for ever, and the deadline ends it.
    match unsafe { libc::fork() } {
        -1 => panic!("the test cannot fork: {}", io::Error::last_os_error()),
        0 => {
            // The hook has reported a panic to the supervisor before catch_unwind returns.
            let code = if catch_unwind(AssertUnwindSafe(work)).is_ok() { RETURNED } else { PANICKED };
            std::process::exit(code)
        }
        child => {
            let mut status = 0;
            // SAFETY: `status` is ours and lives through the call; the child has not been reaped.
            while unsafe { libc::waitpid(child, &raw mut status, 0) } == -1 {
                let error = io::Error::last_os_error();
                assert!(error.kind() == io::ErrorKind::Interrupted, "the test's child cannot be waited for: {error}");
            }
            match (libc::WIFEXITED(status), libc::WEXITSTATUS(status)) {
                (true, RETURNED) => {}
                (true, PANICKED) => resume_unwind(Box::new("the child's panic has been reported")),
                _ => {
                    let status = std::os::unix::process::ExitStatusExt::from_raw(status);
                    panic!(
                        "a part of the test in a child of its own should come to its end\n  expected: it returns\n  \
                         found:    {}",
                        ending(status)
                    )
                }
            }
        }
    }
}
