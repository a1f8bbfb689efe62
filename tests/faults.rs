//! The sandbox makes system calls fail, and stops before them: what a lesson's test cannot provoke as an ordinary user,
//! and what otherwise only a race between two processes shows. And it sees what a call leaves behind in its process.

use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use kata::calls::shm as segment;
use kata::report::Ending;
use kata::sandbox::{Answer, Options, Sandbox, sandbox};

fn errno<T>(result: io::Result<T>) -> Option<i32> {
    result.err().and_then(|error| error.raw_os_error())
}

/// The words of the report of a test that has to fail.
#[track_caller]
fn failure(test: impl FnOnce(&Sandbox)) -> String {
    let report = Options::new().report(test);
    assert!(report.kind().is_some(), "the test should fail: {:?}", report.ending);
    report.to_string()
}

/// What the kernel would store, the test stores in its place; a pointer that leads nowhere is an error, as with the kernel.
#[test]
fn a_stopped_call_can_be_answered() {
    sandbox(|s| {
        let mut record = [0_u8; 300];
        let address = record.as_mut_ptr().expose_provenance();
        let stat = |address: usize| {
            let record = std::ptr::with_exposed_provenance_mut::<libc::shmid_ds>(address);
            // SAFETY: the kernel, or the test in its place, checks the address; 300 bytes have room for a record.
            match unsafe { libc::shmctl(7, libc::IPC_STAT, record) } {
                -1 => Err(std::io::Error::last_os_error().raw_os_error()),
                value => Ok(value),
            }
        };
        let answered = |address| s.stopping(&[libc::SYS_shmctl], || stat(address), |stop| stop.store(2, b"as told"));
        assert_eq!(answered(address), Ok(0));
        assert_eq!(&record[..8], b"as told\0");
        assert_eq!(answered(8), Err(Some(libc::EFAULT)));
        let five = s.stopping(&[libc::SYS_shmctl], || stat(address), |_| Answer::Return(5));
        assert_eq!(five, Ok(5));
    });
}

#[test]
fn a_call_can_be_refused_and_only_that_call_and_only_there() {
    sandbox(|s| {
        let key = s.key();
        let (created, opened) = s.refusing(libc::SYS_shmget, libc::ENOSPC, || {
            (errno(segment::create(key, 100, 0o600)), errno(segment::open(key)))
        });
        assert_eq!((created, opened), (Some(libc::ENOSPC), Some(libc::ENOSPC)));
        assert_eq!(s.segments(), [], "a refused call does nothing");
        let id = segment::create(key, 100, 0o600).expect("the filter ended with its thread");
        s.refusing(libc::SYS_shmget, libc::ENOSPC, || segment::remove(id)).expect("another call is not refused");
    });
}

#[test]
fn the_nth_call_can_be_refused() {
    sandbox(|s| {
        let keys = [s.key(), s.key(), s.key()];
        let results = s.stopping(
            &[libc::SYS_shmget],
            || keys.map(|key| errno(segment::create(key, 100, 0o600))),
            |stop| if stop.number == 2 { Answer::Fail(libc::ENOMEM) } else { Answer::GoOn },
        );
        assert_eq!(results, [None, Some(libc::ENOMEM), None]);
        assert_eq!(s.segments().iter().map(|segment| segment.key).collect::<Vec<_>>(), [keys[0], keys[2]]);
    });
}

/// Between a call's beginning and its effect the world can be looked at, and changed.
#[test]
fn a_stopped_call_has_not_happened_yet() {
    sandbox(|s| {
        let segment = s.plant(s.key(), 100, 0o600);
        let mut stops = Vec::new();
        let removed = s.stopping(
            &[libc::SYS_shmctl],
            || segment::remove(segment.id()),
            |stop| {
                stops.push((stop.number, stop.call, stop.arguments[0] as i32, s.segments().len()));
                s.remove(segment.id());
                Answer::GoOn
            },
        );
        assert_eq!(stops, [(1, libc::SYS_shmctl, segment.id(), 1)]);
        assert_eq!(errno(removed), Some(libc::EINVAL), "the test removed it first");
    });
}

#[test]
fn code_that_makes_none_of_the_calls_ends_as_usual() {
    sandbox(|s| {
        let calls = [libc::SYS_shmat, libc::SYS_shmdt];
        assert_eq!(s.stopping(&calls, || 7, |stop| panic!("{stop:?}")), 7);
        assert_eq!(s.refusing(libc::SYS_shmat, libc::EACCES, || 7), 7);
    });
}

/// What the work leaves running is under the filter too, and nobody waits for it.
#[test]
fn the_end_of_the_work_is_enough() {
    let report = Options::new().deadline(Duration::from_secs(5)).report(|s| {
        let seven = s.stopping(
            &[libc::SYS_shmctl],
            || {
                std::thread::spawn(|| std::thread::sleep(Duration::from_secs(1000)));
                7
            },
            |stop| panic!("{stop:?}"),
        );
        assert_eq!(seven, 7);
    });
    assert_eq!(report.ending, Ending::Passed, "{report}");
}

/// The work runs in another thread, and its panic is the test's all the same, with the place and the kernel's table.
#[test]
fn a_panic_in_the_work_is_the_tests() {
    let report = failure(|s| {
        s.plant(s.key(), 100, 0o600);
        s.refusing(libc::SYS_shmat, libc::ENOMEM, || panic!("in the work"));
    });
    for part in [
        "failed: ",
        "  at:       tests/faults.rs:",
        "in the work",
        "The kernel's table of segments at that moment",
        "test",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
}

#[test]
fn a_panic_in_the_answer_is_the_tests_and_leaves_nothing_stopped() {
    let report = failure(|s| {
        let segment = s.plant(s.key(), 100, 0o600);
        let removed =
            s.stopping(&[libc::SYS_shmctl], || segment::remove(segment.id()), |stop| panic!("at stop {}", stop.number));
        unreachable!("{removed:?}");
    });
    assert!(report.contains("at stop 1") && report.starts_with("failed: "), "{report}");
}

#[test]
fn a_descriptor_left_open_is_found() {
    let report = trace(|| std::mem::forget(std::fs::File::open("/dev/null").unwrap()));
    for part in ["work() should leave the process's open descriptors as they were", "/dev/null"] {
        assert!(report.contains(part), "{report}");
    }
}

#[test]
fn another_current_directory_is_found() {
    let report = trace(|| std::env::set_current_dir("/").unwrap());
    assert!(report.contains("current directory as they were") && report.contains("found:    /\n"), "{report}");
}

#[test]
fn another_umask_is_found() {
    // SAFETY: umask takes a number and cannot fail.
    let report = trace(|| _ = unsafe { libc::umask(0o777) });
    assert!(report.contains("umask as they were") && report.contains("found:    0777\n"), "{report}");
}

#[test]
fn locked_memory_is_found() {
    let report = trace(|| {
        // SAFETY: mlock takes the address of a page that lives on, and changes none of its bytes.
        assert_eq!(unsafe { libc::mlock((&raw const PAGE).cast(), 1) }, 0, "one page may be locked");
    });
    assert!(report.contains("locked memory as they were") && report.contains("expected: 0 kB"), "{report}");
}

/// Some memory.
static PAGE: [u8; 4096] = [1; 4096];

#[test]
fn another_limit_is_found() {
    let report = trace(|| {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: getrlimit fills the record, which lives through the call.
        assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) }, 0, "a limit can be read");
        limit.rlim_cur = limit.rlim_cur.min(1 << 47) - 4096;
        // SAFETY: setrlimit reads the record, which lives through the call.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0, "a limit may be lowered");
    });
    assert!(report.contains("limit of its address space as they were"), "{report}");
}

/// What a child registers with atexit(3) runs, and the test goes on.
#[test]
fn a_child_ends_as_a_program_does() {
    extern "C" fn at_exit() {
        // SAFETY: write(2) reads one byte, which lives through the call.
        unsafe { libc::write(CHILD_WRITES.load(Ordering::Relaxed), c"x".as_ptr().cast(), 1) };
    }
    sandbox(|s| {
        let (mut read, write) = io::pipe().unwrap();
        CHILD_WRITES.store(write.as_raw_fd(), Ordering::Relaxed);
        // SAFETY: atexit takes a function that is there until the program ends.
        s.in_a_child(|| assert_eq!(unsafe { libc::atexit(at_exit) }, 0));
        drop(write);
        let mut said = String::new();
        read.read_to_string(&mut said).unwrap();
        assert_eq!(said, "x");
    });
}

/// Where the child's last word goes.
static CHILD_WRITES: AtomicI32 = AtomicI32::new(-1);

#[test]
fn a_panic_in_a_child_is_the_tests() {
    let report = failure(|s| s.in_a_child(|| panic!("in the child")));
    assert!(report.contains("in the child") && report.contains("  at:       tests/faults.rs:"), "{report}");
}

#[test]
fn a_child_that_ends_early_is_no_pass() {
    let report = failure(|s| s.in_a_child(|| std::process::exit(0)));
    assert!(report.contains("found:    exit code 0"), "{report}");
}

/// The report of a test whose code leaves something behind.
#[track_caller]
fn trace(work: fn()) -> String {
    failure(|s| s.leaving_no_trace("work()", work))
}

#[test]
fn no_trace_is_no_failure() {
    sandbox(|s| assert!(s.leaving_no_trace("work()", || s.key() != 0)));
}
