//! A program that the test binary has no part in can judge one of its tests, and a test that cheats does not pass.
//!
//! Here this test binary plays both parts: the trusted program, and the binary that is judged.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    process::{Command, exit},
    thread,
    time::{Duration, Instant},
};

use kata::{
    report::{Ending, Report},
    runner::{self, Isolation, Judged},
    sandbox::{Options, sandbox},
};
use predicates::{prelude::*, str::contains};

/// What [`runner::supervise`] starts this program again for.
#[test]
fn the_supervisor() {
    runner::hook();
}

/// Set where a test is judged: the tests of [`judged`] do nothing else.
const JUDGED: &str = "KATA_TEST_JUDGED";

/// Where a judged test notes its directory for temporary files.
const NOTE: &str = "KATA_TEST_NOTE";

/// The order to judge a test of the module [`judged`].
fn order(test: &str) -> Judged {
    Judged {
        binary: std::env::current_exe().unwrap(),
        test: format!("judged::{test}"),
        package: "hostile".into(),
        seed: 7,
        deadline: Duration::from_secs(10),
        environment: vec![(JUDGED.into(), "1".into())],
        arguments: ["the_supervisor", "--exact", "--nocapture", "--test-threads=1"].map(Into::into).to_vec(),
        ..Judged::default()
    }
}

#[track_caller]
fn report(test: &str) -> Report {
    runner::supervise(&order(test)).unwrap()
}

mod judged {
    use super::*;

    fn run(test: impl FnOnce(&kata::sandbox::Sandbox)) {
        if std::env::var_os(JUDGED).is_some() {
            sandbox(test);
        }
    }

    #[test]
    fn passes() {
        run(|s| {
            let planted = s.plant(s.key(), 1000, 0o600);
            assert_eq!(s.stranger().read(planted.id(), 0, 3).unwrap(), [0; 3]);
        });
    }

    #[test]
    fn fails() {
        run(|s| panic!("number {}", s.number(1..=1_000_000)));
    }

    #[test]
    fn says_what_libtest_says_and_exits() {
        run(|_| {
            print!(
                "ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\npassed: judged\n"
            );
            exit(0);
        });
    }

    /// Sends every number of its environment as the token.
    #[test]
    fn looks_for_the_token() {
        run(|_| {
            let environment = fs::read("/proc/self/environ").unwrap();
            let numbers = environment.split(|byte| !byte.is_ascii_digit());
            let numbers = numbers.filter_map(|digits| str::from_utf8(digits).ok()?.parse::<u64>().ok());
            for number in numbers {
                send(&[b"T", &number.to_le_bytes()[..]].concat());
            }
            exit(0);
        });
    }

    #[test]
    fn says_that_it_is_skipped() {
        run(|_| {
            send(b"K\x04\0\0\0late");
            exit(0);
        });
    }

    /// Puts a frame where the sandbox reports to its supervisor.
    fn send(frame: &[u8]) {
        let is_the_way = |fd: &i32| {
            fs::read_link(format!("/proc/self/fd/{fd}"))
                .is_ok_and(|name| name.to_string_lossy().contains("kata-frames"))
        };
        let fd = (3..64).find(is_the_way).unwrap();
        let frame = [&(frame.len() as u32).to_le_bytes()[..], frame].concat();
        // SAFETY: the bytes are readable for their length.
        let written = unsafe { libc::write(fd, frame.as_ptr().cast(), frame.len()) };
        assert_eq!(written, frame.len() as isize);
    }

    #[test]
    fn tells_the_user_from_the_group() {
        run(|s| {
            let row = s.segment(s.plant(s.key(), 1, 0o600).id()).unwrap();
            // SAFETY: geteuid has no conditions.
            assert_eq!(row.uid, unsafe { libc::geteuid() });
            assert_ne!((row.uid, row.cuid), (row.gid, row.cgid));
        });
    }

    #[test]
    fn starts_a_program_beside_it() {
        run(|s| {
            let beside = std::env::current_exe().unwrap().parent().unwrap().with_file_name("beside");
            let finished = s.program(&beside).arg("-c").arg("echo $0").run();
            assert_eq!(finished.stdout().trim_end(), beside.to_str().unwrap(), "{}", finished.stderr());
            assert_eq!(finished.name, "beside");
        });
    }

    /// Root can, if it has the capability: then it sees that the folders above are closed.
    #[test]
    fn reaches_its_folder() {
        run(|_| panic!("{}", fs::metadata(std::env::current_exe().unwrap()).is_ok()));
    }

    #[test]
    fn makes_a_segment_and_kills_its_supervisor() {
        run(|s| {
            s.plant(s.key(), 4321, 0o600);
            // SAFETY: both take integers.
            unsafe { libc::kill(libc::getppid(), libc::SIGKILL) };
            exit(0);
        });
    }

    #[test]
    fn kills_its_supervisor() {
        run(|_| {
            fs::write(std::env::var_os(NOTE).unwrap(), std::env::temp_dir().as_os_str().as_encoded_bytes()).unwrap();
            // SAFETY: both take integers.
            unsafe { libc::kill(libc::getppid(), libc::SIGKILL) };
            println!("test result: ok");
            exit(0);
        });
    }

    #[test]
    fn changes_its_supervisor() {
        // SAFETY: getppid has no conditions.
        run(|_| panic!("{}", reached(unsafe { libc::getppid() })));
    }

    #[test]
    fn changes_its_judge() {
        run(|_| {
            // SAFETY: getppid has no conditions.
            let stat = fs::read_to_string(format!("/proc/{}/stat", unsafe { libc::getppid() })).unwrap();
            let judge = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap();
            panic!("{}", reached(judge.parse().unwrap()));
        });
    }

    /// What this process can open of another one's, and whether it can trace it.
    fn reached(pid: libc::pid_t) -> String {
        let write = |path: &str| fs::File::options().append(true).open(format!("/proc/{pid}/{path}"));
        let fds = (0..64).filter(|fd| write(&format!("fd/{fd}")).is_ok()).count();
        let memory = write("mem").is_ok();
        // SAFETY: ptrace takes integers; a process that was attached would be a child of this one alone.
        let traced = unsafe { libc::ptrace(libc::PTRACE_ATTACH, pid, 0, 0) };
        format!("{fds} descriptors, memory {memory}, traced {}", traced == 0)
    }

    #[test]
    fn hangs() {
        run(|_| thread::sleep(Duration::from_secs(1000)));
    }

    #[test]
    fn wants_a_fresh_table() {
        if std::env::var_os(JUDGED).is_some() {
            Options::new().fresh_table().run(|s| assert_eq!(s.plant(s.key(), 1, 0o600).id(), 0));
        }
    }
}

#[test]
fn a_right_test_passes_and_a_wrong_one_says_why() {
    assert_eq!(report("passes").ending, Ending::Passed);
    let (one, other) = (report("fails"), report("fails"));
    assert_eq!(one.story()[1..], other.story()[1..], "one seed, one number");
    assert!(contains("failed: fails\n").eval(&one.to_string()), "{one}");
    assert!(contains("KATA_SEED=0x7 cargo test -p hostile judged::fails").eval(&one.to_string()), "{one}");
}

#[test]
fn words_and_an_exit_status_are_no_pass() {
    let report = report("says_what_libtest_says_and_exits");
    assert!(matches!(report.ending, Ending::EndedEarly(status) if status.success()), "{report}");
}

/// The token is nowhere but in the memory of the test's process, and a skip needs it like a pass.
#[test]
fn a_token_cannot_be_read_and_a_skip_needs_it_too() {
    for test in ["looks_for_the_token", "says_that_it_is_skipped"] {
        let report = report(test);
        assert!(matches!(report.ending, Ending::EndedEarly(status) if status.success()), "{test}: {report}");
    }
}

/// In a user namespace an ordinary user has one number for itself and one for its group, and they differ.
#[test]
fn a_users_number_is_not_its_groups() {
    let wanted = Judged { isolation: Some(Isolation::UserNamespace), ..order("tells_the_user_from_the_group") };
    match runner::supervise(&wanted) {
        Ok(report) => assert_eq!(report.ending, Ending::Passed, "{report}"),
        Err(error) => eprintln!("kata: skipped: {error}"),
    }
}

/// Waits for `condition`: another test's run may be about to remove what this one left.
#[track_caller]
fn soon(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "not after ten seconds: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Where tests share this machine's table, what was made in it is removed also when the supervisor cannot do that: the decoy,
/// and what the test made.
#[test]
fn whoever_kills_the_supervisor_leaves_no_segment() {
    let table = || kata::kernel::segments().unwrap().into_iter().map(|segment| (segment.id, segment.size));
    let before: Vec<_> = table().collect();
    let wanted = Judged { isolation: Some(Isolation::Shared), ..order("makes_a_segment_and_kills_its_supervisor") };
    runner::supervise(&wanted).unwrap_err();
    // Other tests share the table too. A decoy is larger than a page.
    soon("the segments are gone", || !table().any(|row| !before.contains(&row) && row.1 == 4321));
}

/// As a container mounts it: a checkout of another user's, closed to all others. Root comes in by a capability, and the test
/// has given that up.
#[test]
fn a_folder_that_is_closed_to_the_test_holds_its_binary_and_programs() {
    // SAFETY: geteuid has no conditions.
    if unsafe { libc::geteuid() } != 0 {
        return eprintln!("kata: skipped: only root enters a folder of another user's that is closed");
    }
    let Ok(closed) = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")) else {
        return eprintln!("kata: skipped: this root is one of its user namespace alone, and may not write here");
    };
    let deps = closed.path().join("debug/deps");
    fs::create_dir_all(&deps).unwrap();
    let binary = deps.join("outside-1");
    fs::hard_link(std::env::current_exe().unwrap(), &binary).unwrap();
    fs::copy("/bin/sh", closed.path().join("debug/beside")).unwrap();
    fs::set_permissions(closed.path(), PermissionsExt::from_mode(0o700)).unwrap();
    if std::os::unix::fs::chown(closed.path(), Some(60_001), None).is_err() {
        return eprintln!("kata: skipped: this root may not give a folder away");
    }
    let judged = |test| {
        let order = Judged { binary: binary.clone(), directory: Some(deps.clone()), ..order(test) };
        runner::supervise(&order).unwrap()
    };
    assert_eq!(judged("reaches_its_folder").message(), ["false"], "nothing would be shown");
    assert_eq!(judged("starts_a_program_beside_it").ending, Ending::Passed);
    // And as libtest runs it.
    let mut again = Command::new(&binary);
    again.args(["judged::starts_a_program_beside_it", "--exact"]).env(JUDGED, "1").current_dir(&deps);
    let output = again.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn whoever_kills_the_supervisor_has_no_report() {
    let note = tempfile::NamedTempFile::new().unwrap();
    let mut order = order("kills_its_supervisor");
    order.environment.push((NOTE.into(), note.path().into()));
    let error = runner::supervise(&order).unwrap_err();
    assert!(error.to_string().contains("its supervisor ended with SIGKILL (9)"), "{error}");
    let directory = fs::read_to_string(note).unwrap();
    assert!(directory.contains("/kata-"), "{directory}");
    soon("the directory is gone", || !fs::exists(&directory).unwrap());
}

#[test]
fn the_supervisor_cannot_be_changed() {
    let report = report("changes_its_supervisor");
    assert_eq!(report.message(), ["0 descriptors, memory false, traced false"], "{report}");
}

/// It is not in the test's user namespace, or has privileges that the test has not.
#[test]
fn the_judge_cannot_be_changed_from_a_namespace() {
    if runner::granted().isolation == Isolation::Shared {
        return eprintln!("kata: skipped: the kernel refuses namespaces");
    }
    let report = report("changes_its_judge");
    assert_eq!(report.message(), ["0 descriptors, memory false, traced false"], "{report}");
}

/// exec gives root what its inheritable set holds, as some containers fill it. And some withhold the capability that it takes
/// to change what exec gives. Only root can be in either state.
#[rstest::rstest]
#[case::an_inheritable_set("--inh-caps=+dac_override,+dac_read_search,+ipc_owner,+sys_ptrace")]
#[case::no_cap_setpcap("--bounding-set=-setpcap")]
#[case::neither_cap_setpcap_nor_a_namespace("--bounding-set=-setpcap,-sys_admin")]
fn every_capability_is_given_up_by_root(#[case] with: &str) {
    let with = |program: &std::path::Path, tests: &[&str]| {
        Command::new("setpriv").arg(with).arg(program).args(tests).arg("--exact").output().unwrap()
    };
    if !with("true".as_ref(), &[]).status.success() {
        return eprintln!("kata: skipped: this user cannot change its sets of capabilities");
    }
    let tests = ["the_supervisor_cannot_be_changed", "permission_is_refused_to_root_too"];
    let output = with(&std::env::current_exe().unwrap(), &tests);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("2 passed"), "{said}");
}

#[test]
fn permission_is_refused_to_root_too() {
    sandbox(|s| {
        let secret = s.plant(s.key(), 1000, 0o000);
        let error = s.stranger().read(secret.id(), 0, 1).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EACCES));
    });
}

#[test]
fn the_deadline_is_the_judges() {
    let start = Instant::now();
    let report = runner::supervise(&Judged { deadline: Duration::from_millis(300), ..order("hangs") }).unwrap();
    assert_eq!(report.ending, Ending::TimedOut { after: Duration::from_millis(300) });
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[test]
fn a_test_that_is_not_there_is_no_pass() {
    let report = report("no_such_test");
    assert!(matches!(report.ending, Ending::EndedEarly(_)), "{report}");
}

#[test]
fn the_table_of_segments_is_as_the_test_wants_it() {
    let wanted = Judged { isolation: Some(Isolation::UserNamespace), ..order("wants_a_fresh_table") };
    match runner::supervise(&Judged { fresh_table: true, ..wanted.clone() }) {
        Ok(report) => assert_eq!(report.ending, Ending::Passed, "{report}"),
        Err(error) => return eprintln!("kata: skipped: {error}"),
    }
    let error = runner::supervise(&wanted).unwrap_err();
    assert!(error.to_string().contains("asks for a fresh table"), "{error}");
    let shared = runner::supervise(&Judged { isolation: Some(Isolation::Shared), ..order("passes") });
    assert_eq!(shared.unwrap().ending, Ending::Passed);
}

#[test]
fn what_cannot_be_judged_says_why() {
    let missing = runner::supervise(&Judged { binary: "/no/such/binary".into(), ..order("passes") }).unwrap_err();
    assert!(contains("the test binary /no/such/binary cannot be started").eval(&missing.to_string()), "{missing}");
    let arguments = ["a_test_that_is_not_there", "--exact"].map(Into::into).to_vec();
    let unhooked: io::Error = runner::supervise(&Judged { arguments, ..order("passes") }).unwrap_err();
    assert!(unhooked.to_string().contains("call kata::runner::hook first"), "{unhooked}");
}
