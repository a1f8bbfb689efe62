//! What a test says of a program that has ended.

use super::values::quoted;
use crate::sandbox::Finished;

/// Requires that a program ended with exit code 0.
///
/// # Panics
/// If it did not, with what it said on standard error.
#[track_caller]
pub fn succeeded(ended: &Finished) {
    if ended.code() == Some(0) {
        return;
    }
    let look = match (&ended.crash, ended.code()) {
        (Some(_), _) => String::new(),
        (None, Some(1)) => looking(&after_what(ended)),
        (None, Some(101)) => looking("it panicked: the place and the reason are below"),
        _ => String::new(),
    };
    panic!("{} should come to its end\n  expected: exit code 0\n  found:    {}{look}", ended.name, how(ended));
}

/// Requires that a program ended with exit code 1, and said why: after its name, and with these words, on standard
/// error. The message says `why` it has to fail.
///
/// # Panics
/// If it did not.
#[track_caller]
pub fn fails(ended: &Finished, words: &[&str], why: &str) {
    let Finished { name, crash, .. } = ended;
    if ended.code() != Some(1) {
        let look = match (crash, ended.code()) {
            (None, Some(0)) => {
                looking("`run` has to return an error: the given program::start prints it and ends with 1")
            }
            (None, Some(101)) => looking("it panicked; `run` has to return an Err instead"),
            _ => String::new(),
        };
        let expected = "exit code 1, and the reason on standard error";
        panic!("{name} should fail: {why}\n  expected: {expected}\n  found:    {}{look}", how(ended));
    }
    let stderr = ended.stderr();
    let start = format!("{name}: ");
    if let Some(word) = [start.as_str()].iter().chain(words).find(|word| !stderr.contains(**word)) {
        let found = if stderr.is_empty() { "nothing".to_owned() } else { quoted(stderr.trim_end()) };
        let look = looking("return the error as it came to `run`: the given program::start prints it");
        panic!(
            "{name} should say why it fails\n  expected: on standard error something like {word:?}\n  found:    {found}{look}"
        );
    }
}

/// How a program ended, and what it said on standard error or that it said nothing.
fn how(ended: &Finished) -> String {
    if let Some(crash) = &ended.crash {
        return crash.clone();
    }
    match ended.stderr().trim_end() {
        "" => format!("{}, and nothing on standard error", ended.ending()),
        said => format!("{}, and on standard error {}", ended.ending(), quoted(said)),
    }
}

fn looking(advice: &str) -> String {
    format!("\n  look:     {advice}")
}

/// Which of its calls failed, as far as its words tell: the one after the last line that it printed. `EACCES` of shmget
/// and of shmat read alike.
fn after_what(ended: &Finished) -> String {
    let stdout = ended.stdout();
    let mut advice = match stdout.lines().next_back() {
        Some(line) => format!("what comes after its last line on standard output, {}?", quoted(line)),
        None => "it printed nothing: what does `run` do first?".to_owned(),
    };
    let stderr = ended.stderr();
    let number = stderr.split_once("(os error ").and_then(|(_, rest)| rest.split_once(')')?.0.parse().ok());
    advice += match number {
        Some(libc::EACCES) => {
            " shmget says EACCES (13) when its flags ask for more than the segment's mode grants, and shmat when the \
             access does"
        }
        Some(libc::EEXIST) => " shmget says EEXIST (17) when a segment has the key, and IPC_EXCL asks for a new one",
        Some(libc::EINVAL) => {
            " EINVAL (22) is a wrong size from shmget, a wrong id from shmat and shmctl, a wrong address from shmdt"
        }
        _ => "",
    };
    advice
}

/// Requires that a program ended with exit code 0 and printed these lines on standard output, and no other. `ADDRESS`
/// in a line is a placeholder for an address that no test can know beforehand: a page's, in hexadecimal.
///
/// # Panics
/// If it did not, with the first line that differs.
#[track_caller]
pub fn prints(ended: &Finished, expected: &str) {
    succeeded(ended);
    let stdout = ended.stdout();
    let mut found = stdout.split_inclusive('\n');
    let mut expected = expected.split_inclusive('\n');
    for number in 1.. {
        let (expected, found) = match (expected.next(), found.next()) {
            (None, None) => return,
            (Some(expected), Some(found)) if same_line(expected, found) => continue,
            lines => lines,
        };
        let shown = |line: Option<&str>| line.map_or("no such line".to_owned(), quoted);
        let mut look = String::new();
        if expected.is_some_and(|line| line.contains(ADDRESS)) {
            look += "\n  look:     ADDRESS stands for a page's address in hexadecimal, such as 0x7f76b4292000";
        }
        if !ended.stderr.is_empty() {
            look += "\n  look:     what is marked (stderr) below went to the other stream: println!, not eprintln!";
        }
        let (expected, found) = (shown(expected), shown(found));
        panic!("{}, line {number} on standard output\n  expected: {expected}\n  found:    {found}{look}", ended.name);
    }
}

const ADDRESS: &str = "ADDRESS";

/// Whether `found` is the line `expected`, with the address of a page in place of [`ADDRESS`].
fn same_line(expected: &str, found: &str) -> bool {
    let Some((before, after)) = expected.split_once(ADDRESS) else { return found == expected };
    let address = found.strip_prefix(before).and_then(|found| found.strip_suffix(after));
    let address = address.and_then(|address| usize::from_str_radix(address.strip_prefix("0x")?, 16).ok());
    // No process has page 0 or its neighbours mapped, so such a number is an id or a key.
    address.is_some_and(|address| address > 0xffff && address % 4096 == 0)
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

    use super::{super::message, *};

    fn ended(code: i32, stdout: &str, stderr: &str) -> Finished {
        let (stdout, stderr) = (stdout.into(), stderr.into());
        let status = ExitStatus::from_raw(code << 8);
        Finished { name: "writer".into(), pid: 7, status, stdout, stderr, crash: None }
    }

    #[test]
    fn the_first_line_that_differs_is_shown() {
        let expected = "Key 5\nat ADDRESS!\nYou wrote: a\n";
        let right = "Key 5\nat 0x7f76b4292000!\nYou wrote: a\n";
        prints(&ended(0, right, "what it says there is its own affair"), expected);
        let differs = |stdout: &str| message(|| prints(&ended(0, stdout, ""), expected));
        for (found, line, wanted, shown) in [
            ("Key 6\nat nothing\n", 1, r#""Key 5\n""#, r#""Key 6\n""#),
            ("Key 5\nat 0x7!\n", 2, r#""at ADDRESS!\n""#, r#""at 0x7!\n""#),
            ("Key 5\nat 0x7f76b4292010!\n", 2, r#""at ADDRESS!\n""#, r#""at 0x7f76b4292010!\n""#),
            ("Key 5\nat 140147000000000!\n", 2, r#""at ADDRESS!\n""#, r#""at 140147000000000!\n""#),
            ("Key 5\nat 0x7f76b4292000!\n", 3, r#""You wrote: a\n""#, "no such line"),
            (right.trim_end(), 3, r#""You wrote: a\n""#, r#""You wrote: a""#),
            (&format!("{right}more"), 4, "no such line", r#""more""#),
        ] {
            let text = differs(found);
            let start = format!("writer, line {line} on standard output\n  expected: {wanted}\n  found:    {shown}");
            assert!(text.starts_with(&start), "{text}");
            assert_eq!(text.contains("look:     ADDRESS"), line == 2, "{text}");
            assert!(!text.contains("(stderr)"), "{text}");
        }
        let text = message(|| prints(&ended(0, "", "Key 5\n"), expected));
        assert!(text.contains("line 1 ") && text.contains("(stderr)"), "{text}");
        let text = differs(&"x".repeat(1000));
        assert!(text.contains("800 bytes more") && text.len() < 400, "{text}");
    }

    #[test]
    fn a_program_that_fails_says_why_itself() {
        let text = message(|| prints(&ended(1, "", "writer: no\n"), "Key 5\n"));
        assert!(
            text.contains("exit code 1, and on standard error \"writer: no\"\n  look:     it printed nothing"),
            "{text}"
        );
        let refused = ended(1, "Key 5\nAttached\n", "writer: Permission denied (os error 13)\n");
        let text = message(|| succeeded(&refused));
        assert!(text.contains("\"Attached\"?") && text.contains("EACCES (13)"), "{text}");
    }

    #[test]
    fn a_program_that_says_nothing_is_said_to_say_nothing() {
        let text = message(|| fails(&ended(0, "Key 5\n", ""), &[], "no line"));
        assert!(
            text.contains("found:    exit code 0, and nothing on standard error\n  look:     `run` has to"),
            "{text}"
        );
        let text = message(|| fails(&ended(1, "", ""), &[], "no line"));
        assert!(text.contains("something like \"writer: \"") && text.contains("found:    nothing"), "{text}");
        let text = message(|| fails(&ended(1, "", "writer: other\n"), &["no segment"], "no line"));
        assert!(text.contains("\"no segment\"") && text.contains("\"writer: other\""), "{text}");
        fails(&ended(1, "", "writer: no segment has key 5\n"), &["no segment"], "no line");
    }

    #[test]
    fn a_crash_is_told_by_its_cause() {
        let crash = Some("SIGSEGV (11) at address 0x0, a null pointer".to_owned());
        let crashed = Finished { crash, status: ExitStatus::from_raw(libc::SIGSEGV), ..ended(0, "", "") };
        for text in [message(|| succeeded(&crashed)), message(|| fails(&crashed, &[], "no line"))] {
            assert!(text.ends_with("found:    SIGSEGV (11) at address 0x0, a null pointer"), "{text}");
        }
    }
}
