//! What lesson tests say when they are disappointed: what was asked, what was expected, what was found, where to look.

use std::{
    fmt::{Debug, Display},
    io,
};

use libc::c_int;

use crate::errno::{Call, Explanation, explain, name};

/// An error in full: its name, number and text, and what it means from `call`.
fn describe(call: Call, error: &io::Error) -> String {
    let Some(errno) = error.raw_os_error() else {
        return format!("{error} (an error of kind {:?} that carries no errno)", error.kind());
    };
    let name = name(errno).unwrap_or("an error number");
    let mut text = format!("{name} ({errno}) from {call}");
    if let Some(Explanation { meaning, look }) = explain(call, errno) {
        text += &format!(": {meaning}.\n  look:     {look}");
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    fn message(f: impl FnOnce()) -> String {
        *std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).unwrap_err().downcast().unwrap()
    }

    #[test]
    fn a_failure_names_the_call_the_number_and_its_meaning() {
        let text = message(|| Err(io::Error::from_raw_os_error(libc::EEXIST)).explained(Call::Shmget, "create(1, 2)"));
        for part in ["create(1, 2)", "EEXIST (17) from shmget", "ipcs -m"] {
            assert!(text.contains(part), "{text}");
        }
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
