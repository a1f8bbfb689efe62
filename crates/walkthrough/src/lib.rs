//! What the walkthrough is made of: the chapters of its table of contents, and everything that they include.
//!
//! The builder refuses to build from faulty sources; `kata dev check` asks more of them. Both read them here.

#![allow(missing_docs, reason = "types and functions are documented; a variant whose name says it all is not")]

pub mod include;
pub mod markdown;
pub mod questions;
pub mod sections;
pub mod sessions;

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use include::{Part, inclusions};

/// A chapter, with what it includes put in.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// From `book/src`.
    pub path: PathBuf,
    /// As it was written.
    pub text: String,
    /// What mdBook gets.
    pub expanded: String,
    /// What it includes, directly or not.
    pub included: Vec<Included>,
}

/// A part of a file that a chapter includes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Included {
    /// From the kata's root.
    pub path: PathBuf,
    /// Between these anchors, or of the section of this name; `NAME:EXCERPT` is an excerpt of a session.
    pub anchor: Option<String>,
}

/// The sources, as far as they could be read, and what is wrong with them.
#[derive(Debug, Clone)]
pub struct Sources {
    /// In the order of the table of contents.
    pub chapters: Vec<Chapter>,
    /// One line each: the file and its line, the inclusion, what is wrong with it.
    pub faults: Vec<String>,
}

/// The folder of chapters, from the kata's root.
pub const SRC: &str = "book/src";

impl Sources {
    /// Reads the walkthrough of the kata at `root`.
    ///
    /// # Errors
    /// If the table of contents itself cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let src = root.join(SRC);
        let summary = fs::read_to_string(src.join("SUMMARY.md"))?;
        let mut sources = Self { chapters: Vec::new(), faults: Vec::new() };
        for path in summary.lines().filter_map(entry).map(|(_, path)| PathBuf::from(path)) {
            match fs::read_to_string(src.join(&path)) {
                Ok(text) => sources.add(root, path, text),
                Err(error) => {
                    sources.faults.push(format!("{SRC}/SUMMARY.md: {}: {error}", path.display()));
                    sources.add(root, path, String::new());
                }
            }
        }
        Ok(sources)
    }

    /// Adds the chapter with this path (from `book/src`) and text, whether the table of contents names it or not.
    pub fn add(&mut self, root: &Path, path: PathBuf, text: String) {
        let mut chapter = Chapter { expanded: String::new(), included: Vec::new(), text, path };
        let here = Path::new(SRC).join(&chapter.path);
        let expanded = expand(root, &here, &chapter.text, 0, &mut chapter.included, &mut self.faults);
        chapter.expanded = questions::expand(&expanded, &chapter.path);
        self.chapters.push(chapter);
    }

    /// Every file that a change of the built book can come from, from the kata's root.
    ///
    /// # Errors
    /// If `book/` cannot be read.
    pub fn files(&self, root: &Path) -> io::Result<BTreeSet<PathBuf>> {
        let mut files = BTreeSet::from([PathBuf::from("book/book.toml")]);
        below(root, Path::new(SRC), &mut files)?;
        below(root, Path::new("book/theme"), &mut files)?;
        let included = self.chapters.iter().flat_map(|chapter| &chapter.included);
        files.extend(included.map(|included| included.path.clone()));
        Ok(files)
    }
}

/// Adds the files below `folder` to `files`, by their paths from `root`.
fn below(root: &Path, folder: &Path, files: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() { below(root, &path, files)? } else { _ = files.insert(path) }
    }
    Ok(())
}

/// The chapter that a line of the table of contents names: its title there, and its path from `book/src`.
pub fn entry(line: &str) -> Option<(&str, &str)> {
    let (title, path) = line.trim_start_matches(['-', '*', ' ']).strip_prefix('[')?.split_once("](")?;
    Some((title, path.strip_suffix(')').filter(|path| !path.is_empty())?))
}

/// The text with its inclusions put in. `here` is the file it comes from, from the root.
fn expand(
    root: &Path,
    here: &Path,
    text: &str,
    depth: usize,
    included: &mut Vec<Included>,
    faults: &mut Vec<String>,
) -> String {
    let (mut expanded, mut done) = (String::new(), 0);
    for inclusion in inclusions(text) {
        expanded += &text[done..inclusion.span.start];
        done = inclusion.span.end;
        let path = normal(&here.parent().unwrap_or(here).join(inclusion.path));
        let anchor = match inclusion.part {
            Part::Anchor(name) | Part::Mistake(name, _) | Part::Session(name, None) => Some(name.to_owned()),
            Part::Session(name, Some(excerpt)) => Some(format!("{name}:{excerpt}")),
            Part::Whole | Part::Lines(..) => None,
        };
        let before = &text[text[..inclusion.span.start].rfind('\n').map_or(0, |end| end + 1)..inclusion.span.start];
        let indented = !before.is_empty() && before.trim().is_empty();
        // In an included part, lines count from where it begins.
        let line = (depth == 0).then(|| format!(":{}", text[..inclusion.span.start].matches('\n').count() + 1));
        let place = format!("{}{}", here.display(), line.unwrap_or_default());
        let fault = |what: &str| format!("{place}: {}: {what}", &text[inclusion.span.clone()]);
        let part = match &path {
            _ if depth == 10 => Err("it includes itself".to_owned()),
            None => Err("it lies outside of the kata".to_owned()),
            Some(path) if is_the_learners(path) => Err("what the learner writes is not ours to show".to_owned()),
            Some(path) => fs::read_to_string(root.join(path))
                .map_err(|error| error.to_string())
                .and_then(|file| inclusion.part.of(&file)),
        };
        match (path, part) {
            (Some(_), Ok(part)) if indented && part.trim_end().contains('\n') => {
                faults.push(fault("only its first line would be indented"));
            }
            (Some(path), Ok(part)) => {
                expanded += &expand(root, &path, &part, depth + 1, included, faults);
                included.push(Included { path, anchor });
            }
            (_, Err(what)) => faults.push(fault(&what)),
            (None, Ok(_)) => unreachable!("a path outside is an error"),
        }
    }
    expanded + &text[done..]
}

/// `lessons/NN_name/src`: the learner's own.
fn is_the_learners(path: &Path) -> bool {
    let mut parts = path.components().map(Component::as_os_str);
    parts.next() == Some("lessons".as_ref()) && parts.nth(1) == Some("src".as_ref())
}

/// The path without `..`, or nothing if it leads out of where it begins.
pub fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => normal.push(name),
            Component::CurDir => {}
            Component::ParentDir if normal.pop() => {}
            _ => return None,
        }
    }
    Some(normal)
}
