//! How far the learner is: `progress.txt`, a line a lesson, fit to be committed.
//!
//! A lesson goes by its name and never by its number, so that renumbering loses nothing. Lines that this version of
//! the kata does not understand stay as they are.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::course::starter::{self, Files};
use crate::course::store;
use crate::course::{Course, Lesson};
use crate::trouble::Trouble;

const HEAD: &str =
    "# How far you are in the kata: lesson, state, and what its src was when it passed. Yours to commit.";

/// Where the learner stands with a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Done,
    /// Every test passed that could show its point on this machine.
    Partial,
    /// It passed once; its files have changed since.
    Changed,
    NotYet,
}

impl Standing {
    /// Whether it has not passed, or not as it is now.
    pub fn is_open(self) -> bool {
        matches!(self, Self::NotYet | Self::Changed)
    }
}

/// What is written down about a lesson that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Done,
    Partial,
}

/// The file, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    path: PathBuf,
    lines: Vec<String>,
}

impl Progress {
    /// Reads it; a kata without the file is one not yet begun.
    pub fn load(root: &Path) -> Self {
        let path = root.join("progress.txt");
        let text = fs::read_to_string(&path).unwrap_or_else(|_| format!("{HEAD}\n"));
        Self { path, lines: text.lines().map(str::to_owned).collect() }
    }

    /// Where the learner stands with a lesson whose files have this fingerprint now.
    pub fn standing(&self, name: &str, now: &str) -> Standing {
        match self.lines.iter().find_map(|line| record(line, name)) {
            None => Standing::NotYet,
            Some((_, then)) if then != now => Standing::Changed,
            Some((Mark::Done, _)) => Standing::Done,
            Some((Mark::Partial, _)) => Standing::Partial,
        }
    }

    /// Notes that the lesson passed with these files, or (`None`) that it does not.
    pub fn note(&mut self, name: &str, mark: Option<(Mark, &str)>) {
        let line = mark.map(|(mark, fingerprint)| {
            let word = if mark == Mark::Done { "done" } else { "partial" };
            format!("{name} {word} {fingerprint}")
        });
        let place = self.lines.iter().position(|line| record(line, name).is_some());
        match (place, line) {
            (Some(place), Some(line)) => self.lines[place] = line,
            (Some(place), None) => _ = self.lines.remove(place),
            (None, Some(line)) => self.lines.push(line),
            (None, None) => {}
        }
    }

    /// Writes the file, unless it already says this. One that is there and cannot be read is not replaced: it may hold
    /// what is unknown.
    pub fn save(&self) -> io::Result<()> {
        let text = self.lines.join("\n") + "\n";
        let unchanged = match fs::read_to_string(&self.path) {
            Ok(old) => old == text,
            Err(_) if self.lines.len() <= 1 => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        if unchanged { Ok(()) } else { store::replace(&self.path, &text) }
    }
}

/// Where the learner stands with every lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    /// Lesson by lesson, as the next two.
    pub standings: Vec<Standing>,
    /// What the lesson's files were.
    pub fingerprints: Vec<String>,
    /// The lesson that is next: the first that has not passed as it is now.
    pub current: Option<usize>,
}

impl Board {
    /// As it is now.
    pub fn read(course: &Course) -> Result<Self, Trouble> {
        Ok(Self::of(course, &Progress::load(&course.root), fingerprints(course)?))
    }

    /// What `progress` says of lessons whose files have these fingerprints.
    pub fn of(course: &Course, progress: &Progress, fingerprints: Vec<String>) -> Self {
        let lessons = course.lessons.iter().zip(&fingerprints);
        let standings: Vec<_> = lessons.map(|(lesson, now)| progress.standing(&lesson.name, now)).collect();
        let current = standings.iter().position(|standing| standing.is_open());
        Self { standings, fingerprints, current }
    }

    /// The first of the earlier lessons that `lesson` builds on which has not passed as it is now: its place.
    pub fn unsettled(&self, course: &Course, lesson: &Lesson) -> Option<usize> {
        let needed = course.needs(lesson).into_iter().map(|needed| course.place(needed));
        needed.into_iter().find(|place| self.standings[*place].is_open())
    }

    /// How many lessons stand so.
    pub fn count(&self, wanted: Standing) -> usize {
        self.standings.iter().filter(|standing| **standing == wanted).count()
    }
}

/// The lesson that `asked` means; else the current one, or the last when there is none.
pub fn lesson<'a>(course: &'a Course, asked: Option<&str>) -> Result<&'a Lesson, Trouble> {
    match asked {
        Some(asked) => course.lesson(asked),
        None => Ok(&course.lessons[Board::read(course)?.current.unwrap_or(course.lessons.len() - 1)]),
    }
}

/// The fingerprint of every lesson.
pub fn fingerprints(course: &Course) -> Result<Vec<String>, Trouble> {
    course.lessons.iter().map(|lesson| fingerprint(course, lesson)).collect()
}

/// A number that tells whether the files of a lesson's `src` are what they were.
pub fn fingerprint(course: &Course, lesson: &Lesson) -> Result<String, Trouble> {
    Ok(fingerprint_of(&starter::read_files(&course.dir(lesson).join("src"))?))
}

/// A number that tells whether files are what they were.
pub fn fingerprint_of(files: &Files) -> String {
    let parts = files.iter().flat_map(|(path, bytes)| [path.as_os_str().as_encoded_bytes(), bytes.as_slice()]);
    format!("{:016x}", fnv1a(parts))
}

/// FNV-1a in 64 bits, with each part's length after it, so that no byte can move from one part to the next unseen.
fn fnv1a<'a>(parts: impl Iterator<Item = &'a [u8]>) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    parts.fold(0xcbf2_9ce4_8422_2325, |hash, part| {
        let length = (part.len() as u64).to_le_bytes();
        part.iter().chain(&length).fold(hash, |hash, byte| step(hash, *byte))
    })
}

/// What a line says of the lesson, when it speaks of it.
fn record<'a>(line: &'a str, name: &str) -> Option<(Mark, &'a str)> {
    let mut words = line.split_whitespace();
    let (found, state, fingerprint) = (words.next()?, words.next()?, words.next()?);
    let mark = match state {
        "done" => Mark::Done,
        "partial" => Mark::Partial,
        _ => return None,
    };
    (found == name).then_some((mark, fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(text: &str) -> (tempfile::TempDir, Progress) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("progress.txt"), text).unwrap();
        let progress = Progress::load(dir.path());
        (dir, progress)
    }

    #[test]
    fn a_lesson_stands_where_the_file_and_its_own_files_say() {
        let (_dir, progress) = progress("# mine\nkey done 0a\nshmget partial 0b\n");
        assert_eq!(progress.standing("key", "0a"), Standing::Done);
        assert_eq!(progress.standing("key", "ff"), Standing::Changed);
        assert_eq!(progress.standing("shmget", "0b"), Standing::Partial);
        assert_eq!(progress.standing("shmat", "0c"), Standing::NotYet);
    }

    #[test]
    fn what_is_not_understood_survives() {
        let (dir, mut progress) = progress("# mine\nkey done 0a\nfuture done 77\nshmget mastered 0b maybe\n");
        progress.note("key", Some((Mark::Done, "0d")));
        progress.note("shmat", Some((Mark::Partial, "0e")));
        progress.save().unwrap();
        let text = fs::read_to_string(dir.path().join("progress.txt")).unwrap();
        assert_eq!(text, "# mine\nkey done 0d\nfuture done 77\nshmget mastered 0b maybe\nshmat partial 0e\n");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing but the file is left");
    }

    #[test]
    fn what_cannot_be_read_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("progress.txt");
        fs::write(&path, b"# Andr\xe9\nkey done 0a\n").unwrap();
        let mut progress = Progress::load(dir.path());
        progress.note("shmget", Some((Mark::Done, "0b")));
        assert!(progress.save().is_err());
        assert_eq!(fs::read(&path).unwrap(), b"# Andr\xe9\nkey done 0a\n");
    }

    #[test]
    fn nothing_noted_writes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut progress = Progress::load(dir.path());
        progress.note("key", None);
        progress.save().unwrap();
        assert!(!dir.path().join("progress.txt").exists());
    }

    #[test]
    fn the_fingerprint_is_fnv1a_and_sees_every_move() {
        assert_eq!(fnv1a([].into_iter()), 0xcbf2_9ce4_8422_2325);
        let of = |parts: &[&str]| fnv1a(parts.iter().map(|part| part.as_bytes()));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
    }
}
