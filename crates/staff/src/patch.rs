//! The lines in which a mistake differs from its solution, as a unified diff without line numbers.
//!
//! ```diff
//! @@ fn create @@
//!      match unsafe { libc::shmget(key, size, FLAGS) } {
//! -        -1 => Err(io::Error::last_os_error()),
//! +        -1 => Err(io::Error::other("shmget failed")),
//! ```
//!
//! The head of a hunk names the item that the lines are in: `@@ fn create @@` (a free function, or a method if one impl
//! alone has it), `@@ impl Drop for Attached @@`, `@@ const MODE @@`, `@@ struct Stat @@`. `@@` alone means the whole file,
//! for imports and new items. An item's documentation and attributes belong to it. The old lines (context and removed)
//! must follow one another there, exactly once.
//!
//! The file is `src/lib.rs` unless a line such as `--- src/program.rs` before the hunks names another. Anchors of the
//! solution are left out, so no diff mentions them.

use std::ops::Range;
use std::path::{Path, PathBuf};

use shm_kata::course::source::items;
use shm_kata::course::starter::{Files, without_anchors};
use walkthrough::sections::Fault;

/// One hunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file, from `src`.
    pub file: PathBuf,
    /// The item that holds the lines, such as `fn create`; none for the whole file.
    pub item: Option<String>,
    /// The line of its head.
    line: usize,
    old: Vec<String>,
    new: Vec<String>,
}

/// Reads a diff whose first line is number `first` of its file.
pub fn read(diff: &[&str], first: usize) -> Result<Vec<Edit>, Fault> {
    let mut edits = Vec::<Edit>::new();
    let mut file = PathBuf::from("lib.rs");
    for (line, number) in diff.iter().zip(first..) {
        if let Some(path) = line.strip_prefix("--- ") {
            let inner = path.strip_prefix("src/").filter(|path| path.ends_with(".rs"));
            file =
                inner.ok_or_else(|| Fault::new(number, format!("`{path}` is no file such as src/program.rs")))?.into();
        } else if line.starts_with("+++") {
            return Err(Fault::new(number, "one line names the file, `--- src/program.rs`; leave `+++` out"));
        } else if line.starts_with("@@") {
            edits.push(Edit { file: file.clone(), item: head(line, number)?, line: number, old: vec![], new: vec![] });
        } else {
            let Some(edit) = edits.last_mut() else {
                return Err(Fault::new(number, "a diff begins with the function to change, as in `@@ fn create @@`"));
            };
            // Editors take the space of an empty context line away.
            let (sign, code) = if line.is_empty() { (" ", "") } else { line.split_at_checked(1).unwrap_or(("", "")) };
            match sign {
                " " => [&mut edit.old, &mut edit.new].iter_mut().for_each(|lines| lines.push(code.to_owned())),
                "-" => edit.old.push(code.to_owned()),
                "+" => edit.new.push(code.to_owned()),
                _ => return Err(Fault::new(number, "a line of a diff begins with a space, `-`, `+` or `@@`")),
            }
        }
    }
    match edits.iter().find(|edit| edit.old == edit.new || edit.old.iter().all(String::is_empty)) {
        Some(Edit { line, old, new, .. }) if old == new => Err(Fault::new(*line, "this hunk changes nothing")),
        Some(Edit { line, .. }) => Err(Fault::new(*line, "this hunk has no line of the solution: add one as context")),
        None if edits.is_empty() => Err(Fault::new(first, "this diff changes nothing")),
        None => Ok(edits),
    }
}

/// The item in `@@ fn create @@`; none in `@@`.
fn head(line: &str, number: usize) -> Result<Option<String>, Fault> {
    if line.trim_end() == "@@" {
        return Ok(None);
    }
    let item = line.trim_end().strip_prefix("@@ ").and_then(|rest| rest.strip_suffix(" @@")).map(str::trim);
    match item.filter(|item| !item.is_empty() && !item.starts_with('-')) {
        Some(item) => Ok(Some(item.to_owned())),
        None => Err(Fault::new(
            number,
            format!(
                "`{line}` names no item: write `@@ fn create @@`, without line numbers, or `@@` for the whole file"
            ),
        )),
    }
}

/// Makes the edits in the files of a solution.
///
/// # Errors
/// If an edit's file or item is not there, or its old lines are not found there exactly once, or two edits overlap.
pub fn apply(files: &mut Files, edits: &[Edit]) -> Result<(), Fault> {
    for (index, first) in edits.iter().enumerate() {
        if edits[..index].iter().any(|edit| edit.file == first.file) {
            continue;
        }
        let found = files.iter_mut().find(|(path, _)| *path == first.file);
        let Some((path, bytes)) = found else {
            return Err(Fault::new(first.line, format!("the solution has no src/{}", first.file.display())));
        };
        let edits: Vec<_> = edits.iter().filter(|edit| edit.file == *path).collect();
        *bytes = edited(path, &String::from_utf8_lossy(bytes), &edits)?.into_bytes();
    }
    Ok(())
}

/// One file with all of its edits.
fn edited(path: &Path, text: &str, edits: &[&Edit]) -> Result<String, Fault> {
    let text = without_anchors(text);
    let lines: Vec<_> = text.lines().collect();
    let mut places = Vec::new();
    for edit in edits {
        let place =
            place(&lines, edit).map_err(|what| Fault::new(edit.line, format!("src/{}: {what}", path.display())))?;
        places.push((place, *edit));
    }
    places.sort_by_key(|(place, _)| place.start);
    if let Some(pair) = places.windows(2).find(|pair| pair[0].0.end > pair[1].0.start) {
        let what = format!("this hunk and the one at line {} hold the same line: make them one", pair[0].1.line);
        return Err(Fault::new(pair[1].1.line, what));
    }
    let mut edited = String::new();
    let mut done = 0;
    for (place, edit) in places {
        let kept = lines[done..place.start].iter().copied();
        kept.chain(edit.new.iter().map(String::as_str)).for_each(|line| edited += &format!("{line}\n"));
        done = place.end;
    }
    lines[done..].iter().for_each(|line| edited += &format!("{line}\n"));
    Ok(edited)
}

/// Where the old lines of an edit are.
fn place(lines: &[&str], edit: &Edit) -> Result<Range<usize>, String> {
    let (within, called) = match &edit.item {
        None => (0..lines.len(), "the file".to_owned()),
        Some(item) => {
            let named = named(lines);
            let mut found = named.iter().filter(|(what, _)| what == item);
            match (found.next(), found.count()) {
                (Some((_, place)), 0) => (place.clone(), format!("`{item}`")),
                (Some(_), _) => {
                    let example = "`@@ impl Drop for Attached @@`";
                    return Err(format!("`{item}` is there more than once: name the impl around it, as in {example}"));
                }
                (None, _) => {
                    let there: Vec<_> = named.iter().filter(|(what, _)| !what.starts_with("use ")).collect();
                    let there: Vec<_> = there.iter().map(|(what, _)| what.as_str()).collect();
                    return Err(format!("there is no `{item}`; there are: {}", there.join(", ")));
                }
            }
        }
    };
    let scope = &lines[within.clone()];
    let mut found = (0..scope.len())
        .filter(|at| scope[*at..].iter().zip(&edit.old).filter(|(a, b)| a == b).count() == edit.old.len());
    match (found.next(), found.count()) {
        (Some(at), 0) => Ok(within.start + at..within.start + at + edit.old.len()),
        (Some(_), more) => Err(format!("{called} has these lines {} times: add lines around them", more + 1)),
        (None, _) => match edit.old.iter().find(|old| !scope.contains(&old.as_str())) {
            Some(old) => Err(format!("{called} has no line `{}`", old.trim())),
            None => Err(format!("{called} has these lines, but not one after another")),
        },
    }
}

/// The items of a file by what they are, those within an impl, a trait or a module included, each with the lines of its
/// documentation, attributes and body.
fn named(lines: &[&str]) -> Vec<(String, Range<usize>)> {
    let mut named = Vec::new();
    for item in items(lines) {
        let holds_items = ["impl", "trait ", "mod "].iter().any(|kind| item.what.starts_with(kind));
        let opened = item.body.clone().find(|line| lines[*line].ends_with('{'));
        if let Some(start) = opened.filter(|_| holds_items).map(|line| line + 1) {
            let inside = lines[start..item.body.end - 1].iter().map(|line| line.strip_prefix("    ").unwrap_or(line));
            let inside = self::named(&inside.collect::<Vec<_>>());
            named.extend(inside.into_iter().map(|(what, place)| (what, start + place.start..start + place.end)));
        }
        named.push((item.what, item.lead.start..item.body.end));
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const LIB: &str = "\
//! The lesson.

use std::io;

// ANCHOR: solution
const MODE: i32 = 0o600;
// ANCHOR_END: solution

/// Creates.
pub fn create(key: i32) -> io::Result<()> {
    // ANCHOR: create todo!(\"{key}\")
    let mode = MODE;
    right(key)
    // ANCHOR_END: create
}

pub fn open(key: i32) -> io::Result<()> {
    right(key)?;
    right(key)
}

impl Attached {
    /// Where it is.
    pub fn base(&self) -> usize {
        self.0
    }

    fn drop(self) {}
}

impl Drop for Attached {
    fn drop(&mut self) {
        detach(self.0)
    }
}
";

    fn files() -> Files {
        vec![("lib.rs".into(), LIB.into()), ("program.rs".into(), "pub const SIZE: usize = 1024;\n".into())]
    }

    /// What the diff makes of the files, or its fault.
    fn patched(diff: &str) -> Result<Vec<String>, Fault> {
        let mut files = files();
        apply(&mut files, &read(&diff.lines().collect::<Vec<_>>(), 11)?)?;
        Ok(files.into_iter().map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect())
    }

    #[rstest]
    #[case::a_function(
        "@@ fn create @@\n     let mode = MODE;\n-    right(key)\n+    wrong(key)\n",
        "MODE;\n    right",
        "MODE;\n    wrong"
    )]
    #[case::over_an_anchor(
        "@@ fn create @@\n-pub fn create(key: i32) -> io::Result<()> {\n-    let mode = MODE;\n+fn create(_: i32) {\n",
        "pub fn create(key: i32) -> io::Result<()> {\n    let mode = MODE;\n",
        "fn create(_: i32) {\n"
    )]
    #[case::documentation(
        "@@ fn create @@\n /// Creates.\n+#[inline]\n",
        "/// Creates.\n",
        "/// Creates.\n#[inline]\n"
    )]
    #[case::a_constant("@@ const MODE @@\n-const MODE: i32 = 0o600;\n+const MODE: i32 = 0o666;\n", "0o600", "0o666")]
    #[case::a_method(
        "@@ fn base @@\n-        self.0\n+        self.0 + 1\n",
        "        self.0\n",
        "        self.0 + 1\n"
    )]
    #[case::an_impl(
        "@@ impl Drop for Attached @@\n     fn drop(&mut self) {\n-        detach(self.0)\n",
        "        detach(self.0)\n",
        ""
    )]
    #[case::the_file("@@\n use std::io;\n+use std::mem;\n\n", "use std::io;\n", "use std::io;\nuse std::mem;\n")]
    #[case::two_hunks("@@ fn open @@\n-    right(key)?;\n@@\n-use std::io;\n", "use std::io;\n", "")]
    fn lines_are_replaced(#[case] diff: &str, #[case] old: &str, #[case] new: &str) {
        let found = patched(diff).unwrap();
        let expected = without_anchors(LIB).replacen(old, new, 1);
        let expected = if diff.contains("fn open") { expected.replace("    right(key)?;\n", "") } else { expected };
        assert_eq!(found[0], expected);
    }

    #[test]
    fn another_file_is_named_before_its_hunks() {
        let diff = "@@ const MODE @@\n-const MODE: i32 = 0o600;\n+const MODE: i32 = 0;\n--- src/program.rs\n@@ const SIZE @@\n-pub const SIZE: usize = 1024;\n+pub const SIZE: usize = 1;\n";
        let found = patched(diff).unwrap();
        assert!(found[0].contains("MODE: i32 = 0;"), "{found:?}");
        assert_eq!(found[1], "pub const SIZE: usize = 1;\n");
    }

    #[rstest]
    #[case::no_hunk("", 11, "this diff changes nothing")]
    #[case::no_head("-    right(key)\n", 11, "a diff begins with the function to change, as in `@@ fn create @@`")]
    #[case::line_numbers("@@ -1,2 +1,2 @@ fn create\n-x\n", 11, "`@@ -1,2 +1,2 @@ fn create` names no item")]
    #[case::half_a_head("@@ fn create\n-x\n", 11, "`@@ fn create` names no item")]
    #[case::no_sign("@@ fn create @@\nright(key)\n", 12, "begins with a space, `-`, `+` or `@@`")]
    #[case::no_change("@@ fn create @@\n     right(key)\n", 11, "this hunk changes nothing")]
    #[case::no_context("@@ fn create @@\n+    wrong(key)\n", 11, "no line of the solution: add one as context")]
    #[case::a_second_file_line("--- src/program.rs\n+++ src/program.rs\n", 12, "leave `+++` out")]
    #[case::a_file_outside("--- a/lib.rs\n", 11, "`a/lib.rs` is no file such as src/program.rs")]
    #[case::a_missing_file("--- src/gone.rs\n@@\n-x\n", 12, "the solution has no src/gone.rs")]
    #[case::no_item(
        "@@ fn close @@\n-x\n",
        11,
        "src/lib.rs: there is no `fn close`; there are: const MODE, fn create, fn open, fn base, "
    )]
    #[case::two_items(
        "@@ fn drop @@\n-x\n",
        11,
        "src/lib.rs: `fn drop` is there more than once: name the impl around it"
    )]
    #[case::another_function(
        "@@ fn open @@\n-    let mode = MODE;\n",
        11,
        "src/lib.rs: `fn open` has no line `let mode = MODE;`"
    )]
    #[case::another_order("@@ fn create @@\n-    right(key)\n-    let mode = MODE;\n", 11, "but not one after another")]
    #[case::twice("@@\n-    right(key)\n", 11, "src/lib.rs: the file has these lines 2 times: add lines around them")]
    #[case::overlapping(
        "@@ fn create @@\n     let mode = MODE;\n-    right(key)\n@@ fn create @@\n-    let mode = MODE;\n",
        14,
        "the one at line 11 hold the same line: make them one"
    )]
    fn a_diff_that_does_not_fit_says_why(#[case] diff: &str, #[case] line: usize, #[case] what: &str) {
        let fault = patched(diff).unwrap_err();
        assert!(fault.line == line && fault.what.contains(what), "{fault:?}");
    }
}
