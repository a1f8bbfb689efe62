//! What cargo's files were built from: `.kata/built.txt`, a line a file.
//!
//! Cargo goes by times. A text that is older than the last build, such as one that was restored with its time, counts for it as
//! built long ago, and the tests would judge the text before. So a verdict is given only on what was built from the texts as
//! they are now; anything else is removed, and cargo builds it again. The learner's own files stay as they are.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::check::cargo::{Artifact, Build};
use crate::course::progress::fingerprint_of;
use crate::course::{Course, Lesson, starter, store};
use crate::trouble::{self, Trouble};

/// The texts of the lessons that a check is about: a lesson's folder, and a number that its Rust files lead to.
pub type Texts = Vec<(PathBuf, String)>;

/// Of the lesson and of those that it needs.
pub fn texts(course: &Course, lesson: &Lesson) -> Result<Texts, Trouble> {
    let text = |lesson: &Lesson| {
        let folder = course.dir(lesson);
        let files = [starter::read_files(&folder.join("src"))?, starter::read_files(&folder.join("tests"))?].concat();
        Ok((folder, fingerprint_of(&files)))
    };
    [lesson].into_iter().chain(course.needs(lesson)).map(text).collect()
}

/// What is known. One check has it at a time: while one removes and builds, another that has built waits, and finds what it is
/// about to run.
pub struct Built<'a> {
    course: &'a Course,
    /// Locked until it is dropped; `None` where nothing can be written, and nothing is known.
    _lock: Option<File>,
    /// By the built file's name, from the kata's root where it is below: what the file was, and the number of its texts.
    known: BTreeMap<String, String>,
}

impl<'a> Built<'a> {
    pub fn load(course: &'a Course) -> Self {
        let _lock = store::hidden(course).ok().and_then(|folder| locked(&folder));
        let text = fs::read_to_string(path(course)).unwrap_or_default();
        let known = text.lines().filter_map(|line| {
            let (what, name) = line.rsplit_once('\t')?;
            Some((name.to_owned(), what.to_owned()))
        });
        Self { course, _lock, known: known.collect() }
    }

    /// Removes what cargo took as it found it and of which it is not known that it was built from `texts`. Whether there was
    /// any: then cargo has to build again.
    pub fn remove_doubtful(&self, build: &Build, texts: &Texts) -> Result<bool, Trouble> {
        let doubtful = |artifact: &&Artifact| {
            let what = text_of(artifact, texts).and_then(|text| what(artifact.files.first()?, text));
            artifact.fresh && what.is_some_and(|what| self.known.get(&self.name(artifact)) != Some(&what))
        };
        let packages: Vec<_> = build.artifacts.iter().filter(doubtful).map(|artifact| &artifact.package).collect();
        // The whole package: a program is linked anew when the library is, and of a program cargo names a second link alone.
        for artifact in build.artifacts.iter().filter(|artifact| packages.contains(&&artifact.package)) {
            for file in artifact.files.iter().filter(|file| file.exists()) {
                fs::remove_file(file).map_err(|error| trouble::file("remove", file, &error))?;
            }
        }
        Ok(!packages.is_empty())
    }

    /// Notes that everything in `build` was built from `texts`. Where it cannot be written, more is built next time.
    pub fn note(mut self, build: &Build, texts: &Texts) {
        let before = self.known.clone();
        let root = &self.course.root;
        self.known.retain(|name, _| root.join(name).exists());
        for artifact in &build.artifacts {
            if let Some(what) = text_of(artifact, texts).and_then(|text| what(artifact.files.first()?, text)) {
                self.known.insert(self.name(artifact), what);
            }
        }
        if self.known != before {
            let lines: String = self.known.iter().map(|(name, what)| format!("{what}\t{name}\n")).collect();
            _ = store::replace(&path(self.course), lines);
        }
    }

    fn name(&self, artifact: &Artifact) -> String {
        let file = artifact.files.first().map_or(Path::new(""), PathBuf::as_path);
        file.strip_prefix(&self.course.root).unwrap_or(file).display().to_string()
    }
}

/// The folder, locked. One that stays locked belongs to a check that was suspended: then it goes without.
fn locked(folder: &Path) -> Option<File> {
    let (folder, deadline) = (File::open(folder).ok()?, Instant::now() + PATIENCE);
    while let Err(TryLockError::WouldBlock) = folder.try_lock() {
        if Instant::now() > deadline {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Some(folder)
}

/// Long enough for what the other check builds again: one lesson, and those that it needs.
const PATIENCE: Duration = Duration::from_secs(10);

fn path(course: &Course) -> PathBuf {
    course.root.join(".kata/built.txt")
}

fn text_of<'t>(artifact: &Artifact, texts: &'t Texts) -> Option<&'t str> {
    texts.iter().find(|(folder, _)| *folder == artifact.package).map(|(_, text)| text.as_str())
}

/// What a built file is: another one has another time or size.
fn what(file: &Path, text: &str) -> Option<String> {
    let file = fs::metadata(file).ok()?;
    Some(format!("{}.{:09} {} {text}", file.mtime(), file.mtime_nsec(), file.len()))
}
