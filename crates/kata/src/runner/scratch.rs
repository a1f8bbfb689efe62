//! A directory for a test's temporary files.

use std::{
    fs::{self, DirEntry, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::random::fresh;

/// A directory for the test's temporary files, removed with all that is in it, also when the test has died.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one for the test that this process supervises.
    pub(super) fn new() -> io::Result<Self> {
        let name = format!("{}{:08x}", prefix(std::process::id()), fresh() as u32);
        let path = std::env::temp_dir().join(name);
        fs::DirBuilder::new().mode(0o700).create(&path).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("the temporary directory {} (TMPDIR) cannot be made: {error}", path.display()),
            )
        })?;
        Ok(Scratch(path))
    }

    /// Removes what the supervisor `pid` left, which was killed.
    pub(super) fn sweep(pid: u32) {
        Self::sweep_in(&std::env::temp_dir(), pid);
    }

    /// Everybody may put something under such a name into a common temporary directory: a symbolic link, say, to one of this
    /// user's own. So it takes only directories of this user.
    fn sweep_in(folder: &Path, pid: u32) {
        let prefix = prefix(pid);
        // SAFETY: geteuid has no conditions.
        let user = unsafe { libc::geteuid() };
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            // Of the entry itself, not of what a link leads to.
            let ours = |entry: &DirEntry| entry.metadata().is_ok_and(|found| found.is_dir() && found.uid() == user);
            if entry.file_name().to_string_lossy().starts_with(&prefix) && ours(&entry) {
                drop(Scratch(entry.path()));
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

/// How the names of a supervisor's directories begin.
fn prefix(supervisor: u32) -> String {
    format!("kata-{supervisor:08x}")
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if fs::remove_dir_all(&self.0).is_err() {
            // A test that is about permissions may have locked a directory. What still stays is left to the system,
            // which clears its temporary directory: a test's verdict does not hang on it.
            unlock(&self.0);
            let _ = fs::remove_dir_all(&self.0);
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
    fn what_a_supervisor_left_is_removed_and_a_link_is_not_followed() {
        let (folder, pid) = (Scratch::new().unwrap(), 0x7fff_ffff);
        let path = |name: &str| folder.path().join(name);
        for name in ["precious", &format!("{}left", prefix(pid)), &format!("{}other", prefix(pid - 1))] {
            fs::create_dir(path(name)).unwrap();
        }
        let link = path(&format!("{}link", prefix(pid)));
        std::os::unix::fs::symlink(path("precious"), &link).unwrap();
        Scratch::sweep_in(folder.path(), pid);
        assert!(!path(&format!("{}left", prefix(pid))).exists());
        assert!(path(&format!("{}other", prefix(pid - 1))).exists());
        assert!(fs::symlink_metadata(&link).is_ok() && path("precious").exists(), "the link is nobody's business");
    }
}
