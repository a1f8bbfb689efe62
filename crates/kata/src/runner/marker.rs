//! Which storey a process is: told by its parent in one environment variable, which it takes out at once, so
//! that what it starts in turn is not fooled.

use std::{os::fd::RawFd, str::FromStr, time::Duration};

use libc::pid_t;

use super::{handover::say, isolation::Isolation};

/// The variable's name.
pub(crate) const VARIABLE: &str = "KATA_SANDBOX";

/// What a process is told about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// The middle storey, as the test binary's own code.
    Supervisor { report: RawFd, folder: RawFd, key: u64, seed: u64, isolation: Isolation, deadline: Duration },
    /// The middle storey, as the code of the program that wants the report; its orders lie in a file.
    Trusted { report: RawFd, folder: RawFd, key: u64, isolation: Isolation, orders: RawFd },
    /// The lowest storey. `folder` is that of the test binary, and `furnished` is whether a decoy lies in the table; the token is in a letter.
    Body { frames: RawFd, folder: RawFd, token: RawFd, seed: u64, isolation: Isolation, furnished: bool },
    /// A second process for a test.
    Stranger { socket: RawFd },
}

/// A role, for one test and one child of one parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    pub(crate) role: Role,
    pub(crate) parent: pid_t,
    /// The test's name; it comes last, because it may hold any character.
    pub(crate) test: String,
}

impl Marker {
    pub(super) fn encode(&self) -> String {
        let role = match &self.role {
            Role::Supervisor { report, folder, key, seed, isolation, deadline } => {
                format!("supervisor {report} {folder} {key} {seed} {} {}", isolation.name(), deadline.as_millis())
            }
            Role::Trusted { report, folder, key, isolation, orders } => {
                format!("trusted {report} {folder} {key} {} {orders}", isolation.name())
            }
            Role::Body { frames, folder, token, seed, isolation, furnished } => {
                format!("body {frames} {folder} {token} {seed} {} {furnished}", isolation.name())
            }
            Role::Stranger { socket } => format!("stranger {socket}"),
        };
        format!("{} {role} {}", self.parent, self.test)
    }

    fn decode(text: &str) -> Option<Self> {
        let mut fields = Fields(text);
        let parent = fields.next()?;
        let role = match fields.word()? {
            "supervisor" => Role::Supervisor {
                report: fields.next()?,
                folder: fields.next()?,
                key: fields.next()?,
                seed: fields.next()?,
                isolation: Isolation::from_name(fields.word()?)?,
                deadline: Duration::from_millis(fields.next()?),
            },
            "trusted" => Role::Trusted {
                report: fields.next()?,
                folder: fields.next()?,
                key: fields.next()?,
                isolation: Isolation::from_name(fields.word()?)?,
                orders: fields.next()?,
            },
            "body" => Role::Body {
                frames: fields.next()?,
                folder: fields.next()?,
                token: fields.next()?,
                seed: fields.next()?,
                isolation: Isolation::from_name(fields.word()?)?,
                furnished: fields.next()?,
            },
            "stranger" => Role::Stranger { socket: fields.next()? },
            _ => return None,
        };
        Some(Marker { role, parent, test: fields.0.to_owned() })
    }

    /// Whether this process was started to supervise a test for its own parent.
    pub(super) fn is_trusted() -> bool {
        let text = std::env::var(VARIABLE).unwrap_or_default();
        Self::decode(&text).is_some_and(|marker| matches!(marker.role, Role::Trusted { .. }))
    }

    /// Takes this process's marker out of the environment; `None` if there is none. A marker that names another parent
    /// ends the process: its parent has died, and no process reads the verdict any more.
    pub(crate) fn take() -> Option<Self> {
        let text = std::env::var(VARIABLE).ok()?;
        // SAFETY: getppid has no conditions.
        let Some(marker) = Self::decode(&text).filter(|marker| marker.parent == unsafe { libc::getppid() }) else {
            say(&format!("{VARIABLE}={text:?} is not for this process. If you set it by hand, unset it."));
            std::process::exit(101);
        };
        // SAFETY: our parent started this process to run this test alone, and this is the first thing that the test
        // does. The only other thread is libtest's, which waits for this one and reads no environment meanwhile.
        unsafe { std::env::remove_var(VARIABLE) };
        Some(marker)
    }
}

/// What is left of a marker's text, read field by field.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn word(&mut self) -> Option<&'a str> {
        let (word, rest) = self.0.split_once(' ')?;
        self.0 = rest;
        Some(word)
    }

    fn next<T: FromStr>(&mut self) -> Option<T> {
        self.word()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let roles = [
            Role::Supervisor {
                report: 3,
                folder: 8,
                key: 9,
                seed: u64::MAX,
                isolation: Isolation::Shared,
                deadline: Duration::from_millis(10_001),
            },
            Role::Trusted { report: 3, folder: 8, key: 9, isolation: Isolation::UserNamespace, orders: 4 },
            Role::Body { frames: 4, folder: 8, token: 5, seed: 6, isolation: Isolation::Namespace, furnished: true },
            Role::Stranger { socket: 9 },
        ];
        for role in roles {
            let marker = Marker { role, parent: 42, test: "a_test::case_1_of two".into() };
            assert_eq!(Marker::decode(&marker.encode()), Some(marker));
        }
    }

    #[test]
    fn nonsense_is_no_marker() {
        for text in ["", "1", "1 body", "x stranger 3 t", "1 visitor 3 t", "1 supervisor 3 4 5 roof 6 t"] {
            assert_eq!(Marker::decode(text), None, "{text}");
        }
    }
}
