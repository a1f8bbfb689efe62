//! What lesson tests say when they are disappointed: what was asked, what was expected, what was found, where to look.

use std::{
    fmt::{Debug, Display},
    io, thread,
    time::Duration,
};

use libc::c_int;

use crate::{
    errno::{Call, Explanation, explain, name},
    sandbox::Finished,
};

/// An error in full: its name and number, and what they mean from `call`. Whether `call` was made at all is not known:
/// the code under test may have invented the error.
fn describe(call: Call, error: &io::Error) -> String {
    let Some(errno) = error.raw_os_error() else {
        return format!("{error} (an error of kind {:?} that carries no errno)", error.kind());
    };
    let name = name(errno).unwrap_or("an error number");
    match explain(call, errno) {
        Some(Explanation { meaning, look }) => {
            format!("{name} ({errno}), which from {call} means: {meaning}.\n  look:     {look}")
        }
        None => format!("{name} ({errno}), which {call}'s manual page does not name"),
    }
}

/// The value of a call that had to succeed.
pub trait Explain<T> {
    /// The value; `asked` says what was asked for, as the learner would write it: `create(0x929, 1000)`.
    ///
    /// # Panics
    /// On an error, with its number explained for `call`.
    #[track_caller]
    fn explained(self, call: Call, asked: impl Display) -> T;
}

impl<T> Explain<T> for io::Result<T> {
    fn explained(self, call: Call, asked: impl Display) -> T {
        match self {
            Ok(value) => value,
            Err(error) => panic!("{asked} should succeed\n  expected: Ok\n  found:    {}", describe(call, &error)),
        }
    }
}

/// Requires that a call failed with `errno`; `asked` says what was asked for.
///
/// # Panics
/// If it succeeded, or failed otherwise.
#[track_caller]
pub fn refused<T: Debug>(result: io::Result<T>, errno: c_int, call: Call, asked: impl Display) {
    let expected = name(errno).expect("a test expects an errno that this module names");
    let why = explain(call, errno).map(|explanation| format!(": {}", explanation.meaning)).unwrap_or_default();
    match result {
        Err(error) if error.raw_os_error() == Some(errno) => {}
        Err(error) => panic!(
            "{asked} should be refused with {expected} ({errno})\n  expected: {expected}{why}\n  found:    {}\n  \
             look:     io::Error::last_os_error() right after the call keeps what the kernel said",
            describe(call, &error)
        ),
        Ok(value) => {
            panic!(
                "{asked} should be refused with {expected} ({errno})\n  expected: {expected}{why}\n  found:    Ok({value:?})"
            )
        }
    }
}

/// Requires that `found` is what was `expected`; `what` names it, and `look` says where the difference may come from.
///
/// # Panics
/// If it is not.
#[track_caller]
pub fn same<T: PartialEq + Debug>(what: impl Display, expected: T, found: T, look: impl Display) {
    assert!(found == expected, "{what}\n  expected: {expected:?}\n  found:    {found:?}\n  look:     {look}");
}

/// Waits until `condition` holds, five seconds at most. A process that has ended, and that its parent has waited for, may
/// still count in `nattch` for a moment: as long as another process reads its `/proc/PID/maps`, as the x-ray does.
pub fn soon(condition: impl Fn() -> bool) -> bool {
    (0..500).any(|_| {
        condition() || {
            thread::sleep(Duration::from_millis(10));
            false
        }
    })
}

/// Requires that a program ended with exit code 0.
///
/// # Panics
/// If it did not, with what it said on standard error.
#[track_caller]
pub fn succeeded(ended: &Finished) {
    let (name, how, stderr) = (&ended.name, ended.ending(), ended.stderr());
    assert!(
        ended.code() == Some(0),
        "{name}\n  expected: exit code 0\n  found:    {how}, and on standard error: {}",
        stderr.trim_end()
    );
}

/// Requires that a program ended with exit code 0 and printed these lines on standard output, and no other. `ADDRESS`
/// in a line stands for one that nobody can know beforehand: a page's, in hexadecimal.
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
    // Page 0 and those next to it are nobody's: such a number is an id or a key.
    address.is_some_and(|address| address > 0xffff && address % 4096 == 0)
}

/// A line as Rust would write it; of a very long one the beginning.
fn quoted(line: &str) -> String {
    const LENGTH: usize = 200;
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{:?} and {} bytes more", &line[..end], line.len() - end),
        None => format!("{line:?}"),
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

    use super::*;

    fn message(f: impl FnOnce()) -> String {
        *std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).unwrap_err().downcast().unwrap()
    }

    #[test]
    fn a_failure_names_the_call_the_number_and_its_meaning() {
        let text = message(|| Err(io::Error::from_raw_os_error(libc::EEXIST)).explained(Call::Shmget, "create(1, 2)"));
        for part in ["create(1, 2)", "EEXIST (17), which from shmget means: ", "ipcs -m"] {
            assert!(text.contains(part), "{text}");
        }
        let text = message(|| Err(io::Error::from_raw_os_error(libc::EBUSY)).explained(Call::Shmctl, "remove(1)"));
        assert!(text.ends_with("EBUSY (16), which shmctl's manual page does not name"), "{text}");
    }

    fn ended(code: i32, stdout: &str, stderr: &str) -> Finished {
        let (stdout, stderr) = (stdout.into(), stderr.into());
        Finished { name: "writer".into(), pid: 7, status: ExitStatus::from_raw(code << 8), stdout, stderr }
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
        assert_eq!(text, "writer\n  expected: exit code 0\n  found:    exit code 1, and on standard error: writer: no");
    }

    #[test]
    fn a_refusal_is_the_one_expected_or_a_failure() {
        refused::<()>(Err(io::Error::from_raw_os_error(libc::ENOENT)), libc::ENOENT, Call::Shmget, "open(1)");
        let text = message(|| refused(Ok(0), libc::ENOENT, Call::Shmget, "open(1)"));
        assert!(text.contains("ENOENT") && text.contains("Ok(0)"), "{text}");
        let swallowed: io::Result<()> = Err(io::Error::other("shmget failed"));
        let text = message(|| refused(swallowed, libc::ENOENT, Call::Shmget, "open(1)"));
        assert!(text.contains("shmget failed") && text.contains("no errno"), "{text}");
    }
}
