//! Whatever hangs, a verdict comes within 20 s: with the whole report of the first failure, with its seed, and with counts
//! that add up. A right solution that is slow passes all the same.
//!
//! Each case waits for time-outs, all of them for minutes: `.ci/run` runs them.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use rstest::rstest;
use tinyjson::JsonValue;

/// How soon a verdict has to be there.
const SOON: Duration = Duration::from_secs(20);

/// A copy of the kata in which every lesson is solved. There is one, so that most of it is built once; a case has it for
/// itself.
struct Kata {
    dir: PathBuf,
    target: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl Kata {
    fn new() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hangs");
        let (dir, target) = (place.join("kata"), place.join("target"));
        _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        let kept = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
        let kept = kept.filter(|path| !["target", ".git", ".kata"].iter().any(|name| path.ends_with(name)));
        let copied = Command::new("cp").arg("-a").args(kept).arg(&dir).status().unwrap();
        assert!(copied.success());
        let kata = Self { dir, target, _alone: alone };
        for lesson in fs::read_dir(kata.path("lessons")).unwrap().map(|entry| entry.unwrap().file_name()) {
            let copy = |to: &str| kata.path(&format!("{to}/{}/src", lesson.display()));
            let copied = Command::new("cp").arg("-rT").args([copy("solutions"), copy("lessons")]).status().unwrap();
            assert!(copied.success());
            // Cargo goes by times: what another case changed is new again when it is as before.
            let tests =
                kata.path(&format!("lessons/{0}/tests/{1}.rs", lesson.display(), &lesson.to_str().unwrap()[3..]));
            File::options().append(true).open(tests).unwrap().set_modified(SystemTime::now()).unwrap();
        }
        kata
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// Replaces `old` in a file of lessons/, which has it.
    fn edit(&self, path: &str, old: &str, new: &str) {
        let path = self.path("lessons").join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{} has no {old:?}", path.display());
        fs::write(path, text.replacen(old, new, 1)).unwrap();
    }

    /// Puts `statements` at the beginning of the region that is blank number `index` of the lesson's library.
    fn begin(&self, lesson: &str, index: usize, statements: &str) {
        let path = format!("{lesson}/src/lib.rs");
        let text = fs::read_to_string(self.path("lessons").join(&path)).unwrap();
        let blanks = text.lines().filter(|line| line.contains("// ANCHOR: ") && line.contains(" todo!("));
        let blank = blanks.clone().nth(index).unwrap_or_else(|| panic!("{path} has {} blanks", blanks.count()));
        self.edit(&path, blank, &format!("{blank}\n{statements}"));
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).current_dir(&self.dir).env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    /// Runs a command that is started with `before`, and requires that it ends soon.
    fn soon(&self, before: &[&str], program: &Path, arguments: &[&str]) -> Output {
        let lesson =
            arguments.iter().position(|argument| matches!(*argument, "check" | "-p")).map(|at| arguments[at + 1]);
        let lesson = lesson.expect("a lesson is checked");
        let built = self.cargo(&["test", "--no-run", "--quiet", "-p", lesson]).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let words: Vec<_> = before.iter().map(Path::new).chain([program]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(arguments).current_dir(&self.dir).env("CARGO_TARGET_DIR", &self.target);
        let start = Instant::now();
        let output = command.output().unwrap();
        let took = start.elapsed();
        println!("{lesson} {}: {:.1} s", before.concat(), took.as_secs_f64());
        assert!(took < SOON, "{took:?}: {}", String::from_utf8_lossy(&output.stdout));
        output
    }

    /// What `kata check` says of a lesson in which something hangs.
    fn check(&self, before: &[&str], lesson: &str) -> Check {
        let program = Path::new(env!("CARGO_BIN_EXE_kata"));
        let output = self.soon(before, program, &["check", lesson, "--format", "json"]);
        let value: JsonValue = String::from_utf8(output.stdout).unwrap().parse().unwrap();
        Check(value["checks"][0].clone())
    }

    /// What `cargo test -p` says of a lesson in which something hangs.
    fn plain(&self, lesson: &str, arguments: &[&str]) {
        let cargo = PathBuf::from(env!("CARGO"));
        let output = self.soon(&[], &cargo, &[&["test", "-p", lesson, "--"], arguments].concat());
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success() && text.contains("\ntimed out: "), "{text}");
        assert!(text.contains("\nRun this test again with the same random values: KATA_SEED=0x"), "{text}");
        let words: Vec<_> = text.lines().rfind(|line| line.starts_with("test result: ")).unwrap().split(' ').collect();
        let number = |name: &str| {
            let at = words.iter().position(|word| *word == name).unwrap();
            words[at - 1].parse::<usize>().unwrap()
        };
        let count = |end: &str| text.lines().filter(|line| line.starts_with("test ") && line.ends_with(end)).count();
        assert_eq!((number("passed;"), number("failed;")), (count(" ... ok"), count(" ... FAILED")), "{text}");
        let late = text.lines().filter(|line| line.starts_with("kata: not run: ")).count();
        assert!(late > 0 && late < number("failed;"), "{late} not run: {text}");
    }
}

/// One lesson's check, as `kata check --format json` has it.
struct Check(JsonValue);

impl Check {
    fn text(value: &JsonValue) -> &str {
        value.get::<String>().map_or("", String::as_str)
    }

    /// How many tests came to each end.
    fn counts(&self) -> (usize, [usize; 4]) {
        let tests = self.0["tests"].get::<Vec<_>>().unwrap();
        let count = |wanted| tests.iter().filter(|test| Self::text(&test["outcome"]) == wanted).count();
        (tests.len(), ["passed", "failed", "not-run", "missing"].map(count))
    }

    /// Requires the whole report of a first failure that timed out, and that every test is accounted for.
    fn tells_of_a_hang(&self) {
        let tests = self.0["tests"].get::<Vec<_>>().unwrap();
        let (all, [passed, failed, not_run, missing]) = self.counts();
        assert_eq!((passed + failed + not_run, missing), (all, 0), "{:?}", self.0);
        assert!(failed > 0 && Self::text(&self.0["died"]).is_empty(), "{:?}", self.0);
        let hung = tests.iter().find(|test| Self::text(&test["outcome"]) == "failed").unwrap();
        let report = Self::text(&hung["failure"]["text"]);
        for part in ["timed out: ", "after 10 s", "What each process was doing:", "KATA_SEED=0x"] {
            assert!(report.contains(part), "{part:?} is missing in {report}");
        }
    }
}

const LESSONS: [(&str, &str); 7] = [
    ("warmup", "00_warmup"),
    ("key", "01_key"),
    ("shmget", "02_shmget"),
    ("shmat", "03_shmat"),
    ("write", "04_write"),
    ("read", "05_read"),
    ("shmctl", "06_shmctl"),
];

#[rstest]
#[ignore = "waits for time-outs: .ci/run runs it"]
fn a_loop_in_the_first_blank(#[values(0, 1, 2, 3, 4, 5, 6)] lesson: usize) {
    let (name, folder) = LESSONS[lesson];
    let kata = Kata::new();
    kata.begin(folder, 0, "#[allow(unreachable_code, clippy::empty_loop)]\nloop {}\n#[allow(unreachable_code)]");
    kata.check(&[], name).tells_of_a_hang();
}

/// On a terminal `kata check` shows the first failure when it is known, and not when the last test has ended.
#[test]
#[ignore = "waits for time-outs: .ci/run runs it"]
fn the_first_failure_is_shown_while_others_run() {
    let kata = Kata::new();
    kata.begin("01_key", 0, "loop { std::hint::spin_loop() }\n#[allow(unreachable_code)]");
    let check = format!("{} check key", env!("CARGO_BIN_EXE_kata"));
    let mut command = Command::new("script");
    command.args(["--quiet", "--flush", "--command", &check, "/dev/null"]).current_dir(&kata.dir);
    command.env("CARGO_TARGET_DIR", &kata.target).env("TERM", "xterm").stdin(Stdio::null()).stdout(Stdio::piped());
    let mut script = command.spawn().unwrap();
    let lines = BufReader::new(script.stdout.take().unwrap()).lines().map_while(Result::ok);
    let shown: Vec<_> = lines.filter(|line| line.contains("timed out: ")).map(|_| Instant::now()).collect();
    script.wait().unwrap();
    let [early] = shown[..] else { panic!("it is shown {} times", shown.len()) };
    assert!(early.elapsed() > Duration::from_secs(2), "{:?}", early.elapsed());
}

/// On one core, one test at a time, and without the runner: where the most tests hang.
#[test]
#[ignore = "waits for time-outs: .ci/run runs it"]
fn a_loop_wherever_the_tests_run() {
    let kata = Kata::new();
    for blank in 0..2 {
        kata.begin("04_write", blank, "loop { std::hint::spin_loop() }\n#[allow(unreachable_code)]");
    }
    kata.check(&["taskset", "-c", "0"], "write").tells_of_a_hang();
    kata.plain("write", &[]);
    kata.plain("write", &["--test-threads=1"]);
}

/// The mistake of many a tutorial in C: the writer waits until a reader has put a `*` in the place of the first byte.
#[test]
#[ignore = "waits for time-outs: .ci/run runs it"]
fn a_writer_that_waits_for_a_star() {
    let kata = Kata::new();
    let end = "    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.\n";
    let waits = "    // SAFETY: the first byte is attached.\n    \
                 while unsafe { AtomicU8::from_ptr(base.as_ptr()) }.load(Relaxed) != b'*' {\n        \
                 std::thread::sleep(std::time::Duration::from_secs(1));\n    }\n";
    kata.edit("04_write/src/lib.rs", end, &format!("{waits}{end}"));
    kata.check(&[], "write").tells_of_a_hang();
    kata.plain("write", &[]);
}

/// A loop that leaves sleepers behind, a hundred a test.
#[test]
#[ignore = "waits for time-outs: .ci/run runs it"]
fn a_loop_that_starts_processes() {
    let kata = Kata::new();
    let spawns = "for _ in 0..100 {\n    \
                  _ = std::process::Command::new(\"setsid\").args([\"sleep\", \"4321\"]).spawn();\n}\nloop { \
                  std::thread::sleep(std::time::Duration::from_secs(1)) }\n#[allow(unreachable_code)]";
    kata.begin("02_shmget", 0, spawns);
    kata.check(&[], "shmget").tells_of_a_hang();
    kata.plain("shmget", &[]);
    let sleepers = fs::read_dir("/proc").unwrap().filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok());
    assert_eq!(sleepers.filter(|arguments| arguments.starts_with(b"sleep\x004321")).count(), 0);
}

/// A test of the lesson's that needs no sandbox: the runner ends the test program, and what is known stays known.
#[test]
#[ignore = "waits for time-outs: .ci/run runs it"]
fn a_test_that_hangs_outside_of_any_sandbox() {
    let kata = Kata::new();
    let test = "01_key/tests/key.rs";
    kata.edit(
        test,
        "#[test]\n",
        "#[test]\nfn bare() {\n    loop {\n        std::thread::yield_now();\n    }\n}\n\n#[test]\n",
    );
    let check = kata.check(&[], "key");
    let (all, [passed, failed, not_run, missing]) = check.counts();
    assert_eq!((passed, failed, not_run, missing), (all - 1, 0, 0, 1), "{:?}", check.0);
    assert_eq!(Check::text(&check.0["died"]), "was killed, because no test came to its end for 17 s");
    assert_eq!(Check::text(&check.0["verdict"]), "failed");
}

/// The time is cut only after a test has timed out: here none does, although all of them take a minute.
#[test]
#[ignore = "waits for a slow solution: .ci/run runs it"]
fn a_right_solution_that_is_slow_passes() {
    let kata = Kata::new();
    let pause = "static ONCE: std::sync::Once = std::sync::Once::new();\n\
                 ONCE.call_once(|| std::thread::sleep(std::time::Duration::from_secs(2)));";
    for blank in 0..2 {
        kata.begin("04_write", blank, pause);
    }
    let check = format!("{} check write", env!("CARGO_BIN_EXE_kata"));
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &check, "/dev/null"]).current_dir(&kata.dir);
    command.env("CARGO_TARGET_DIR", &kata.target).env("TERM", "xterm").stdin(Stdio::null());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("so a slow first call is slow in every test").count(), 1, "{said}");
}
