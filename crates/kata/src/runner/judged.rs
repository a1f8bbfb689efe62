//! What a trusted program orders: a test of a test binary, and how it is to be run.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
    process::Command,
    time::Duration,
};

use super::{folder::Folder, isolation::Isolation};
use crate::report::wire::Wire;

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
    /// The arguments with which this program is started again as the supervisor; it has to reach
    /// [`hook`](super::hook) with them.
    pub arguments: Vec<OsString>,
}

impl Judged {
    /// The test binary's command, without arguments. `folder` is the binary's.
    pub(super) fn command(&self, folder: &Folder) -> Command {
        let mut command = folder.command(&self.binary);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
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
