//! A kata of two small lessons without dependencies, in a folder of its own: what the runner's tests play with.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// A kata that is removed when dropped.
pub struct Fixture {
    dir: TempDir,
}

impl Fixture {
    /// The lessons `add`, and `double` that builds on it, as shipped.
    pub fn new() -> Self {
        let fixture = Self { dir: tempfile::tempdir().expect("a folder for the fixture") };
        fixture.write("Cargo.toml", ROOT);
        fixture.write("lib.rs", "//! Nothing.\n");
        for (number, name, idea, needs, source) in LESSONS {
            let manifest = format!(
                "[package]\nname = \"{name}\"\ndescription = \"{idea}\"\nedition = \"2024\"\n\n[lib]\ndoctest = false\n\n\
                 [dependencies]\n{needs}"
            );
            let (lesson, solution) = (format!("lessons/0{number}_{name}"), format!("solutions/0{number}_{name}"));
            fixture.write(&format!("{lesson}/Cargo.toml"), &manifest);
            fixture.write(&format!("{lesson}/hints.md"), HINTS);
            let needs_test =
                format!("[[test]]\nname = \"{name}\"\npath = \"../../{lesson}/tests/{name}.rs\"\n\n[dependencies]");
            fixture.write(&format!("{solution}/Cargo.toml"), &manifest.replace("[dependencies]", &needs_test));
            fixture.write(&format!("{solution}/src/lib.rs"), source);
            fixture.write(&format!("{solution}/why.md"), &why(name));
            fixture.write(&format!("{lesson}/src/lib.rs"), &starter(source));
        }
        fixture.write("solutions/Cargo.toml", SOLUTIONS);
        fixture.write("lessons/01_add/tests/add.rs", ADD_TESTS);
        fixture.write("lessons/02_double/tests/double.rs", DOUBLE_TESTS);
        fixture
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
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
