//! What a test says of a call that succeeded or failed against its expectation.

use std::{
    fmt::{Debug, Display},
    io,
};

use libc::c_int;

use crate::errno::{Call, Found, look, meaning, name};

/// An error: its name and number, and what they mean if `call` returned it. Whether it did is not known: another call
/// may have, or the code under test may have invented the error.
fn describe(call: Call, error: &io::Error) -> String {
    let Some(errno) = error.raw_os_error() else {
        return format!("an error of the kind {:?}, without an errno: {error}", error.kind());
    };
    if errno == 0 {
        return "an error with the errno 0, which means that no call has failed".to_owned();
    }
    let named = named(errno);
    match meaning(call, errno) {
        Some(meaning) => format!("{named}. If {call} said so: {meaning}"),
        None => format!("{named}, which the manual page of {call} does not name: is it another call's?"),
    }
}

/// `EEXIST (17)`.
fn named(errno: c_int) -> String {
    match name(errno) {
        Some(name) => format!("{name} ({errno})"),
        None => format!("the error number {errno}"),
    }
}

/// The line that says where to look, or nothing.
fn looking(call: Call, expected: Option<c_int>, found: Found) -> String {
    look(call, expected, found).map(|advice| format!("\n  look:     {advice}")).unwrap_or_default()
}

fn found<T: Debug>(result: &io::Result<T>) -> Found {
    match result {
        Ok(value) if format!("{value:?}") == "-1" => Found::MinusOne,
        Ok(_) => Found::Value,
        Err(error) => error.raw_os_error().map_or(Found::OtherError, Found::Errno),
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

    /// The value of a call that the test or its stranger made, and none of the code under test.
    ///
    /// # Panics
    /// On an error, with what it means from `call`.
    #[track_caller]
    fn arranged(self, call: Call, what: impl Display) -> T;
}

impl<T> Explain<T> for io::Result<T> {
    fn explained(self, call: Call, asked: impl Display) -> T {
        match self {
            Ok(value) => value,
            Err(error) => {
                let what = error.raw_os_error().map_or(Found::OtherError, Found::Errno);
                let look = looking(call, None, what);
                panic!("{asked} should succeed\n  expected: Ok\n  found:    {}{look}", describe(call, &error))
            }
        }
    }

    fn arranged(self, call: Call, what: impl Display) -> T {
        match self {
            Ok(value) => value,
            Err(error) => {
                let errno = error.raw_os_error().unwrap_or_default();
                let meaning = meaning(call, errno).map_or_else(|| error.to_string(), str::to_owned);
                let named = named(errno);
                panic!(
                    "{what} should succeed, and your code has no part in it\n  expected: Ok\n  found:    {named}: \
                     {meaning}\n  look:     what has your code done to the segment or the file before?"
                )
            }
        }
    }
}

/// Requires that a call failed with `errno`; `asked` says what was asked for.
///
/// # Panics
/// If it succeeded, or failed otherwise.
#[track_caller]
pub fn refused<T: Debug>(result: io::Result<T>, errno: c_int, call: Call, asked: impl Display) {
    if result.as_ref().is_err_and(|error| error.raw_os_error() == Some(errno)) {
        return;
    }
    let expected = named(errno);
    let why = meaning(call, errno).map(|meaning| format!(": {meaning}")).unwrap_or_default();
    let look = looking(call, Some(errno), found(&result));
    let found = match &result {
        Ok(value) => format!("Ok({value:?})"),
        Err(error) => describe(call, error),
    };
    panic!("{asked} should be refused\n  expected: {expected}{why}\n  found:    {found}{look}")
}

#[cfg(test)]
mod tests {
    use super::{super::message, *};

    fn errno<T>(errno: c_int) -> io::Result<T> {
        Err(io::Error::from_raw_os_error(errno))
    }

    #[test]
    fn a_failure_names_the_number_and_claims_its_meaning_only_if_the_call_said_so() {
        let text = message(|| errno(libc::EEXIST).explained(Call::Create, "create(1, 2)"));
        let parts = ["create(1, 2) should succeed\n", "found:    EEXIST (17). If shmget said so: ", "\n  look:     "];
        for part in parts {
            assert!(text.contains(part), "{text}");
        }
        let text = message(|| errno(libc::EBUSY).explained(Call::Stat, "stat(1)"));
        assert!(
            text.ends_with("EBUSY (16), which the manual page of shmctl does not name: is it another call's?"),
            "{text}"
        );
        let text = message(|| errno(0).explained(Call::Find, "open(1)"));
        assert!(text.contains("no call has failed") && text.contains("Only -1"), "{text}");
    }

    #[test]
    fn what_the_test_does_itself_is_not_laid_at_the_learners_door() {
        let text = message(|| errno(libc::EINVAL).arranged(Call::Shmat, "the stranger's attach"));
        assert!(text.contains("your code has no part in it") && text.contains("EINVAL (22): no segment"), "{text}");
    }

    #[test]
    fn a_refusal_is_the_one_expected_or_a_failure() {
        refused::<()>(errno(libc::ENOENT), libc::ENOENT, Call::Find, "open(1)");
        let text = message(|| refused(Ok(0), libc::ENOENT, Call::Find, "open(1)"));
        assert!(text.contains("expected: ENOENT (2): no segment") && text.contains("Ok(0)"), "{text}");
        let swallowed: io::Result<()> = Err(io::Error::other("shmget failed"));
        let text = message(|| refused(swallowed, libc::ENOENT, Call::Find, "open(1)"));
        assert!(text.contains("shmget failed") && text.contains("without an errno"), "{text}");
    }

    /// A mistake that most people make once.
    #[test]
    fn minus_one_in_an_ok_is_called_what_it_is() {
        let text = message(|| refused(Ok(-1), libc::ENOENT, Call::Ftok, "key_for(\"missing\")"));
        assert!(text.contains("Ok(-1)") && text.contains("-1 is how ftok says that it failed"), "{text}");
    }
}
