//! A directory for a test's temporary files, and the directories that killed supervisors left behind.

use std::{
    fs::{self, DirEntry, File, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Once,
    time::Duration,
};

use libc::pid_t;

use super::{
    random::fresh,
    table::{self, Maker},
};

/// A directory that its supervisor keeps locked for as long as it lives: a process that finds it without a lock may
/// remove it. It is removed with all that is in it, also when the test has died.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
    _lock: File,
}

/// The file in it that says who makes segments in this machine's table, a line each. Only a test that shares the table has it.
const MAKERS: &str = ".kata-makers";

impl Scratch {
    /// Makes one for the test that this process supervises.
    pub(super) fn new() -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir())
    }

    fn new_in(folder: &Path) -> io::Result<Self> {
        let fail = |path: &Path, error: io::Error| {
            let what = format!("the temporary directory {} (TMPDIR) cannot be made: {error}", path.display());
            io::Error::new(error.kind(), what)
        };
        loop {
            let path = folder.join(format!("{PREFIX}{:016x}", fresh()));
            fs::DirBuilder::new().mode(0o700).create(&path).map_err(|error| fail(&path, error))?;
            // Before it is locked another run may take it for one that was left, and remove it.
            let made = File::open(&path).and_then(|lock| match lock.try_lock() {
                Err(TryLockError::WouldBlock) => Err(io::ErrorKind::NotFound.into()),
                // A file system without locks: there nothing is taken for left.
                Ok(()) | Err(TryLockError::Error(_)) => fs::metadata(&path).map(|_| lock),
            });
            match made {
                Ok(lock) => return Ok(Scratch { path, _lock: lock }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(fail(&path, error)),
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Notes that process `pid` is about to make segments in this machine's table, for `time` at most.
    pub(super) fn note_maker(&self, pid: pid_t, time: Duration) -> io::Result<()> {
        let mut file = File::options().append(true).create(true).open(self.path.join(MAKERS))?;
        io::Write::write_all(&mut file, format!("{}\n", Maker::from_now(pid, time).line()).as_bytes())
    }

    /// Removes what supervisors left that were killed. Once in a process: those of earlier runs.
    pub(super) fn sweep_earlier_runs() {
        static ONCE: Once = Once::new();
        ONCE.call_once(Self::sweep);
    }

    /// Removes what supervisors left that were killed.
    pub(super) fn sweep() {
        Self::sweep_in(&std::env::temp_dir());
    }

    /// Any user may put something under such a name into a common temporary directory: a symbolic link, say, to one of this
    /// user's own. So it takes only directories of this user.
    fn sweep_in(folder: &Path) {
        // SAFETY: geteuid has no conditions.
        let user = unsafe { libc::geteuid() };
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            // Of the entry itself, not of what a link leads to.
            let ours = |entry: &DirEntry| entry.metadata().is_ok_and(|found| found.is_dir() && found.uid() == user);
            if !is_a_name(&entry.file_name().to_string_lossy()) || !ours(&entry) {
                continue;
            }
            let path = entry.path();
            // One that a test has closed even to its owner stays.
            let Ok(lock) = File::open(&path) else { continue };
            if lock.try_lock().is_ok() {
                let makers = fs::read_to_string(path.join(MAKERS)).unwrap_or_default();
                table::sweep_makers(&makers.lines().filter_map(Maker::read).collect::<Vec<_>>());
                drop(Scratch { path, _lock: lock });
            }
        }
    }
}

/// How the directories' names begin; 16 hexadecimal digits follow.
const PREFIX: &str = "kata-";

fn is_a_name(name: &str) -> bool {
    let digits = name.strip_prefix(PREFIX).unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if fs::remove_dir_all(&self.path).is_err() {
            // A test that is about permissions may have locked a directory. What still stays is left to the system,
            // which clears its temporary directory: a test's verdict does not hang on it.
            unlock(&self.path);
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Gives the owner all rights on the directories from `path` down.
fn unlock(path: &Path) {
    if fs::set_permissions(path, Permissions::from_mode(0o700)).is_err() {
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            unlock(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_supervisor_left_is_removed_and_nothing_else() {
        let folder = Scratch::new().unwrap();
        let files = folder.path();
        let path = |name: &str| files.join(name);
        let (left, link) = ("kata-0123456789abcdef", "kata-fedcba9876543210");
        for name in ["precious", left, "kata-target", "kata-0123456789abcdef0", "kata-0123456789ABCDEF"] {
            fs::create_dir(path(name)).unwrap();
        }
        fs::create_dir_all(path(left).join("locked/inner")).unwrap();
        fs::set_permissions(path(left).join("locked"), Permissions::from_mode(0o000)).unwrap();
        std::os::unix::fs::symlink(path("precious"), path(link)).unwrap();
        fs::write(path(left).join(MAKERS), "nobody").unwrap();
        let held = Scratch::new_in(files).unwrap();
        held.note_maker(1, Duration::ZERO).unwrap();
        Scratch::sweep_in(files);
        assert!(!path(left).exists());
        assert!(held.path().exists(), "its supervisor lives");
        let kept = ["precious", link, "kata-target", "kata-0123456789abcdef0", "kata-0123456789ABCDEF"];
        assert!(kept.iter().all(|name| fs::symlink_metadata(path(name)).is_ok()), "the cleanup does not touch them");
        drop(held);
        assert_eq!(fs::read_dir(files).unwrap().count(), kept.len());
    }
}
