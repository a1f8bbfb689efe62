//! Files that are written together or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use shm_kata::course::store;
use shm_kata::trouble::{self, Trouble};

/// What was there before. Unless [`Undo::keep`] is called, dropping it brings that back: files as they were, and what is
/// new removed.
#[derive(Debug, Default)]
pub struct Undo {
    /// Files and folders that were not there, those that hold others first.
    new: Vec<PathBuf>,
    old: Vec<(PathBuf, Vec<u8>)>,
}

impl Undo {
    /// Remembers the file as it is now, or that it, and folders above it, are not there.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub fn remember(&mut self, path: &Path) -> Result<(), Trouble> {
        if path.exists() {
            let bytes = fs::read(path).map_err(|error| trouble::file("read", path, &error))?;
            self.old.push((path.to_path_buf(), bytes));
        } else {
            let mut missing: Vec<_> =
                path.ancestors().take_while(|path| !path.exists()).map(Path::to_path_buf).collect();
            missing.reverse();
            self.new.append(&mut missing);
        }
        Ok(())
    }

    /// Remembers the file and writes it.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn write(&mut self, path: &Path, text: impl AsRef<[u8]>) -> Result<(), Trouble> {
        self.remember(path)?;
        store::update(path, text).map(drop)
    }

    /// What was written stays.
    pub fn keep(mut self) {
        self.new.clear();
        self.old.clear();
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        for (path, bytes) in self.old.iter().rev() {
            _ = store::update(path, bytes);
        }
        for path in self.new.iter().rev() {
            _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let (old, new) = (dir.path().join("old"), dir.path().join("a/b/new"));
        fs::write(&old, "old").unwrap();
        let write = || {
            let mut undo = Undo::default();
            undo.write(&old, "changed").unwrap();
            undo.write(&new, "new").unwrap();
            undo
        };
        drop(write());
        assert_eq!(fs::read_to_string(&old).unwrap(), "old");
        assert!(!dir.path().join("a").exists());
        write().keep();
        assert_eq!((fs::read_to_string(&old).unwrap(), new.exists()), ("changed".to_owned(), true));
    }
}
