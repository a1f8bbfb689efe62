//! A kata of two small lessons without dependencies, in a folder of its own: what the runner's tests play with.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::LazyLock;

use assert_cmd::Command;
use tempfile::TempDir;

/// A kata that is removed when dropped.
pub struct Fixture {
    dir: TempDir,
}

impl Fixture {
    /// The lessons `add`, and `double` that builds on it, as shipped, and built: cargo compiles what a test changes.
    pub fn new() -> Self {
        static SHIPPED: LazyLock<PathBuf> = LazyLock::new(shipped);
        let fixture = Self { dir: tempfile::tempdir().expect("a folder for the fixture") };
        // A process of its own, because one that another test's thread forks at this moment would hold a test program open
        // for writing, and nobody could start it (ETXTBSY). The times stay what they are: cargo goes by them.
        let copied = process::Command::new("cp").arg("-a").arg(SHIPPED.join(".")).arg(fixture.dir.path()).status();
        assert!(copied.expect("cp runs").success(), "{} could not be copied", SHIPPED.display());
        fixture
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        write(&self.path(path), text);
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("a file of the fixture")
    }

    /// `kata ARGS` in the fixture's root.
    pub fn kata(&self, arguments: &[&str]) -> Command {
        let mut command = kata(self.dir.path(), arguments);
        command.env("CARGO_TARGET_DIR", self.path("target"));
        command
    }
}

/// `kata ARGS` in `dir`; the program is that of the tests which play with the fixture.
pub fn kata(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(crate::PROGRAM);
    command.args(arguments).current_dir(dir).env_remove("CARGO_MANIFEST_DIR").env_remove("KATA_ROOT");
    command
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// The kata that every fixture is a copy of. It stays in the target folder, for the next run too; cargo finds out whether
/// it must be compiled again.
fn shipped() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixture");
    fs::create_dir_all(&folder).expect("a folder");
    // The tests of another program may be about to do the same.
    let lock = File::create(folder.join("lock")).expect("a file");
    lock.lock().expect("a lock");
    let (files, kata_folder, written) = (files(), folder.join("kata"), folder.join("written"));
    let contents = format!("{files:?}");
    if fs::read_to_string(&written).ok().as_ref() != Some(&contents) {
        _ = fs::remove_dir_all(&kata_folder);
        files.iter().for_each(|(path, text)| write(&kata_folder.join(path), text));
        fs::write(written, contents).expect("a file");
    }
    // With the cargo that the runner takes.
    let mut cargo = process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "--quiet", "--no-run", "--workspace", "--test", "add", "--test", "double"]);
    let built = cargo.current_dir(&kata_folder).env("CARGO_TARGET_DIR", kata_folder.join("target")).status();
    assert!(built.expect("cargo runs").success(), "the fixture is not built");
    // So that the runner knows what was built from what, in each copy. The authors' program does not ask.
    if Path::new(crate::PROGRAM).ends_with("kata") {
        let mut check = kata(&kata_folder, &["check", "--all"]);
        let checked = check.env("CARGO_TARGET_DIR", kata_folder.join("target")).output();
        assert_eq!(checked.expect("kata runs").status.code(), Some(1), "no starter passes");
    }
    kata_folder
}

/// The files of the kata, each with its path.
fn files() -> Vec<(String, String)> {
    let mut files = vec![
        ("Cargo.toml".to_owned(), ROOT.to_owned()),
        ("lib.rs".to_owned(), "//! Nothing.\n".to_owned()),
        ("solutions/Cargo.toml".to_owned(), SOLUTIONS.to_owned()),
        ("lessons/01_add/tests/add.rs".to_owned(), ADD_TESTS.to_owned()),
        ("lessons/02_double/tests/double.rs".to_owned(), DOUBLE_TESTS.to_owned()),
    ];
    for (number, name, idea, needs, source) in LESSONS {
        let manifest = format!(
            "[package]\nname = \"{name}\"\ndescription = \"{idea}\"\nedition = \"2024\"\n\n[lib]\ndoctest = false\n\n\
             [dependencies]\n{needs}"
        );
        let (lesson, solution) = (format!("lessons/0{number}_{name}"), format!("solutions/0{number}_{name}"));
        let needs_test =
            format!("[[test]]\nname = \"{name}\"\npath = \"../../{lesson}/tests/{name}.rs\"\n\n[dependencies]");
        files.extend([
            (format!("{solution}/Cargo.toml"), manifest.replace("[dependencies]", &needs_test)),
            (format!("{lesson}/Cargo.toml"), manifest),
            (format!("{lesson}/hints.md"), HINTS.to_owned()),
            (format!("{solution}/src/lib.rs"), source.to_owned()),
            (format!("{solution}/why.md"), why(name)),
            (format!("{lesson}/src/lib.rs"), starter(source)),
        ]);
    }
    files
}

fn starter(solution: &str) -> String {
    let (head, rest) = solution.split_once("    // ANCHOR: ").expect("a blank");
    let (_, blank) = rest.lines().next().and_then(|line| line.split_once(' ')).expect("its todo!");
    format!("{head}    {blank}\n}}\n")
}

fn why(name: &str) -> String {
    format!(
        "<!-- ANCHOR: {name} -->\n`{name}` adds, since that is what the\n[manual](https://doc.rust-lang.org) offers.\n<!-- ANCHOR_END: {name} -->\n"
    )
}

/// Incremental compilation saves nothing on lessons of five lines, and its files are half of those to copy.
const ROOT: &str = "\
[workspace]
members = [\"lessons/*\"]
default-members = [\".\"]
resolver = \"3\"

[package]
name = \"shm-kata\"
edition = \"2024\"

[lib]
path = \"lib.rs\"

[profile.dev]
debug = false
incremental = false
";

const SOLUTIONS: &str = "\
[workspace]
members = [\"[0-9][0-9]_*\"]
resolver = \"3\"

[workspace.dependencies]
kata = { path = \"../crates/kata\" }
";

const LESSONS: [(u32, &str, &str, &str, &str); 2] = [
    (1, "add", "Two become one", "", ADD),
    (2, "double", "One becomes two", "add = { path = \"../01_add\" }\n", DOUBLE),
];

pub const ADD: &str = "\
//! Adding.

/// The sum.
pub fn add(a: u32, b: u32) -> u32 {
    // ANCHOR: add todo!(\"add {a} and {b}\")
    a + b
    // ANCHOR_END: add
}
";

const DOUBLE: &str = "\
//! Doubling.

/// Twice `a`.
pub fn double(a: u32) -> u32 {
    // ANCHOR: double todo!(\"double {a}\")
    add::add(a, a)
    // ANCHOR_END: double
}
";

const ADD_TESTS: &str = "\
//! Lesson 1.

/// Nothing added changes nothing.
#[test]
fn zero_changes_nothing() {
    assert_eq!(add::add(7, 0), 7);
}

/// Order does not matter.
#[test]
fn both_orders_are_one_sum() {
    assert_eq!(add::add(2, 3), add::add(3, 2));
}
";

const DOUBLE_TESTS: &str = "\
//! Lesson 2.

/// Twice three.
#[test]
fn three_becomes_six() {
    assert_eq!(double::double(3), 6);
}
";

const HINTS: &str = "\
## Hint 1: a question

What does `+` do?

## Hint 2: the call

`a + b`

## Hint 3: the shape

The shape.
";
