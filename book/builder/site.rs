//! The built book, and whether it is what its sources say.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use mdbook_driver::MDBook;

use walkthrough::{SRC, Sources};

/// A place for the built book.
pub struct Site {
    root: PathBuf,
    /// Of the kata.
    target: PathBuf,
}

impl Site {
    pub fn new(root: PathBuf, target: &Path) -> Self {
        Self { root, target: target.to_owned() }
    }

    /// The kata's root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the pages are.
    pub fn dir(&self) -> PathBuf {
        self.target.join("book")
    }

    /// Builds the book, unless it is there and younger than everything it is made of. Whether it was built.
    pub fn build(&self) -> Result<bool, String> {
        let sources = Sources::read(&self.root).map_err(|error| format!("{SRC}/SUMMARY.md: {error}"))?;
        if !sources.faults.is_empty() {
            return Err(format!("the sources are not whole:\n  {}", sources.faults.join("\n  ")));
        }
        let now = self.stamp(&sources)?;
        if self.dir().join("index.html").is_file() && fs::read_to_string(self.stamp_path()).is_ok_and(|was| was == now)
        {
            return Ok(false);
        }
        self.replace(&sources)?;
        write(&self.stamp_path(), &now)?;
        Ok(true)
    }

    /// Builds beside the old book, and then puts the new one in its place: a failure leaves the old one whole.
    fn replace(&self, sources: &Sources) -> Result<(), String> {
        let new = self.target.join(format!("book.new-{}", std::process::id()));
        let old = self.target.join(format!("book.old-{}", std::process::id()));
        // mdBook's own words for a directory that cannot be written name neither the directory nor a way out.
        fs::create_dir_all(&new).map_err(|error| cannot("write", &new, &error))?;
        let built = MDBook::load(self.root.join("book")).and_then(|mut book| {
            book.config.build.build_dir.clone_from(&new);
            // mdBook would put in what it knows; mistakes and sessions it does not.
            book.book.for_each_chapter_mut(|page| {
                let chapter = sources.chapters.iter().find(|chapter| page.path.as_ref() == Some(&chapter.path));
                page.content = chapter.map_or(page.content.clone(), |chapter| chapter.expanded.clone());
            });
            book.build()
        });
        let placed = built.map_err(|error| format!("mdBook, building from book/book.toml: {error:#}")).and_then(|()| {
            let moved = match fs::rename(self.dir(), &old) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => fs::rename(&new, self.dir()),
            };
            moved.map_err(|error| cannot("replace", &self.dir(), &error))
        });
        for leftover in [new, old] {
            _ = fs::remove_dir_all(leftover);
        }
        placed
    }

    /// What the book was built from: every file, its size, and when it was changed.
    fn stamp(&self, sources: &Sources) -> Result<String, String> {
        let files = sources.files(&self.root).map_err(|error| format!("book: {error}"))?;
        // With another builder, the same sources may become another book.
        let builder = std::env::current_exe().map_err(|error| format!("this program: {error}"))?;
        let mut stamp = String::new();
        for file in files.into_iter().chain([builder]) {
            let path = self.root.join(&file);
            let metadata = fs::metadata(&path).map_err(|error| cannot("read", &path, &error))?;
            let changed = metadata.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
            stamp += &format!("{} {} {:?}\n", file.display(), metadata.len(), changed.unwrap_or_default());
        }
        Ok(stamp)
    }

    fn stamp_path(&self) -> PathBuf {
        self.target.join("book.stamp")
    }
}

/// Writes a file, or says what is in the way.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| cannot("write", path, &error))
}

/// What could not be done, to which file, and why.
pub fn cannot(what: &str, path: &Path, error: &std::io::Error) -> String {
    let advice = match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => ". CARGO_TARGET_DIR=DIR builds somewhere else",
        _ => "",
    };
    format!("cannot {what} {}: {error}{advice}", path.display())
}
