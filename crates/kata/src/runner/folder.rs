//! The folder of a test binary, held open: the binary, and the programs beside it, can then be started by a process that may
//! not search the folders above. Root is such a process, in a checkout of another user's with mode 0700, once it has given up
//! the capability that let it in.

use std::{
    fs::File,
    io,
    os::{
        fd::{AsRawFd, OwnedFd, RawFd},
        unix::{fs::OpenOptionsExt, process::CommandExt},
    },
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of a test binary, held open.
#[derive(Debug)]
pub(crate) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

impl Folder {
    /// The folder of `binary`.
    pub(super) fn of(binary: &Path) -> io::Result<Self> {
        let path = binary.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = File::options().read(true).custom_flags(libc::O_PATH | libc::O_DIRECTORY).open(path)?;
        Ok(Folder { fd: file.into(), path: path.to_owned() })
    }

    /// The folder of this program.
    pub(crate) fn own() -> io::Result<Self> {
        Self::of(&std::env::current_exe()?)
    }

    /// The folder of `binary`, which the parent opened.
    pub(crate) fn inherited(fd: OwnedFd, binary: &Path) -> Self {
        Folder { fd, path: binary.parent().map(Path::to_owned).unwrap_or_default() }
    }

    /// Its descriptor's number, for the child that inherits it.
    pub(crate) fn number(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// A command that starts `program`: by the descriptor, if it lies in this folder or beside it, as cargo puts a package's
    /// programs beside the folder of its test binaries. The program is told its own path all the same.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let (folder, held) = (program.parent(), Path::new("/proc/self/fd").join(self.number().to_string()));
        let held = match program.file_name() {
            Some(name) if folder == Some(&self.path) => Some(held.join(name)),
            Some(name) if folder.is_some() && folder == self.path.parent() => Some(held.join("..").join(name)),
            _ => None,
        };
        let mut command = Command::new(held.as_deref().unwrap_or(program));
        command.arg0(program);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_it_or_beside_it_goes_by_the_descriptor() {
        let folder = Folder::inherited(Folder::of("/usr/bin/x".as_ref()).unwrap().fd, "/t/debug/deps/key-1".as_ref());
        let started = |program: &str| {
            let command = folder.command(program.as_ref());
            command.get_program().to_str().unwrap().replace(&format!("/proc/self/fd/{}/", folder.number()), "FD/")
        };
        assert_eq!(started("/t/debug/deps/key-1"), "FD/key-1");
        assert_eq!(started("/t/debug/writer"), "FD/../writer");
        for other in ["/bin/sh", "sh", "/t/writer", "/t/debug/deps/key-1/x"] {
            assert_eq!(started(other), other);
        }
        let echo = Folder::of("/bin/sh".as_ref()).unwrap().command("/bin/sh".as_ref()).args(["-c", "echo $0"]).output();
        assert_eq!(echo.unwrap().stdout, b"/bin/sh\n");
    }
}
