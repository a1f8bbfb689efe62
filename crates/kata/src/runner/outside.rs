//! Supervision by a program that the test binary has no part in, such as a grader: the deadline is kept, the token
//! compared and the kernel's table read by that program's own code, in a process that the test's code cannot look into.
//!
//! The supervisor is that program again, in a new namespace. For that it calls [`hook`] before anything else in `main`:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! fn main() {
//!     kata::runner::hook();
//!     let judged = kata::runner::Judged {
//!         binary: "target/debug/deps/key-0123456789abcdef".into(),
//!         test: "asking_creates_nothing".into(),
//!         package: "key".into(),
//!         seed: 7,
//!         deadline: Duration::from_secs(10),
//!         ..Default::default()
//!     };
//!     match kata::runner::supervise(&judged) {
//!         Ok(report) => println!("{report}"),
//!         Err(error) => eprintln!("it cannot be judged: {error}"),
//!     }
//! }
//! ```
//!
//! The body runs the test's assertions and the code under test in one process, and both run as the user who judges.
//! Who wants to be sure of more must also judge by what the kernel and other processes see.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::{
        fd::AsRawFd,
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::PathBuf,
    process::{Command, exit},
    time::Duration,
};

use super::{
    ask::{self, Question},
    channel::{inherit, read_all},
    isolation::Isolation,
    marker::{Marker, Role},
    spawn::{mark, this_program},
    supervisor::{self, Orders},
};
use crate::report::{Report, wire::Wire};

/// A test to be judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// The test binary, as `cargo test --no-run` built it.
    pub binary: PathBuf,
    /// The test's name, as libtest knows it.
    pub test: String,
    /// The package that the report names.
    pub package: String,
    /// What the sandbox draws its numbers from.
    pub seed: u64,
    /// How long the test may take until its last process has ended. What the test itself asks for does not count.
    pub deadline: Duration,
    /// Whether the test asks for a fresh table of segments (`Options::fresh_table`). A test that asks for the other one is
    /// an error.
    pub fresh_table: bool,
    /// The isolation that it has to have; `None` for the best that the kernel grants, which may be none.
    pub isolation: Option<Isolation>,
    /// The directory that the test runs in; `None` for this process's.
    pub directory: Option<PathBuf>,
    /// Variables of the test's environment beside those of this process.
    pub environment: Vec<(OsString, OsString)>,
    /// The arguments with which this program is started again as the supervisor; it has to reach [`hook`] with them.
    pub arguments: Vec<OsString>,
}

impl Judged {
    /// The test binary's command, without arguments.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command
    }
}

/// Runs one test of a test binary, supervised by this program.
///
/// # Errors
/// What keeps the test from being judged: a binary that cannot be started, a supervisor that was killed, a report that is
/// not whole. A test that fails is a [`Report`], and one that is not in the binary has ended early.
pub fn supervise(judged: &Judged) -> io::Result<Report> {
    let mut bytes = Vec::new();
    judged.write(&mut bytes);
    let orders = ask::orders(&bytes)?;
    let question = Question {
        test: &judged.test,
        deadline: judged.deadline,
        isolation: judged.isolation,
        inherited: Some(orders.as_raw_fd()),
        end: &|| None,
        unreached: "this program was started again to supervise and did not: it has to call kata::runner::hook first",
    };
    let parent = std::process::id().cast_signed();
    let answer = ask::ask(&question, |report, key, isolation| {
        let role = Role::Trusted { report, key, isolation, orders: orders.as_raw_fd() };
        let mut command = this_program();
        command.args(&judged.arguments);
        mark(&mut command, &Marker { role, parent, test: judged.test.clone() });
        command
    })?;
    answer.report
}

/// Has to be called first by a program that calls [`supervise`]: where the program was started again to supervise a test,
/// this does so and ends the process. Everywhere else it returns at once.
pub fn hook() {
    if !Marker::is_trusted() {
        return;
    }
    let Some(Marker { role: Role::Trusted { report, key, isolation, orders }, .. }) = Marker::take() else { return };
    let done = || -> io::Result<()> {
        // SAFETY: the numbers come from this process's marker, which was just taken out of the environment.
        let (report, orders) = unsafe { (File::from(inherit(report)?), File::from(inherit(orders)?)) };
        let bytes = read_all(&orders)?;
        let judged = Judged::read(&mut bytes.as_slice()).ok_or(io::ErrorKind::InvalidData)?;
        let orders = Orders {
            test: judged.test.clone(),
            package: judged.package.clone(),
            seed: judged.seed,
            deadline: judged.deadline,
            furnished: !judged.fresh_table,
            isolation,
            binary: Some(judged),
        };
        supervisor::supervise(&orders, &report, key)
    };
    if let Err(error) = done() {
        super::say(&error.to_string());
        exit(1);
    }
    exit(0)
}

/// Bytes as they are: a path may hold any.
fn bytes(text: impl AsRef<OsStr>) -> Vec<u8> {
    text.as_ref().as_bytes().to_vec()
}

fn text(bytes: Vec<u8>) -> OsString {
    OsString::from_vec(bytes)
}

impl Wire for Judged {
    fn write(&self, to: &mut Vec<u8>) {
        bytes(&self.binary).write(to);
        self.test.write(to);
        self.package.write(to);
        self.seed.write(to);
        self.deadline.write(to);
        u8::from(self.fresh_table).write(to);
        self.isolation.map(|isolation| isolation.name().to_owned()).write(to);
        self.directory.as_ref().map(bytes).write(to);
        let pairs = self.environment.iter().map(|(name, value)| (bytes(name), bytes(value)));
        pairs.collect::<Vec<_>>().write(to);
        self.arguments.iter().map(bytes).collect::<Vec<_>>().write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let pair = |(name, value)| (text(name), text(value));
        Some(Judged {
            binary: text(Wire::read(from)?).into(),
            test: Wire::read(from)?,
            package: Wire::read(from)?,
            seed: Wire::read(from)?,
            deadline: Wire::read(from)?,
            fresh_table: u8::read(from)? == 1,
            isolation: match Option::<String>::read(from)? {
                Some(name) => Some(Isolation::from_name(&name)?),
                None => None,
            },
            directory: Option::read(from)?.map(|bytes| text(bytes).into()),
            environment: Vec::read(from)?.into_iter().map(pair).collect(),
            arguments: Vec::read(from)?.into_iter().map(text).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_as_they_are_written() {
        let odd = || OsString::from_vec(vec![b'a', 0xff, b'\n']);
        let judged = Judged {
            binary: odd().into(),
            test: "a_test::case_1".into(),
            package: "key".into(),
            seed: u64::MAX,
            deadline: Duration::from_millis(1500),
            fresh_table: true,
            isolation: Some(Isolation::UserNamespace),
            directory: Some(odd().into()),
            environment: vec![("HOME".into(), odd())],
            arguments: vec!["supervise".into(), odd()],
        };
        for judged in [judged, Judged::default()] {
            let mut bytes = Vec::new();
            judged.write(&mut bytes);
            assert_eq!(Judged::read(&mut bytes.as_slice()), Some(judged));
        }
    }
}
