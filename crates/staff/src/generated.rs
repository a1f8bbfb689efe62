//! What the kata writes and no author: starters and manifests of lessons, lists of lessons, the solutions' lock file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::findings::Findings;
use crate::manifest;
use crate::tables::{self, SYNC};
use shm_kata::check::cargo;
use shm_kata::course::starter::{self, Reading};
use shm_kata::course::store;
use shm_kata::course::{Course, Lesson};
use shm_kata::trouble::{self, Trouble, cannot};

/// Brings all of it up to date, for these lessons of the course; returns the files that were written, from the root.
///
/// # Errors
/// If a solution or a list cannot be read, or a file not be written. What was written before stays.
pub fn write(course: &Course, lessons: &[&Lesson]) -> Result<Vec<PathBuf>, Trouble> {
    let mut written = Vec::new();
    for lesson in lessons {
        let manifest = manifest_of(course, lesson)?.map_err(|wrong| cannot(wrong, ""))?;
        let path = course.dir(lesson).join("Cargo.toml");
        if store::update(&path, manifest)? {
            written.push(path);
        }
        let starter = starter::generate(&course.root, &course.solution(lesson), Reading::Starter)?;
        written.extend(store::mirror(&course.dir(lesson).join("src"), &starter)?);
    }
    for (path, list) in tables::lists(course)? {
        let path = course.root.join(path);
        if store::update(&path, list.map_err(|wrong| cannot(format!("{}: {wrong}", path.display()), ""))?)? {
            written.push(path);
        }
    }
    let lock = course.root.join("solutions/Cargo.lock");
    let before = fs::read(&lock).ok();
    if before.is_some() {
        locked(&course.root.join("solutions"), &[])?.map_err(|said| cannot(said, ""))?;
        written.extend((fs::read(&lock).ok() != before).then_some(lock));
    }
    Ok(written.into_iter().map(|path| path.strip_prefix(&course.root).unwrap_or(&path).to_path_buf()).collect())
}

/// Compares the starters and manifests of these lessons, and the lock file, with what is there. Lists of lessons are
/// compared with the texts around them.
///
/// # Errors
/// If cargo or rustfmt cannot be run, or the check is interrupted; what is wrong in a file is a finding.
pub fn check(course: &Course, lessons: &[&Lesson]) -> Result<Findings, Trouble> {
    let mut findings = Findings::default();
    let mut whole = true;
    for lesson in lessons {
        let Lesson { folder, .. } = lesson;
        match told(manifest_of(course, lesson))?.and_then(|manifest| manifest) {
            Err(wrong) => {
                findings.problem(format!("solutions/{folder}/Cargo.toml"), wrong);
                whole = false;
            }
            Ok(manifest)
                if fs::read_to_string(course.dir(lesson).join("Cargo.toml")).is_ok_and(|is| is == manifest) =>
            {
                findings.count("manifests");
            }
            Ok(_) => {
                let place = format!("lessons/{folder}/Cargo.toml");
                findings.problem(place, format!("is not what the solution's generates: {SYNC}"));
            }
        }
        match told(starter::generate(&course.root, &course.solution(lesson), Reading::Starter))? {
            Err(wrong) => {
                findings.problem(format!("solutions/{folder}/src"), wrong);
                whole = false;
            }
            Ok(starter) if starter::read_files(&course.dir(lesson).join("src"))? == starter => {
                findings.count("starters are what the solutions generate");
            }
            Ok(_) => {
                findings
                    .problem(format!("lessons/{folder}/src"), format!("is not what the solution generates: {SYNC}"));
            }
        }
    }
    let solutions = course.root.join("solutions");
    // Of a workspace that is not whole cargo says no more than is said above.
    if whole && solutions.join("Cargo.lock").exists() && locked(&solutions, &["--locked"])?.is_err() {
        findings.problem("solutions/Cargo.lock", format!("is not up to date: {SYNC}"));
    }
    Ok(findings)
}

/// What is wrong with a file, apart from what ends the check.
fn told<T>(result: Result<T, Trouble>) -> Result<Result<T, String>, Trouble> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Trouble::Cannot { what, .. }) => Ok(Err(what)),
        Err(trouble) => Err(trouble),
    }
}

/// The lesson's manifest as the solution's generates it, or what is wrong with that one.
fn manifest_of(course: &Course, lesson: &Lesson) -> Result<Result<String, String>, Trouble> {
    let path = course.solution(lesson).join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))?;
    Ok(manifest::lesson(&text, lesson))
}

/// Has cargo add the members of the workspace to its lock file, and change no version in it; what it says if it cannot.
pub fn locked(workspace: &Path, flags: &[&str]) -> Result<Result<(), String>, Trouble> {
    match cargo::passes(workspace, &[&["update", "--workspace", "--offline", "--quiet"], flags].concat()) {
        Ok(()) => Ok(Ok(())),
        Err(Ok(said)) => Ok(Err(said)),
        Err(Err(trouble)) => Err(trouble),
    }
}
