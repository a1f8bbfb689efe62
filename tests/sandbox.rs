//! The sandbox gives every test a process, a table of segments and a deadline of its own, and a report that names
//! the cause when it does not pass.

use std::{
    fs,
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

use kata::{
    expect::succeeded,
    kernel,
    report::{Ending, Report},
    sandbox::{Options, Sandbox, sandbox},
};
use predicates::{prelude::*, str::contains};

/// The words of the report of a test that has to fail.
#[track_caller]
fn failure(report: Report) -> String {
    assert!(report.kind().is_some(), "the test should fail: {:?}", report.ending);
    report.to_string()
}

#[track_caller]
fn expect(report: &str, parts: &[&str]) {
    for part in parts {
        assert!(contains(*part).eval(report), "{part:?} is missing in the report:\n{report}");
    }
}

/// This test file again, with one test to run.
fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact"]);
    command
}

fn text(output: &Output) -> String {
    [&*output.stdout, &output.stderr].map(String::from_utf8_lossy).concat()
}

fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

/// Waits until `condition` holds, or fails after ten seconds.
#[track_caller]
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "still not so after ten seconds: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_test_runs_in_a_process_of_its_own() {
    let own = std::process::id();
    let report = failure(Options::new().report(|_| panic!("I am {}", std::process::id())));
    expect(&report, &["I am "]);
    assert!(!report.contains(&format!("I am {own}\n")), "{report}");
}

/// Two large vectors that differ, say, make a message of many megabytes.
#[test]
fn a_long_message_keeps_its_ends() {
    let report = failure(Options::new().report(|_| panic!("begin {} end", "\u{e9}".repeat(10 << 20))));
    expect(&report, &["failed: ", "begin ", " bytes left out ", "\u{e9} end\n"]);
    assert!(report.len() < 1 << 20, "{} bytes", report.len());
}

/// Both use one key, in parallel, and both create it.
mod two_tests_may_use_the_same_key {
    use super::*;

    fn create(s: &Sandbox) {
        if !s.isolated() {
            s.skip("the tests share this machine's table");
        }
        let planted = s.plant(s.this_key(2345), 1000, 0o600);
        s.program("/bin/sleep").arg("0.05").run();
        assert_eq!(s.segments().len(), 1, "{:?}", s.segments());
        assert_eq!(planted.key(), 2345);
    }

    #[test]
    fn one() {
        sandbox(create);
    }

    #[test]
    fn the_other() {
        sandbox(create);
    }
}

#[test]
fn ids_cannot_be_guessed_and_a_decoy_lies_there() {
    sandbox(|s| {
        if !s.isolated() {
            s.skip("the tests share this machine's table");
        }
        let there = kernel::segments().unwrap();
        assert_eq!(there.len(), 1, "{there:?}");
        assert_eq!(s.segments(), [], "the decoy is not the test's");
        assert!(s.plant(s.key(), 1000, 0o600).id() > 3);
    });
}

#[test]
fn a_fresh_table_is_empty_and_begins_with_id_0() {
    Options::new().fresh_table().run(|s| {
        assert_eq!(kernel::segments().unwrap(), []);
        assert_eq!(s.plant(s.key(), 1000, 0o600).id(), 0);
    });
}

#[test]
fn careless_creation_can_be_refused() {
    sandbox(|s| {
        s.refuse_careless_creation();
        let get = |flags| {
            // SAFETY: shmget takes integers.
            match unsafe { libc::shmget(s.key(), 1000, flags) } {
                -1 => std::io::Error::last_os_error().raw_os_error(),
                _ => None,
            }
        };
        assert_eq!(get(libc::IPC_CREAT | libc::IPC_EXCL | 0o600), None);
        assert_eq!(get(0), Some(libc::ENOENT));
        assert_eq!(get(libc::IPC_CREAT | 0o600), Some(libc::EPERM));
        assert_eq!(get(libc::IPC_CREAT | libc::IPC_EXCL | 0o604), Some(libc::EPERM));
    });
}

#[test]
fn a_failure_says_what_the_kernel_held_at_that_moment() {
    let report = failure(Options::new().report(|s| {
        let planted = s.plant(s.key(), 1234, 0o640);
        s.stranger().attach(planted.id()).unwrap();
        println!("this is the test");
        panic!("two lines\nof a message");
    }));
    expect(
        &report,
        &[
            "failed: a failure says what the kernel held at that moment",
            "\n  at:       tests/sandbox.rs:",
            "two lines\nof a message",
            " 1234 ",
            " stranger",
            "(/proc/sysvipc/shm):",
            "  decoy\n",
            "] this is the test",
            "KATA_SEED=0x",
            "cargo test -p sandbox a_failure_says_what",
        ],
    );
}

#[test]
fn a_panic_that_the_test_catches_is_no_failure() {
    sandbox(|_| {
        std::panic::catch_unwind(|| panic!("expected")).unwrap_err();
        thread::spawn(|| panic!("elsewhere")).join().unwrap_err();
    });
}

#[test]
fn exit_0_in_the_code_under_test_is_no_pass() {
    let report = failure(Options::new().report(|_| std::process::exit(0)));
    expect(&report, &["ended early: exit 0 in the code under test is no pass", "exit code 0", "process::exit"]);
}

#[test]
fn minus_one_used_as_an_address_is_named() {
    let report = failure(Options::new().report(|_| {
        let error = std::ptr::without_provenance_mut::<u8>(usize::MAX);
        // SAFETY: none: the fault is what this test is about, and it ends a process that holds nothing.
        unsafe { error.write_volatile(1) };
    }));
    expect(
        &report,
        &["crashed: ", "SIGSEGV (11) at address 0xffffffffffffffff", "with which shmat says that it failed"],
    );
}

/// Attaches a segment of one page where nothing is mapped around it, and returns the address behind it.
fn end_of_an_attachment(s: &Sandbox, flags: i32) -> *mut u8 {
    const ROOM: usize = 1 << 20;
    let planted = s.plant(s.key(), 4096, 0o600);
    // SAFETY: the room is reserved and given back at once, and nothing else of this process maps anything meanwhile.
    let base = unsafe {
        let hole =
            libc::mmap(std::ptr::null_mut(), ROOM, libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0);
        assert_ne!(hole, libc::MAP_FAILED, "the test reserves room");
        libc::munmap(hole, ROOM);
        libc::shmat(planted.id(), hole.byte_add(ROOM / 2), flags)
    };
    assert_ne!(base.addr(), usize::MAX, "the test attaches its own segment");
    let mapping = s.mappings().into_iter().find(|mapping| mapping.start == base.addr()).unwrap();
    base.cast::<u8>().wrapping_add(mapping.length())
}

#[inline(never)]
fn load(address: *const u8) {
    // SAFETY: none: the fault is what these tests are about, and it ends a process that holds nothing.
    unsafe { address.read_volatile() };
}

#[inline(never)]
fn store(address: *mut u8) {
    // SAFETY: none, as above.
    unsafe { address.write_volatile(1) };
}

/// What was tried is said where the processor tells.
fn tried(what: &str) -> String {
    let told = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
    if told { format!(": a {what} ") } else { ": an access ".to_owned() }
}

#[test]
fn an_address_behind_an_attachment_is_told_with_its_distance_and_its_function() {
    let report = failure(Options::new().report(|s| load(end_of_an_attachment(s, 0).wrapping_add(17))));
    let words = report.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = tried("load") + "17 bytes behind the end of segment ";
    for part in [&*found, ", which is attached for reading and writing at 0x", "at: in sandbox::load "] {
        assert!(words.contains(part), "{part}: {report}");
    }
}

#[test]
fn a_store_through_an_attachment_for_reading_alone_is_told() {
    let report = failure(Options::new().report(|s| store(end_of_an_attachment(s, libc::SHM_RDONLY).wrapping_sub(1))));
    let words = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        ": a store within segment ",
        ", which is attached for reading alone at 0x",
        "in sandbox::store",
        "after its death",
    ] {
        assert!(words.contains(part), "{part}: {report}");
    }
}

/// Of a thread of the test's own, too, at least the address.
#[test]
fn a_bad_address_in_another_thread_is_told() {
    let report = failure(Options::new().report(|_| {
        let _ = thread::spawn(|| load(std::ptr::without_provenance(0))).join();
    }));
    expect(&report, &["SIGSEGV (11) at address 0x0", "a null pointer"]);
}

/// What a program says of its own crash, and the function that the test adds, are what the learner reads.
#[test]
fn a_programs_crash_is_told_like_the_tests_own() {
    let report = failure(Options::new().report(|s| {
        let program = std::env::current_exe().unwrap();
        let ended = s.program(program).arg("a_program_that_crashes").arg("--exact").arg("--ignored").run();
        succeeded(&ended);
    }));
    let words = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in
        ["exit code 0 found: SIGSEGV (11) at address 0x0: ", " through a null pointer", " at: in sandbox::store at: "]
    {
        assert!(words.contains(part), "{part}: {report}");
    }
    assert!(!report.contains("addr2line"), "{report}");
}

/// No test: the program of the one above.
#[test]
#[ignore = "a program that another test runs"]
fn a_program_that_crashes() {
    let name = std::env::current_exe().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    kata::crash::say_why(&name);
    store(std::ptr::null_mut());
}

#[test]
fn an_id_used_as_an_address_is_named() {
    let report = failure(Options::new().report(|_| {
        // SAFETY: none, as above.
        unsafe { std::ptr::without_provenance_mut::<u8>(32).write_volatile(1) };
    }));
    expect(&report, &["SIGSEGV (11) at address 0x20", "such as an id"]);
}

#[test]
fn an_address_that_is_none_is_not_called_null() {
    let report = failure(Options::new().report(|_| {
        // SAFETY: none, as above. On x86-64 bits 48 to 63 have to be as bit 47 is.
        unsafe { std::ptr::without_provenance_mut::<u8>(0x4141_4141_4141_4141).write_volatile(1) };
    }));
    expect(&report, &["SIGSEGV (11)"]);
    assert!(!report.contains("null pointer"), "{report}");
}

#[test]
fn a_signal_that_is_sent_ends_the_test_too() {
    let report = failure(Options::new().report(|_| {
        // SAFETY: raise takes an integer.
        unsafe { libc::raise(libc::SIGSEGV) };
    }));
    expect(&report, &["crashed: ", "SIGSEGV (11)"]);
}

#[test]
fn a_forks_last_word_is_not_the_tests() {
    let report = failure(Options::new().report(|_| {
        // SAFETY: the child only returns from this closure, and ends there.
        if unsafe { libc::fork() } != 0 {
            std::process::exit(0);
        }
    }));
    expect(&report, &["ended early: "]);
}

#[test]
fn what_a_test_prints_does_nothing_to_the_terminal() {
    let report = failure(Options::new().report(|_| {
        println!("\x1b[2Jcleared");
        panic!("\x1b]0;title\x07");
    }));
    assert!(report.chars().all(|c| c == '\n' || !c.is_control()), "{report:?}");
}

#[test]
fn an_abort_is_named_with_the_panic_before_it() {
    let report = failure(Options::new().report(|_| {
        std::panic::set_hook(Box::new(|_| {}));
        std::process::abort();
    }));
    expect(&report, &["crashed: ", "SIGABRT (6)"]);
}

#[test]
fn a_null_pointer_is_named() {
    let report = failure(Options::new().report(|_| {
        let null = std::hint::black_box(std::ptr::null_mut::<u8>());
        // SAFETY: none: a debug build aborts here, any other is ended by the fault, and the process holds nothing.
        unsafe { *null = 1 };
    }));
    expect(&report, &["crashed: ", "a null pointer"]);
}

#[test]
fn memory_freed_twice_is_named() {
    let report = failure(Options::new().report(|_| {
        // SAFETY: none, as above: the C library aborts at the second free.
        unsafe {
            let memory = std::hint::black_box(libc::malloc(40));
            libc::free(memory);
            libc::free(std::hint::black_box(memory));
        }
    }));
    expect(&report, &["SIGABRT (6): ", "freed twice", "] free(): double free"]);
}

#[test]
fn a_panic_while_unwinding_is_told_as_a_crash() {
    struct PanicsInDrop;
    impl Drop for PanicsInDrop {
        fn drop(&mut self) {
            panic!("detaching failed");
        }
    }
    let report = failure(Options::new().report(|_| {
        let _guard = PanicsInDrop;
        panic!("first");
    }));
    expect(&report, &["crashed: ", "SIGABRT (6)", "in a Drop: ", "\nfirst\n", "\ndetaching failed\n"]);
}

#[test]
fn a_test_that_hangs_ends_in_time_and_tells_who_waits_for_what() {
    let start = Instant::now();
    let report = failure(Options::new().deadline(Duration::from_millis(700)).report(|s| {
        let planted = s.plant(s.key(), 1000, 0o600);
        let _reads = s.program("/bin/cat").spawn();
        let _spins = s.program("/bin/sh").arg("-c").arg("while :; do :; done").spawn();
        println!("before segment {} is read", planted.id());
        s.program("/bin/sh").arg("-c").arg("sleep 1000 & wait").run();
    }));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    expect(
        &report,
        &[
            "timed out: ",
            "still running after 0.7 s",
            "waits for a child to end",
            "[cat ",
            "read(2) on its standard input",
            "a loop without an end?",
            "waits for time to pass",
            "] before segment",
            " test ",
        ],
    );
}

#[test]
fn output_that_a_grandchild_holds_open_stops_nobody() {
    let report = failure(Options::new().report(|s| {
        let finished = s.program("/bin/sh").arg("-c").arg("sleep 1000 & echo hi").run();
        assert_eq!((finished.code(), &*finished.stdout()), (Some(0), "hi\n"));
    }));
    // It passed all checks, and left a process.
    expect(&report, &["left running: ", "[sleep ", "] hi", "is every child waited for?"]);
}

#[test]
fn a_forgotten_daemon_is_found_and_killed() {
    let report = failure(Options::new().report(|s| {
        s.program("/bin/sh").arg("-c").arg("setsid sleep 1000 > /dev/null 2>&1 &").run();
    }));
    expect(&report, &["left running: ", "[sleep "]);
    let pid = report.split("[sleep ").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    assert!(!is_alive(pid), "{report}");
}

#[test]
fn printing_without_an_end_fills_no_disk() {
    let report = failure(Options::new().report(|_| {
        let line = "x".repeat(1 << 20);
        loop {
            println!("{line}");
        }
    }));
    expect(&report, &["SIGXFSZ"]);
}

#[test]
fn a_program_that_prints_without_an_end_is_cut_short() {
    sandbox(|s| {
        let printed = s.program("/bin/sh").arg("-c").arg("head -c 5000000 /dev/zero").run();
        assert_eq!((printed.stdout.len(), printed.code()), (1 << 20, Some(0)));
    });
}

#[test]
fn writing_to_the_sandboxs_descriptors_does_not_pass() {
    let report = failure(Options::new().report(|_| {
        for fd in 3..64 {
            // SAFETY: the bytes are readable; what these descriptors are is not known, which is what is tested.
            unsafe { libc::write(fd, b"T\x01\0\0\x007".as_ptr().cast(), 6) };
        }
        std::process::exit(0);
    }));
    assert!(report.starts_with("ended early: ") || report.starts_with("garbled: "), "{report}");
}

#[test]
fn nothing_stays_in_this_machines_table() {
    let keys = || kernel::segments().unwrap().into_iter().map(|segment| segment.key).collect::<Vec<_>>();
    let report = failure(Options::new().report(|s| {
        let (mine, theirs) = (s.plant(s.key(), 1000, 0o600), s.key());
        s.stranger().create(theirs, 1000, 0o600).unwrap();
        panic!("{} {theirs} .", mine.key());
    }));
    let made: Vec<_> = report.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(made.len() >= 2, "{report}");
    assert!(keys().iter().all(|key| !made.contains(key)), "{:?}", keys());
}

#[test]
fn temporary_files_of_a_test_that_dies_are_removed() {
    let report = failure(Options::new().report(|_| {
        let directory = tempfile::tempdir().unwrap().keep();
        println!("made {}", directory.display());
        assert!(fs::exists(&directory).unwrap());
        std::process::abort();
    }));
    let path = report.split("made ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
    assert!(!fs::exists(path).unwrap(), "{path}");
}

#[test]
fn what_a_test_cannot_show_is_skipped_and_not_passed() {
    let report = Options::new().report(|s| s.skip("there is no perl"));
    assert_eq!(report.ending, Ending::Skipped("there is no perl".into()));
}

#[test]
fn an_unnamed_thread_may_call_it() {
    let report = thread::spawn(|| Options::new().report(|_| {})).join().unwrap();
    assert_eq!(report.ending, Ending::Passed);
}

#[test]
fn a_thread_of_another_name_is_told_what_is_wrong() {
    let thread = thread::Builder::new().name("worker".into());
    let report = failure(thread.spawn(|| Options::new().report(|_| {})).unwrap().join().unwrap());
    expect(&report, &["failed: worker\nthe sandbox cannot run it", "in the test's own thread"]);
}

#[test]
fn programs_do_not_see_the_marker() {
    sandbox(|s| {
        let environment = s.program("/usr/bin/env").run();
        assert!(!environment.stdout().contains("KATA_SANDBOX"), "{}", environment.stdout());
    });
}

#[test]
fn a_marker_for_another_process_ends_this_one() {
    let output = again("what_a_test_cannot_show_is_skipped_and_not_passed")
        .env("KATA_SANDBOX", "1 body 3 4 5 namespace true what_a_test_cannot_show_is_skipped_and_not_passed")
        .output()
        .unwrap();
    assert!(!output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("unset it"), "{}", text(&output));
}

#[test]
fn a_peer_is_fed_and_listened_to() {
    sandbox(|s| {
        let mut cat = s.program("/bin/cat").spawn();
        cat.write(b"Hello\n");
        cat.wait_for_stdout("Hello");
        cat.write(b"World\n");
        let finished = cat.wait();
        assert_eq!((&*finished.stdout(), finished.code()), ("Hello\nWorld\n", Some(0)));
    });
}

#[test]
fn a_report_tells_what_a_program_was_fed_and_what_it_printed() {
    let report = failure(Options::new().report(|s| {
        let sed = s.program("/bin/sed").arg("s/b/c/").stdin(format!("abc\n{}", "x".repeat(100)));
        assert_eq!(sed.run().code(), None, "it ends like this");
    }));
    expect(
        &report,
        &[
            "] (started) sed s/b/c/",
            "] (is fed) \"abc\\nxxxxx",
            "and 44 bytes more",
            "] acc\n",
            "] (ended) exit code 0",
        ],
    );
}

#[test]
fn a_stranger_does_every_call_and_reports_each_refusal() {
    sandbox(|s| {
        let directory = tempfile::tempdir().unwrap();
        let mut stranger = s.stranger();
        let (key, errno) = (s.key(), |error: std::io::Error| error.raw_os_error());
        let id = stranger.create(key, 5000, 0o600).unwrap();
        assert_eq!(stranger.create(key, 5000, 0o600).map_err(errno), Err(Some(libc::EEXIST)));
        assert_eq!(stranger.open(key).unwrap(), id);
        assert_eq!(stranger.open(s.key()).map_err(errno), Err(Some(libc::ENOENT)));
        let row = s.segment_by_key(key).unwrap();
        assert_eq!((row.id, row.cpid, row.nattch), (id, stranger.pid(), 0));

        assert_ne!(stranger.attach(id).unwrap(), 0);
        assert_eq!(s.segment(id).unwrap().nattch, 1);
        stranger.write(id, 4998, b"Hi").unwrap();
        assert_eq!(stranger.read(id, 4997, 4).unwrap(), b"\0Hi\0");
        stranger.detach(id).unwrap();
        assert_eq!(s.segment(id).unwrap().nattch, 0);

        stranger.dir(directory.path()).unwrap();
        assert_eq!(stranger.ftok(".".as_ref(), 1).unwrap(), stranger.ftok(directory.path(), 1).unwrap());
        assert_eq!(stranger.ftok("missing".as_ref(), 1).map_err(errno), Err(Some(libc::ENOENT)));

        stranger.remove(id).unwrap();
        assert_eq!(s.segment(id), None);
        assert_eq!(stranger.remove(id).map_err(errno), Err(Some(libc::EINVAL)));
    });
}

/// One test thread, `--include-ignored`, a seed: libtest's switches change nothing.
#[rstest::rstest]
#[case::one_thread(&["--test-threads=1"])]
#[case::with_ignored(&["--include-ignored"])]
#[case::uncaptured(&["--nocapture"])]
fn it_works_with_the_switches_of_libtest(#[case] switches: &[&str]) {
    let output = again("a_failure_says_what_the_kernel_held_at_that_moment").args(switches).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("1 passed"), "{}", text(&output));
}

#[test]
fn a_seed_repeats_a_run() {
    if std::env::var_os("KATA_SEED").is_some() {
        sandbox(|s| panic!("key {}, number {}", s.key(), s.number(1..=1_000_000)));
        return;
    }
    let numbers = |seed: &str| {
        let output = again("a_seed_repeats_a_run").env("KATA_SEED", seed).output().unwrap();
        let text = text(&output);
        text.lines().find(|line| line.starts_with("key ")).map(str::to_owned).unwrap_or(text)
    };
    assert_eq!(numbers("42"), numbers("0x2a"));
    assert_ne!(numbers("42"), numbers("43"));
    assert!(numbers("blue").contains("KATA_SEED is \"blue\""), "{}", numbers("blue"));
}

#[test]
fn killing_the_test_binary_leaves_no_process_behind() {
    const FILE: &str = "KATA_TEST_PID_FILE";
    if let Ok(file) = std::env::var(FILE) {
        Options::new().deadline(Duration::from_secs(60)).run(|s| {
            let sleeper = s.program("/bin/sleep").arg("1000").spawn();
            fs::write(format!("{file}.new"), format!("{}\n{}", std::process::id(), sleeper.pid())).unwrap();
            fs::rename(format!("{file}.new"), &file).unwrap();
            sleeper.wait();
        });
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pids");
    let mut child = again("killing_the_test_binary_leaves_no_process_behind").env(FILE, &file).spawn().unwrap();
    eventually("the test runs", || file.exists());
    let pids = fs::read_to_string(&file).unwrap();
    assert!(pids.lines().all(is_alive), "{pids}");
    child.kill().unwrap();
    child.wait().unwrap();
    eventually("the test and its program are dead", || !pids.lines().any(is_alive));
}

/// Runs shell commands where the kernel refuses IPC namespaces, in a table of their own; `$0` is this test file. `None` on a
/// machine that allows no user namespaces, so that its refusal is what other tests see. `unshare -Ur` gives an ordinary user
/// the right to forbid IPC namespaces below: the kernel itself refuses then.
fn refused(commands: &str, environment: &[(&str, &std::path::Path)]) -> Option<Output> {
    let script = format!("echo 0 > /proc/sys/user/max_ipc_namespaces\n{commands}");
    let mut command = Command::new("unshare");
    command.args(["-Uri", "sh", "-c", &script]).arg(std::env::current_exe().unwrap()).envs(environment.iter().copied());
    let output = command.output().unwrap();
    let allowed = !text(&output).contains("unshare failed");
    if !allowed {
        eprintln!("kata: skipped: this machine allows no user namespaces");
    }
    allowed.then_some(output)
}

/// What a supervisor leaves that is killed together with what started it is removed by the next run.
#[test]
fn what_a_killed_run_left_is_removed_by_the_next() {
    const LEAVES: &str = "KATA_TEST_LEAVES";
    if let Some(file) = std::env::var_os(LEAVES) {
        sandbox(|s| {
            s.plant(s.key(), 1000, 0o600);
            fs::write(&file, std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap();
            thread::sleep(Duration::from_secs(1000));
        });
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let note = directory.path().join("note");
    // The supervisor dies first, and nobody sees it: the test binary is stopped meanwhile.
    let commands = format!(
        "{LEAVES}=\"$NOTE\" \"$0\" --exact what_a_killed_run_left_is_removed_by_the_next > /dev/null 2>&1 & run=$!
         until [ -s \"$NOTE\" ]; do sleep 0.01; done
         kill -STOP $run
         while cat /proc/$run/task/*/stat | grep -qv ') T '; do sleep 0.01; done
         kill -KILL $(cat /proc/$run/task/*/children)
         kill -KILL $run
         wait
         tail -n +2 /proc/sysvipc/shm | wc -l
         ls -d \"$TMPDIR\"/kata-*
         \"$0\" --exact an_unnamed_thread_may_call_it > /dev/null 2>&1
         echo next
         tail -n +2 /proc/sysvipc/shm | wc -l
         ls -d \"$TMPDIR\"/kata-* 2> /dev/null"
    );
    let Some(output) = refused(&commands, &[("NOTE", &note), ("TMPDIR", directory.path())]) else { return };
    let left = fs::read_to_string(note).unwrap();
    assert_eq!(text(&output), format!("2\n{left}\nnext\n0\n"), "first a segment of the test's and a decoy");
}

/// Two runs that share this machine's table and want the same key have it one after the other.
#[test]
fn a_key_that_a_test_chose_is_its_own() {
    if std::env::var_os("KATA_TEST_CHOOSES").is_some() {
        sandbox(|s| {
            let key = s.this_key(2345);
            // Long enough for the other one to look at the table.
            thread::sleep(Duration::from_millis(200));
            s.plant(key, 1000, 0o600);
            thread::sleep(Duration::from_millis(200));
        });
        return;
    }
    let commands = "export KATA_TEST_CHOOSES=1
        for run in 1 2 3; do \"$0\" --exact a_key_that_a_test_chose_is_its_own & done 2>&1
        wait";
    let Some(output) = refused(commands, &[]) else { return };
    let said = text(&output);
    assert_eq!((said.matches("1 passed").count(), said.matches("kata: skipped").count()), (3, 0), "{said}");
}

#[test]
fn refused_namespaces_are_announced_and_nothing_leaks() {
    let refused = |test: &str| refused(&format!("exec \"$0\" --exact {test}"), &[]);
    let Some(output) = refused("nothing_stays_in_this_machines_table") else { return };
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(text(&output).matches("kata: fallback: ").count(), 1, "{}", text(&output));
    let output = refused("ids_cannot_be_guessed_and_a_decoy_lies_there").unwrap();
    assert!(text(&output).contains("kata: skipped ids_cannot_be_guessed"), "{}", text(&output));
}
