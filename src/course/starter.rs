//! From a solution's source to what the learner gets, and to what the learner may look up.
//!
//! A blank is the region from `// ANCHOR: NAME todo!(..)` to `// ANCHOR_END: NAME`. The starter has its `todo!` in its
//! place; a region named `solution` it leaves out. Other regions are the book's and stay as they are.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::course::source;
use crate::process::child;
use crate::trouble::{self, Trouble, cannot};

/// The Rust files of a `src` folder: their paths within it, and what they hold, which need not be text.
pub type Files = Vec<(PathBuf, Vec<u8>)>;

/// Which reading of a solution is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// With the blanks: what the learner starts from.
    Starter,
    /// Filled in, without the anchor lines.
    Solution,
}

/// The `src` folder below `solution`, read as asked and formatted.
pub fn generate(root: &Path, solution: &Path, reading: Reading) -> Result<Files, Trouble> {
    let mut files = read_files(&solution.join("src"))?;
    if files.is_empty() {
        let what = format!("there is no solution in {}", solution.display());
        return Err(cannot(what, "`git status` shows what is missing, `git restore solutions` brings it back."));
    }
    for (path, bytes) in &mut files {
        let wrong = |wrong: &str| cannot(format!("{}: {wrong}", solution.join("src").join(&*path).display()), "");
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("is not UTF-8"))?;
        let read = match reading {
            Reading::Starter => starter(text).map_err(|error| wrong(&error))?,
            Reading::Solution => without_anchors(text),
        };
        *bytes = formatted(root, read)?;
    }
    Ok(files)
}

/// The Rust files below `folder`, sorted by path, with what is in them; none when there is no such folder.
pub fn read_files(folder: &Path) -> Result<Files, Trouble> {
    let mut files = Vec::new();
    for path in rust_files(folder)? {
        match fs::read(&path) {
            Ok(bytes) => files.push((path.strip_prefix(folder).unwrap_or(&path).to_path_buf(), bytes)),
            // It went between the two looks.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(trouble::file("read", &path, &error)),
        }
    }
    files.sort();
    Ok(files)
}

/// The Rust files below `folder`, in no order. What an editor keeps beside them is nobody's business here: it begins with a
/// dot, as Emacs's lock on a file that is not saved yet, a link to nowhere.
pub fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(|error| trouble::file("read", &next, &error))?,
        };
        let entries = entries.flatten().filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    Ok(files)
}

/// The starter of one file, not yet formatted.
pub fn starter(text: &str) -> Result<String, String> {
    let mut starter = String::new();
    let mut names = BTreeSet::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((name, blank)) = anchor(line) else {
            starter += &format!("{line}\n");
            continue;
        };
        if name != "solution" && !names.insert(name) {
            return Err(format!("two anchors are named `{name}`"));
        }
        if name != "solution" && blank.is_empty() {
            starter += &format!("{line}\n");
            continue;
        }
        let is_todo = blank.starts_with("todo!(") && blank.ends_with(')');
        if !blank.is_empty() && !is_todo {
            return Err(format!("anchor `{name}` carries `{blank}`, which is no todo!(..)"));
        }
        if !lines.by_ref().any(|line| line.trim_start().strip_prefix("// ANCHOR_END: ") == Some(name)) {
            return Err(format!("anchor `{name}` has no end"));
        }
        if !blank.is_empty() {
            let indent = &line[..line.len() - line.trim_start().len()];
            starter += &format!("{indent}{blank}\n");
        }
    }
    Ok(starter)
}

/// The text without its anchor lines.
pub fn without_anchors(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.trim_start().starts_with("// ANCHOR"));
    kept.map(|line| format!("{line}\n")).collect()
}

/// The functions that are blanks in `text`, with the lines (from 1) at which they stand in `learners`.
pub fn blanks(text: &str, learners: &str) -> Vec<(String, usize)> {
    let mut function = None;
    let mut blanks = Vec::new();
    for line in text.lines() {
        function = source::function_name(line).or(function);
        if anchor(line).is_some_and(|(_, blank)| !blank.is_empty())
            && let Some(name) = function
            && let Some(place) = source::line_of_function(learners, name)
        {
            blanks.push((name.to_owned(), place));
        }
    }
    blanks
}

/// The name and the `todo!` (empty when there is none) of a line that opens an anchor.
fn anchor(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix("// ANCHOR: ")?.trim_end();
    Some(rest.split_once(' ').unwrap_or((rest, "")))
}

/// `text` as rustfmt prints it with the kata's settings. Without rustfmt on this machine it stays as it is: the
/// learner loses some indentation, and no more.
pub fn formatted(root: &Path, text: String) -> Result<Vec<u8>, Trouble> {
    let mut rustfmt = Command::new("rustfmt");
    // Its settings are those of the folder it runs in.
    rustfmt.args(["--edition", "2024"]).current_dir(root);
    match child::run(&mut rustfmt, text.as_bytes(), Duration::from_secs(60)) {
        Ok(finished) if finished.succeeded() => Ok(finished.stdout),
        Ok(finished) => Err(cannot(format!("rustfmt refuses it:\n{}", String::from_utf8_lossy(&finished.stderr)), "")),
        Err(child::Stopped::NotStarted(_)) => Ok(text.into_bytes()),
        Err(stopped) => Err(trouble::program("rustfmt", "", stopped)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const SOLUTION: &str = "\
use std::io;
// ANCHOR: solution
use libc::IPC_EXCL;
// ANCHOR_END: solution

// ANCHOR: book
/// Creates.
pub fn create(key: i32) -> io::Result<()> {
    // ANCHOR: create todo!(\"ask for {key}\")
    let flags = IPC_EXCL;
    // ANCHOR_END: create
}
// ANCHOR_END: book
";

    #[test]
    fn an_editors_files_are_not_the_learners() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("lib.rs"), "mine").unwrap();
        fs::write(dir.path().join(".saved.rs"), "an editor's").unwrap();
        std::os::unix::fs::symlink("ada@here.4711:1700000000", dir.path().join(".#lib.rs")).unwrap();
        assert_eq!(read_files(dir.path()).unwrap(), [("lib.rs".into(), b"mine".into())]);
    }

    #[test]
    fn a_starter_has_todos_in_the_place_of_blanks() {
        let expected = "\
use std::io;

// ANCHOR: book
/// Creates.
pub fn create(key: i32) -> io::Result<()> {
    todo!(\"ask for {key}\")
}
// ANCHOR_END: book
";
        assert_eq!(starter(SOLUTION).as_deref(), Ok(expected));
    }

    #[test]
    fn a_solution_loses_its_anchor_lines_and_nothing_else() {
        let plain = without_anchors(SOLUTION);
        assert!(!plain.contains("ANCHOR"));
        assert_eq!(plain.lines().count(), SOLUTION.lines().count() - 6);
    }

    #[test]
    fn blanks_are_found_where_the_learner_has_them() {
        assert_eq!(blanks(SOLUTION, "\n\npub fn create(key: i32) {"), [("create".to_owned(), 3)]);
        assert_eq!(blanks(SOLUTION, "pub fn made(key: i32) {"), []);
    }

    #[rstest]
    #[case::no_end("// ANCHOR: a todo!()\n", "anchor `a` has no end")]
    #[case::other_end("// ANCHOR: a todo!()\n// ANCHOR_END: b\n", "anchor `a` has no end")]
    #[case::open_solution("// ANCHOR: solution\n", "anchor `solution` has no end")]
    #[case::not_a_todo(
        "// ANCHOR: a panic!()\n// ANCHOR_END: a\n",
        "anchor `a` carries `panic!()`, which is no todo!(..)"
    )]
    #[case::half_a_todo(
        "// ANCHOR: a todo!(\n// ANCHOR_END: a\n",
        "anchor `a` carries `todo!(`, which is no todo!(..)"
    )]
    #[case::twice("// ANCHOR: a\n// ANCHOR: a\n", "two anchors are named `a`")]
    fn what_cannot_be_read_is_an_error(#[case] text: &str, #[case] wrong: &str) {
        assert_eq!(starter(text), Err(wrong.to_owned()));
    }
}
