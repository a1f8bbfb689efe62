//! Which storey a process is: told by its parent in one environment variable, which it takes out at once, so
//! that what it starts in turn is not fooled.

use std::os::fd::RawFd;

use libc::pid_t;

use super::spawn::Isolation;

/// The variable's name.
pub(super) const VARIABLE: &str = "KATA_SANDBOX";

/// What a process is told about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Supervisor { report: RawFd, seed: u64, isolation: Isolation },
    Body { frames: RawFd, token: u64, seed: u64, isolation: Isolation },
    Stranger { socket: RawFd },
}

/// A role, for one test and one child of one parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) role: Role,
    pub(super) parent: pid_t,
    /// The test's name; it stands last, since it may hold anything.
    pub(super) test: String,
}

impl Marker {
    pub(super) fn encode(&self) -> String {
        let role = match &self.role {
            Role::Supervisor { report, seed, isolation } => {
                format!("supervisor {report} {seed} {}", isolation.name())
            }
            Role::Body { frames, token, seed, isolation } => {
                format!("body {frames} {token} {seed} {}", isolation.name())
            }
            Role::Stranger { socket } => format!("stranger {socket}"),
        };
        format!("{} {role} {}", self.parent, self.test)
    }

    fn decode(text: &str) -> Option<Self> {
        let mut rest = text;
        let mut field = || {
            let (field, after) = rest.split_once(' ')?;
            rest = after;
            Some(field)
        };
        let parent = field()?.parse().ok()?;
        let role = match field()? {
            "supervisor" => Role::Supervisor {
                report: field()?.parse().ok()?,
                seed: field()?.parse().ok()?,
                isolation: Isolation::from_name(field()?)?,
            },
            "body" => Role::Body {
                frames: field()?.parse().ok()?,
                token: field()?.parse().ok()?,
                seed: field()?.parse().ok()?,
                isolation: Isolation::from_name(field()?)?,
            },
            "stranger" => Role::Stranger { socket: field()?.parse().ok()? },
            _ => return None,
        };
        Some(Marker { role, parent, test: rest.to_owned() })
    }

    /// Takes this process's marker out of the environment; `None` if there is none. A marker that names another parent
    /// ends the process: its parent has died, and nobody wants the verdict any more.
    pub(super) fn take() -> Option<Self> {
        let text = std::env::var(VARIABLE).ok()?;
        // SAFETY: getppid has no conditions.
        let Some(marker) = Self::decode(&text).filter(|marker| marker.parent == unsafe { libc::getppid() }) else {
            super::say(&format!("{VARIABLE}={text:?} is not for this process. If you set it by hand, unset it."));
            std::process::exit(101);
        };
        // SAFETY: our parent started this process to run this test alone, and this is the first thing that the test
        // does. The only other thread is libtest's, which waits for this one and reads no environment meanwhile.
        unsafe { std::env::remove_var(VARIABLE) };
        Some(marker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let roles = [
            Role::Supervisor { report: 3, seed: u64::MAX, isolation: Isolation::Shared },
            Role::Body { frames: 4, token: 5, seed: 6, isolation: Isolation::Namespace },
            Role::Stranger { socket: 9 },
        ];
        for role in roles {
            let marker = Marker { role, parent: 42, test: "a_test::case_1_of two".into() };
            assert_eq!(Marker::decode(&marker.encode()), Some(marker));
        }
    }

    #[test]
    fn nonsense_is_no_marker() {
        for text in ["", "1", "1 body", "x stranger 3 t", "1 visitor 3 t", "1 supervisor 3 4 roof t"] {
            assert_eq!(Marker::decode(text), None, "{text}");
        }
    }
}
