//! Reports reach the program that runs the tests when they are known, and not the code under test; and after a test has
//! timed out, the others have little time.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use kata::{
    report::{Ending, Report, Told},
    runner::{Isolation, Listener, confine, granted},
    sandbox::Options,
};

/// Set where the tests of [`played`] do what they are for.
const PLAYED: &str = "KATA_TEST_PLAYED";

/// Tests that another test runs, with [`again`].
mod played {
    use super::*;

    fn run(options: Options, test: impl FnOnce(&kata::sandbox::Sandbox)) {
        if std::env::var_os(PLAYED).is_some() {
            options.run(test);
        }
    }

    /// The first of all: nothing was handed over yet.
    #[test]
    fn a_looks_for_the_reports() {
        run(Options::new(), |s| {
            assert_eq!(std::env::var_os("KATA_REPORTS"), None);
            let fds = fs::read_dir("/proc/self/fd").unwrap().filter_map(|fd| fs::read_link(fd.ok()?.path()).ok());
            let reports: Vec<_> = fds.filter(|fd| fd.to_string_lossy().contains("kata-reports")).collect();
            assert!(reports.is_empty(), "{reports:?}");
            let environment = s.program("/usr/bin/env").run();
            let stdout = environment.stdout();
            let told: Vec<_> =
                stdout.lines().filter(|line| line.starts_with("KATA_") && !line.starts_with(PLAYED)).collect();
            assert!(told.is_empty(), "{told:?}");
        });
    }

    #[test]
    fn a_hangs() {
        run(Options::new().deadline(Duration::from_millis(300)), |_| thread::sleep(Duration::from_secs(1000)));
    }

    #[test]
    fn b_hangs_too() {
        run(Options::new(), |_| thread::sleep(Duration::from_secs(1000)));
    }

    #[test]
    fn c_passes() {
        run(Options::new(), |_| {});
    }

    #[test]
    fn d_fails() {
        run(Options::new(), |_| panic!("on purpose"));
    }

    #[test]
    fn e_skips() {
        run(Options::new(), |s| s.skip("no reason"));
    }
}

/// This test binary again, with these tests of [`played`], one at a time and in their order.
fn again(tests: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(tests.iter().map(|test| format!("played::{test}"))).args(["--exact", "--test-threads=1"]);
    command.env(PLAYED, "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The reports in what was told, and nothing else.
fn reports(told: Vec<Result<Told, kata::report::Unreadable>>) -> Vec<Report> {
    let report = |told| match told {
        Ok(Told::Report(report)) => Some(*report),
        Ok(Told::Fallback(_)) => None,
        Err(why) => panic!("{why}"),
    };
    told.into_iter().filter_map(report).collect()
}

#[test]
fn every_test_of_a_sandbox_tells_how_it_ended() {
    let mut listener = Listener::new().unwrap();
    let mut command = again(&["a_looks_for_the_reports", "c_passes", "d_fails", "e_skips"]);
    listener.listen_to(&mut command);
    let output = command.output().unwrap();
    let reports = reports(listener.finish());
    let endings: Vec<_> = reports.iter().map(|report| (report.test.as_str(), &report.ending)).collect();
    let [looks, passes, fails, skips] = endings[..] else { panic!("{endings:?}") };
    assert_eq!(passes, ("played::c_passes", &Ending::Passed));
    assert!(matches!(fails, ("played::d_fails", Ending::Failed(panic)) if panic.message == "on purpose"), "{fails:?}");
    assert_eq!(skips, ("played::e_skips", &Ending::Skipped("no reason".into())));
    assert_eq!(looks, ("played::a_looks_for_the_reports", &Ending::Passed));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(
        !said.contains("on purpose") && !said.contains("no reason"),
        "what is handed over is not printed too: {said}"
    );
}

/// What keeps a test binary apart from the program that runs it takes nothing from its tests.
#[test]
fn a_confined_test_binary_reports_and_its_tests_get_what_they_get_without() {
    let mut listener = Listener::new().unwrap();
    let mut command = again(&["a_looks_for_the_reports", "c_passes"]);
    confine(&mut command);
    listener.listen_to(&mut command);
    let output = command.output().unwrap();
    let told = listener.finish();
    let fallbacks = told.iter().filter(|told| matches!(told, Ok(Told::Fallback(_)))).count();
    assert_eq!(fallbacks, usize::from(granted().isolation == Isolation::Shared));
    let endings: Vec<_> = reports(told).into_iter().map(|report| report.ending).collect();
    assert_eq!(endings, [Ending::Passed, Ending::Passed], "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_first_failure_is_heard_while_other_tests_run() {
    let mut listener = Listener::new().unwrap();
    let mut command = again(&["a_hangs", "b_hangs_too"]);
    listener.listen_to(&mut command);
    let mut child = command.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let heard = loop {
        if let Some(report) = reports(listener.heard()).pop() {
            break report;
        }
        assert!(Instant::now() < deadline, "nothing was heard");
        thread::sleep(Duration::from_millis(5));
    };
    assert!(child.try_wait().unwrap().is_none(), "the other test still runs");
    assert_eq!(heard.ending, Ending::TimedOut { after: Duration::from_millis(300) });
    assert!(!child.wait().unwrap().success());
    let rest = reports(listener.finish());
    assert!(matches!(rest[..], [Report { ending: Ending::NotRun(_), .. }]), "{rest:?}");
}

#[test]
fn after_a_time_out_a_test_that_hangs_is_not_run_and_others_are() {
    let start = Instant::now();
    let output = again(&["a_hangs", "b_hangs_too", "c_passes", "d_fails"]).output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    let said = String::from_utf8_lossy(&output.stdout);
    let late =
        "kata: not run: played::b_hangs_too: a test before it had timed out, and this one had not ended after 1 s";
    for part in ["\ntimed out: a hangs\n", late, "c_passes ... ok", "on purpose", "1 passed; 3 failed"] {
        assert!(said.contains(part), "{part:?} is missing in {said}");
    }
    assert_eq!(said.matches("b_hangs_too").count(), 4, "result, head, one line, list: {said}");
}

/// A number that is another file's by now: nothing is written there, and the reports are printed.
#[test]
fn a_variable_that_names_no_listener_is_said_to_be_wrong() {
    for value in ["", "x", "1 7", "400 7"] {
        let output = again(&["d_fails"]).env("KATA_REPORTS", value).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("on purpose"), "{value:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("KATA_REPORTS=") && said.contains("unset it"), "{value:?}: {said}");
    }
}
