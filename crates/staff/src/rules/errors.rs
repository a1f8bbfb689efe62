//! Each error that a function's documentation names under `# Errors` is provoked by a test, or there is a reason why no
//! test provokes it. The files of tests say both, where the learner's file need not:
//!
//! ```text
//! // errors: create EEXIST EINVAL, open ENOENT             above a test: which errors of which functions it provokes
//! // errors: find NotFound: not shown, because REASON      anywhere
//! ```

use std::collections::BTreeMap;
use std::fs;

use crate::findings::Findings;
use shm_kata::course::lesson_tests::{LessonTest, tests};
use shm_kata::course::source::function_name;
use shm_kata::course::starter::rust_files;
use shm_kata::course::{Course, Lesson};

/// A function, and the name of an errno or of an [`io::ErrorKind`](std::io::ErrorKind).
type Named = (String, String);

const NOT_SHOWN: &str = ": not shown, because ";

/// `files` are those of the lesson's tests: their places, and their texts. A solution or tests that are missing are told
/// elsewhere.
pub fn check(course: &Course, lesson: &Lesson, files: &[(String, String)], findings: &mut Findings) {
    let mut documented: BTreeMap<Named, String> = BTreeMap::new();
    let sources = rust_files(&course.solution(lesson).join("src")).unwrap_or_default();
    if sources.is_empty() || files.is_empty() {
        return;
    }
    for path in sources {
        let place = path.strip_prefix(&course.root).unwrap_or(&path).display().to_string();
        let text = fs::read_to_string(&path).unwrap_or_default();
        documented.extend(promised(&text).into_iter().map(|(line, named)| (named, format!("{place}:{line}"))));
    }
    let mut claimed = BTreeMap::new();
    for (place, text) in files {
        let tests = tests(text);
        for (line, number) in text.lines().zip(1..) {
            let Some(said) = line.trim().strip_prefix("// errors: ") else { continue };
            let at = format!("{place}:{number}");
            let (list, why) = said.split_once(NOT_SHOWN).map_or((said, None), |(list, why)| (list, Some(why)));
            let above = tests.iter().find(|test| test.says("errors").iter().any(|(line, _)| *line == number));
            let named = list_of(list);
            if named.is_empty() || why.is_some_and(|why| why.trim().is_empty()) {
                findings.problem(at, format!("`{said}` is not `FUNCTION ERROR ..., FUNCTION ERROR ...`"));
                continue;
            }
            for (function, error) in named {
                match (why, above) {
                    (None, None) => findings.problem(&at, format!("{NO_TEST}`{NOT_SHOWN}REASON`")),
                    (None, Some(test)) if !provokes(test, files, &function, &error) => {
                        let what =
                            format!("{} has not the words {function} and {error}, nor has what it calls", test.name);
                        findings.problem(&at, what);
                    }
                    _ => {}
                }
                claimed.entry((function, error)).or_insert(at.clone());
            }
        }
    }
    for ((function, error), at) in &documented {
        if claimed.contains_key(&(function.clone(), error.clone())) {
            findings.count("documented errors have a test, or a reason");
        } else {
            let how = format!("`// errors: {function} {error}` above a test, or with `{NOT_SHOWN}REASON` anywhere");
            findings.problem(at, format!("no test says that it provokes {error} of {function}: {how}"));
        }
    }
    for ((function, error), at) in claimed.iter().filter(|(named, _)| !documented.contains_key(named)) {
        findings.problem(at, format!("{function} does not name {error} under `# Errors`"));
    }
}

const NO_TEST: &str = "no test follows, and there is no ";

/// `create EEXIST EINVAL, open ENOENT` as pairs.
fn list_of(list: &str) -> Vec<Named> {
    let pairs = list.split(", ").flat_map(|part| {
        let mut words = part.split_whitespace();
        let function = words.next().unwrap_or_default();
        words.map(move |error| (function.to_owned(), error.to_owned()))
    });
    pairs.collect()
}

/// Whether the words stand in the test, or in functions of the tests that it calls, directly or through others.
fn provokes(test: &LessonTest, files: &[(String, String)], function: &str, error: &str) -> bool {
    let lines = test.code.iter().filter(|line| !line.trim().starts_with("//"));
    let mut code: String = lines.map(|line| format!("{line}\n")).collect();
    let mut others: Vec<_> = files.iter().flat_map(|(_, text)| functions(text)).collect();
    while let Some(at) = others.iter().position(|(name, _)| calls(&code, name)) {
        code += &others.swap_remove(at).1;
    }
    has_word(&code, function) && has_word(&code, error)
}

/// The functions of a file, at any depth: their names, and their lines up to the next function, without comments.
fn functions(text: &str) -> Vec<(&str, String)> {
    let mut functions: Vec<(&str, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().starts_with("//")) {
        if let Some(name) = function_name(line) {
            functions.push((name, String::new()));
        }
        if let Some((_, body)) = functions.last_mut() {
            *body += line;
            *body += "\n";
        }
    }
    functions
}

fn calls(code: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| !code[..at].ends_with(part) && code[at + name.len()..].starts_with('('))
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

/// The errors that public functions promise in their documentation, with the lines of the functions.
fn promised(text: &str) -> Vec<(usize, Named)> {
    let mut promised = Vec::new();
    let mut documentation = Vec::new();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if let Some(said) = line.strip_prefix("///") {
            documentation.push(said.trim());
        } else if !line.starts_with("#[") {
            if let Some(name) = function_name(line).filter(|_| line.starts_with("pub ")) {
                let errors = documentation.iter().skip_while(|line| **line != "# Errors").skip(1);
                let errors: Vec<_> = errors.take_while(|line| !line.starts_with("# ")).copied().collect();
                let errors = errors.join(" ");
                let quoted = errors.split('`').skip(1).step_by(2).filter(|word| is_errno(word) || is_kind(word));
                promised.extend(quoted.map(|error| (number, (name.to_owned(), error.to_owned()))));
            }
            documentation.clear();
        }
    }
    promised
}

fn is_errno(word: &str) -> bool {
    word.len() > 3 && word.starts_with('E') && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

fn is_kind(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests_of_it {
    use super::*;

    fn named(list: &[(&str, &str)]) -> Vec<Named> {
        list.iter().map(|(function, error)| ((*function).to_owned(), (*error).to_owned())).collect()
    }

    #[test]
    fn errnos_and_kinds_under_errors_are_promises() {
        let text = "\
/// Finds `EPERM`, which is no promise here.
///
/// # Errors
///
/// - `ENOENT`: no segment has this `key`; under `IPC_PRIVATE` that is `EINVAL`.
/// - [`InvalidInput`](io::ErrorKind::InvalidInput) if
///   [`SIZE`] is not right.
///
/// # Safety
///
/// Not after an `EFAULT`.
#[must_use]
pub unsafe fn open(key: key_t) -> io::Result<ShmId> {
}

/// # Errors
/// `EACCES`.
fn private() {}

impl Segment {
    /// # Errors
    /// `EIDRM`.
    pub fn attach(&self) {}
}
";
        let (lines, found): (Vec<_>, Vec<_>) = promised(text).into_iter().unzip();
        let expected = [("open", "ENOENT"), ("open", "EINVAL"), ("open", "InvalidInput"), ("attach", "EIDRM")];
        assert_eq!(found, named(&expected));
        assert_eq!(lines, [13, 13, 13, 23]);
    }

    #[test]
    fn a_list_names_functions_and_their_errors() {
        let expected = [("create", "EEXIST"), ("create", "EINVAL"), ("open", "ENOENT")];
        assert_eq!(list_of("create EEXIST EINVAL, open ENOENT"), named(&expected));
        assert_eq!(list_of("create"), []);
    }

    #[test]
    fn a_test_provokes_what_it_names_or_what_names_a_function_that_it_calls() {
        let text = "\
/// Why.
#[test]
fn one() {
    refuse(&target);
}

fn refuse(target: &Target) {
    matches!(write_message(), ErrorKind::InvalidInput)
}

/// Not `EACCES`, which a comment names.
fn other() {
    libc::EPERM
}
";
        assert!(calls("target.refuse(1)", "refuse") && !calls("refused(1), refuse", "refuse"));
        let files = [("tests/a.rs".to_owned(), text.to_owned())];
        let one = &tests(text)[0];
        assert!(provokes(one, &files, "write_message", "InvalidInput"));
        assert!(!provokes(one, &files, "write_message", "EPERM"));
        assert!(!provokes(one, &files, "write_message", "EACCES"));
        assert!(!provokes(one, &files, "write", "InvalidInput"));
    }
}
