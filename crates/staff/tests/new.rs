//! `kata dev new` and what `dev check` then says, tried on a copy of this repository: a new lesson is red at its blank at
//! once, a refusal and a failure leave nothing behind, and what is missing is told in one line.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;
use tempfile::TempDir;

/// A copy of what the authors' commands read and write; the learner's files in it are as shipped.
struct Copy {
    dir: PathBuf,
    /// Removes it.
    _temporary: Option<TempDir>,
}

impl Copy {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::at(dir.path().to_path_buf(), Some(dir))
    }

    /// At a place that is always the same, so that cargo need not compile again what it has compiled there before.
    fn to_build() -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("copy");
        _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        Self::at(dir, None)
    }

    fn at(dir: PathBuf, temporary: Option<TempDir>) -> Self {
        let copy = Self { dir, _temporary: temporary };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let parts = [".cargo", "Cargo.toml", "Cargo.lock", "README.md", "rustfmt.toml"];
        let folders = ["benches", "book", "crates", "lessons", "solutions", "src", "tests"];
        let mut cp = std::process::Command::new("cp");
        cp.arg("-a").args(parts.into_iter().chain(folders).map(|part| root.join(part))).arg(&copy.dir);
        assert!(cp.status().unwrap().success());
        for folder in ["solutions/target", "book/check/node_modules"] {
            _ = fs::remove_dir_all(copy.path(folder));
        }
        copy.staff(&["sync"]).assert().success();
        copy
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Replaces `old`, which is there, by `new`.
    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} has no `{old}`");
        fs::write(self.path(path), text.replace(old, new)).unwrap();
    }

    /// `kata dev ARGS` in the copy.
    fn staff(&self, arguments: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_staff"), arguments)
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.dir);
        command.env_remove("CARGO_MANIFEST_DIR").env_remove("KATA_ROOT");
        // Kept from run to run: libc is compiled once.
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("new"));
        command
    }

    /// What `check LESSON` says of its texts, without the lines of the parts.
    fn said(&self, lesson: &str) -> Vec<String> {
        let parts = ["--only", "sync", "--only", "lessons", "--only", "book"];
        let output = self.staff(&[&["check", lesson][..], &parts].concat()).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let problems: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned).collect();
        assert_eq!(output.status.code(), Some(if problems.is_empty() { 0 } else { 1 }), "{said}");
        problems
    }

    /// Every file and what is in it.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.dir.clone()];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path)
                } else {
                    _ = files.insert(path.clone(), fs::read(&path).unwrap())
                }
            }
            files.insert(folder, Vec::new());
        }
        files
    }
}

#[test]
fn a_new_lesson_is_red_at_its_blank_at_once() {
    let copy = Copy::to_build();
    let before = copy.files();
    let new = copy.staff(&["new", "owner", "a segment has an owner"]).assert().success();
    new.stdout(contains("wrote  lessons/07_owner/src/lib.rs\n").and(contains("cargo kata dev check owner")));

    let red = copy.command("cargo", &["test", "--quiet", "--package", "owner", "--test", "owner"]).assert().code(101);
    red.stdout(contains("not yet implemented: TODO(author)").and(contains("2 failed")));
    assert_eq!(
        copy.said("owner").iter().filter(|line| !line.contains("still to be written: ")).collect::<Vec<_>>(),
        [
            "lessons/07_owner/README.md: goal 3 has no test",
            "book/src/lessons/07_owner.md: shows 1 mistakes; three are needed, included from the solution's",
            "book/src/lessons/07_owner.md: has 164 words; 400 to 700 can be read in a quarter of an hour",
            "book/src/lessons/07_owner.md:11: {{#include ../../../solutions/07_owner/mistakes.md:zero_for_all:report}}: \
         its report is not written down yet",
        ]
    );
    let parts = ["starters", "solutions", "style"].map(|part| ["--only", part]).concat();
    let built = copy.staff(&[&["check", "owner"][..], &parts].concat()).assert().success();
    built.stdout(contains("2 tests stop at a blank").and(contains("1 pass")));

    assert!(copy.read("README.md").contains("| 7 | `owner` | a segment has an owner | `owner` |\n"));
    assert!(copy.read("README.md").contains(" of 8 done"));
    assert!(copy.read("book/src/SUMMARY.md").contains("](lessons/06_shmctl.md)\n- [7. "));
    assert!(copy.read("book/src/teachers.md").contains("| 7 owner | 25 | 5 |\n"));
    for lock in ["Cargo.lock", "solutions/Cargo.lock"] {
        assert!(copy.read(lock).contains("name = \"owner\""), "{lock}");
    }
    let after = copy.files();
    let by_hand = after.keys().filter(|path| path.is_file() && !before.contains_key(*path));
    assert!(by_hand.count() <= 12, "9 files to write, and three that are generated");
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    let copy = Copy::new();
    let before = copy.files();
    for (name, why) in [
        ("Owner", "snake_case"),
        ("../owner", "snake_case"),
        ("core", "keeps this word for itself"),
        ("shmget", "lesson 2 is called so"),
        ("writer", "a program of lesson 4 is called so"),
        ("rstest", "Cargo.lock has a package that is called so"),
        ("shm_kata", "Cargo.lock has a package that is called so"),
    ] {
        copy.staff(&["new", name, "an idea"])
            .assert()
            .code(2)
            .stderr(contains(why).and(contains("nothing was written")));
    }
    copy.staff(&["new", "owner", "two | bars"]).assert().code(2).stderr(contains("cannot be a lesson's idea"));
    assert!(copy.files() == before);
}

#[rstest]
#[case::in_a_list("book/src/SUMMARY.md", "](lessons/", "](pages/", "has no line of the first lesson")]
#[case::in_cargo("solutions/Cargo.toml", "[workspace]", "[workspace", "")]
#[case::of_a_file_that_is_there("book/src/figures/01_key.html", "", "", "07_owner.html is there already")]
fn a_failure_leaves_nothing_behind(#[case] path: &str, #[case] old: &str, #[case] new: &str, #[case] why: &str) {
    let copy = Copy::new();
    if old.is_empty() {
        fs::copy(copy.path(path), copy.path("book/src/figures/07_owner.html")).unwrap();
    } else {
        copy.edit(path, old, new);
    }
    let before = copy.files();
    copy.staff(&["new", "owner", "a segment has an owner"]).assert().code(2).stderr(contains(why));
    let after = copy.files();
    let changed = after.iter().filter(|(path, text)| before.get(*path) != Some(text)).map(|(path, _)| path);
    assert_eq!(changed.collect::<Vec<_>>(), Vec::<&PathBuf>::new());
    assert_eq!(after.len(), before.len());
}

/// An edit of a file: what is replaced, and by what.
type Edit = (&'static str, &'static str, &'static str);

/// Each cause, and the one line that tells it.
const CAUSES: &[(Edit, &str)] = &[
    (
        ("lessons/02_shmget/README.md", "## Read\n", "## Reading\n"),
        "lessons/02_shmget/README.md: `## Read` is missing; in this order: ",
    ),
    (
        ("lessons/02_shmget/README.md", "About 15 minutes.", "Some minutes."),
        "lessons/02_shmget/README.md: a line has to say how long it takes",
    ),
    (
        ("lessons/02_shmget/README.md", "names a segment", "named a segment"),
        "lessons/02_shmget/README.md: begins with `# 2 · shmget: a key names a segment in the kernel`",
    ),
    (
        ("lessons/02_shmget/README.md", "cargo kata check shmget", "cargo kata check"),
        "lessons/02_shmget/README.md: `## Run` has to name `cargo kata check shmget`",
    ),
    (
        ("lessons/02_shmget/README.md", "## Read\n", "`cargo kata tset`\n\n## Read\n"),
        "lessons/02_shmget/README.md:LINE: `cargo kata tset` is no command of the runner",
    ),
    (
        (
            "lessons/02_shmget/README.md",
            "unshare -Uri sh -c 'ipcmk -M 1000 -p 0600; ipcs -m'",
            "unshare --user --ipc --map-root-user sh -e -c 'ipcmk -M 1000 -p 0600; ipcs -m'",
        ),
        "lessons/02_shmget/README.md:LINE: code has at most 76 columns, this has 78",
    ),
    (
        ("lessons/02_shmget/README.md", "<!-- ANCHOR_END: task -->", ""),
        "book/src/lessons/02_shmget.md:LINE: {{#include ../../../lessons/02_shmget/README.md:task}}: the anchor does not end",
    ),
    (
        ("lessons/02_shmget/hints.md", "## Hint 3: the shape", "### The shape"),
        "lessons/02_shmget/hints.md: three hints are needed",
    ),
    (
        (
            "lessons/02_shmget/tests/shmget.rs",
            "fn create_is_a_single_step() {\n",
            "fn create_is_a_single_step() {\n    let s = 1;\n",
        ),
        "lessons/02_shmget/tests/shmget.rs:LINE: create_is_a_single_step does not run in the sandbox",
    ),
    (
        ("lessons/02_shmget/README.md", "\n3. tell key, id and failure apart,", "\n   tell key, id and failure apart,"),
        "lessons/02_shmget/README.md: `## Afterwards you can` has 2 goals: ",
    ),
    (
        ("lessons/02_shmget/tests/shmget.rs", "// goal: 1\n#[test]\nfn the_kernel", "#[test]\nfn the_kernel"),
        "lessons/02_shmget/tests/shmget.rs:NUMBER: the_kernel_lists_the_key does not say its goal: ",
    ),
    (
        (
            "lessons/02_shmget/tests/shmget.rs",
            "// goal: 1\n#[test]\nfn the_kernel",
            "// goal: 4\n#[test]\nfn the_kernel",
        ),
        "lessons/02_shmget/tests/shmget.rs:LINE: `4` is no goal: the card has 1 to 3",
    ),
    (
        ("lessons/02_shmget/tests/shmget.rs", "// errors: create EEXIST\n", ""),
        "solutions/02_shmget/src/lib.rs:NUMBER: no test says that it provokes EEXIST of create: ",
    ),
    (
        ("lessons/02_shmget/tests/shmget.rs", "// errors: create EEXIST\n", "// errors: create EEXIST ENOSPC\n"),
        "lessons/02_shmget/tests/shmget.rs:LINE: a_taken_key_is_refused has not the words create and ENOSPC, ",
    ),
    (
        (
            "lessons/02_shmget/tests/shmget.rs",
            "// errors: create ENOSPC ENOMEM\n",
            "// errors: create ENOSPC: not shown, because it is rare\n// errors: open EIO: not shown, because nothing is read\n",
        ),
        "lessons/02_shmget/tests/shmget.rs:NUMBER: open does not name EIO under `# Errors`",
    ),
    (
        (
            "lessons/02_shmget/tests/shmget.rs",
            "/// Two programs can pick the same key",
            "// errors: create EEXIST\n\n/// Two programs can pick the same key",
        ),
        "lessons/02_shmget/tests/shmget.rs:NUMBER: no test follows, and there is no ",
    ),
    (
        ("lessons/02_shmget/tests/shmget.rs", "//! Lesson 2:", "//! Lesson 3:"),
        "lessons/02_shmget/tests/shmget.rs: begins with `//! Lesson 2: `",
    ),
    (
        ("lessons/02_shmget/Cargo.toml", "rstest.workspace = true\n", ""),
        "lessons/02_shmget/Cargo.toml: is not what the solution's generates: cargo kata dev sync",
    ),
    (
        ("solutions/02_shmget/Cargo.toml", "tests/shmget.rs", "tests/smget.rs"),
        "solutions/02_shmget/Cargo.toml: has to say where the lesson's tests are: ",
    ),
    (
        ("solutions/02_shmget/why.md", "Each function", "TODO(author): say why. Each function"),
        "solutions/02_shmget/why.md:2: still to be written: say why.",
    ),
    (
        (
            "solutions/02_shmget/why.md",
            "### transmute\n\n```rust,ignore\nid => Ok(unsafe { std::mem::transmute::<c_int, ShmId>(id) }),\n```\n",
            "",
        ),
        "solutions/02_shmget/why.md: shows 1 unsound shapes, each with a heading `### `; two or three are needed",
    ),
    (
        ("solutions/02_shmget/why.md", "```rust,ignore\nid => ", "```rust,ignore\n// a\n```\n\n```rust,ignore\nid => "),
        "solutions/02_shmget/why.md: `### transmute` needs one block of code, and a reason",
    ),
    (
        ("solutions/02_shmget/why.md", "## If yours looks like this", "## Unsound"),
        "solutions/02_shmget/why.md: the anchor `unsound` begins with `## If yours looks like this`",
    ),
    (
        ("README.md", "| 2 | `shmget` |", "| 2 | `shmgot` |"),
        "README.md: does not list the lessons as they are: cargo kata dev sync",
    ),
    (
        ("book/src/teachers.md", "| together | ", "| together | 9"),
        "book/src/teachers.md: does not list the lessons as they are: cargo kata dev sync",
    ),
    (
        ("book/src/lessons/02_shmget.md", "{{#include ../figures/02_shmget.html}}", "Imagine it."),
        "book/src/figures/02_shmget.html: no page includes it",
    ),
    (
        ("book/src/lessons/02_shmget.md", "output/02_shmget.md:look}}", "output/02_shmget.md:lok}}"),
        "book/src/lessons/02_shmget.md:LINE: {{#include ../../output/02_shmget.md:lok}}: it has no section `## lok`; it has \
         `look`",
    ),
    (
        ("book/output/02_shmget.md", "## look\n", "## unseen\n\n```console\n$ ls\n```\n\n## look\n"),
        "book/output/02_shmget.md:LINE: no page includes `unseen`",
    ),
    (
        ("book/output/index.md", "# ANCHOR: read\n", "# ANCHOR: unread\n$ ls\n# ANCHOR_END: unread\n# ANCHOR: read\n"),
        "book/output/index.md:3: no page includes `opening:unread`",
    ),
    (
        ("book/output/02_shmget.md", "## look\n", "## look\n\nNeeds: root, please\n"),
        "book/output/02_shmget.md:5: look: all that a session can need is root",
    ),
    (
        ("book/output/02_shmget.md", "```console\n", "```sh\n"),
        "book/output/02_shmget.md:LINE: look: a session is a block ```console",
    ),
    (
        ("book/src/lessons/02_shmget.md", "15 minutes · needs lesson", "20 minutes · needs lesson"),
        "book/src/lessons/02_shmget.md: the lines `> You will ...` do not say `15 minutes`",
    ),
    (
        ("book/src/lessons/02_shmget.md", "src/lib.rs:open}}", "src/lib.rs:create}}"),
        "book/src/lessons/02_shmget.md: does not include ../../../solutions/02_shmget/src/lib.rs:open",
    ),
    (
        ("book/src/lessons/02_shmget.md", "(../reference/errnos.md)", "(../reference/errno.md)"),
        "book/src/lessons/02_shmget.md: the link ../reference/errno.md leads nowhere",
    ),
    (
        ("book/src/lessons/02_shmget.md", "## In Rust\n", "## In C\n"),
        "book/src/lessons/02_shmget.md: `## In Rust` is missing; in this order: ",
    ),
];

#[test]
fn each_cause_is_told_in_one_line() {
    let copy = Copy::new();
    assert_eq!(copy.said("shmget"), Vec::<String>::new());
    for ((path, old, new), line) in CAUSES {
        let text = copy.read(path);
        copy.edit(path, old, new);
        let said = copy.said("shmget");
        // The line of the inclusion that is told, or of the first thing that differs: the author need not look for it.
        let inclusion = line.find("{{").map(|at| &line[at..line.find("}}").unwrap() + 2]);
        let number = match inclusion {
            Some(inclusion) => {
                copy.read("book/src/lessons/02_shmget.md").lines().position(|line| line.contains(inclusion))
            }
            None => text.lines().position(|line| Some(line) == old.lines().next()),
        };
        let number = number.map_or(0, |index| index + 1);
        let line = line.replace("LINE", &number.to_string());
        // A line somewhere else: any number will do.
        let line = line.split_once("NUMBER").map_or(line.clone(), |(place, what)| {
            let found = said.first().and_then(|said| said.strip_prefix(place)).unwrap_or_default();
            let digits: String = found.chars().take_while(char::is_ascii_digit).collect();
            format!("{place}{digits}{what}")
        });
        assert!(said.len() == 1 && said[0].starts_with(&line), "{path}, `{new}` for `{old}`:\n{said:#?}");
        fs::write(copy.path(path), text).unwrap();
    }
}

#[test]
fn a_file_of_sessions_that_belongs_to_no_page_is_told() {
    let copy = Copy::new();
    fs::rename(copy.path("book/output/02_shmget.md"), copy.path("book/output/shmget.md")).unwrap();
    let [missing, misnamed] = &copy.said("shmget")[..] else { panic!("{:#?}", copy.said("shmget")) };
    assert!(missing.contains("output/02_shmget.md:look}}: No such file"), "{missing}");
    assert!(misnamed.starts_with("book/output/shmget.md: has the name of no page: "), "{misnamed}");
}

#[rstest]
#[case("lessons/02_shmget/README.md")]
#[case("lessons/02_shmget/hints.md")]
#[case("solutions/02_shmget/why.md")]
#[case("solutions/02_shmget/mistakes.md")]
#[case("solutions/02_shmget/Cargo.toml")]
#[case("lessons/02_shmget/src/lib.rs")]
#[case("lessons/02_shmget/tests/shmget.rs")]
#[case("solutions/02_shmget/src/lib.rs")]
#[case("book/src/lessons/02_shmget.md")]
#[case("book/src/figures/02_shmget.html")]
fn a_file_that_is_missing_is_told_in_one_line(#[case] path: &str) {
    let copy = Copy::new();
    fs::remove_file(copy.path(path)).unwrap();
    let said = copy.said("shmget");
    assert!(
        said.len() == 1 && said[0].contains(path.trim_end_matches("/lib.rs").rsplit('/').next().unwrap()),
        "{said:#?}"
    );
}

#[test]
fn a_missing_line_of_the_table_of_contents_is_one_message_and_sync_writes_it() {
    let copy = Copy::new();
    let line = "- [2. Create a segment, or find it](lessons/02_shmget.md)\n";
    let summary = copy.read("book/src/SUMMARY.md");
    copy.edit("book/src/SUMMARY.md", line, "");
    assert_eq!(
        copy.said("shmget"),
        ["book/src/SUMMARY.md: does not list the lessons as they are: cargo kata dev sync"]
    );
    copy.staff(&["sync"]).assert().success().stdout("wrote  book/src/SUMMARY.md\n");
    assert_eq!(copy.read("book/src/SUMMARY.md"), summary);
}

/// Ctrl-C while cargo is at work, which here takes its time.
#[test]
fn an_interrupted_new_leaves_nothing_behind() {
    let copy = Copy::new();
    let slow = copy.path("slow-cargo");
    fs::write(&slow, "#!/bin/sh\nexec sleep 60\n").unwrap();
    fs::set_permissions(&slow, Permissions::from_mode(0o755)).unwrap();
    let before = copy.files();
    let mut new = std::process::Command::new(env!("CARGO_BIN_EXE_staff"))
        .args(["new", "owner", "a segment has an owner"])
        .current_dir(&copy.dir)
        .env("CARGO", &slow)
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    while !copy.read("book/src/teachers.md").contains("7 owner") {
        assert!(Instant::now() < until, "it writes no list");
        thread::sleep(Duration::from_millis(10));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &new.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(new.wait().unwrap().code(), Some(130));
    assert!(copy.files() == before);
}

#[rstest]
#[case::a_manifest("lessons/02_shmget/Cargo.toml", "lessons/02_shmget: has no Cargo.toml, and so it is no lesson")]
#[case::a_solution("solutions/02_shmget", "lessons/02_shmget: there is no solutions/02_shmget")]
#[case::a_lesson("lessons/02_shmget", "solutions/02_shmget: there is no lessons/02_shmget")]
fn a_folder_without_its_other_half_is_told(#[case] path: &str, #[case] told: &str) {
    let copy = Copy::new();
    let path = copy.path(path);
    if path.is_dir() {
        fs::remove_dir_all(path).unwrap()
    } else {
        fs::remove_file(path).unwrap()
    }
    let checked = copy.staff(&["check", "--only", "lessons"]).assert().code(1);
    checked.stdout(contains(told).and(contains("is not number 02").count(usize::from(told.starts_with("solutions")))));
}
