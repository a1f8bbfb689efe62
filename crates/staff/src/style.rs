//! `dev check --only style`: formatted, and clippy has nothing to say, in both workspaces.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::findings::Findings;
use crate::scratch::Scratch;
use shm_kata::check::cargo;
use shm_kata::course::{Course, Lesson};
use shm_kata::process::child;
use shm_kata::trouble::{self, Trouble};

/// Checks the sources of the repository or of one lesson, and what the mistakes and variants make of the solutions.
/// Where `synced` is false the starters are not what they will be, so clippy does not look at them.
///
/// # Errors
/// If cargo or rustfmt cannot be run.
pub fn check(course: &Course, one: Option<&Lesson>, synced: bool) -> Result<Findings, Trouble> {
    let mut findings = Findings::default();
    let mut unformatted = BTreeSet::new();
    for (dir, place) in [(course.root.clone(), ""), (course.root.join("solutions"), "solutions/")] {
        let name = one.map_or("", |lesson| lesson.name.as_str());
        let (format, lint) = match one {
            None => (["fmt", "--all", "--check", "--", "-l"].to_vec(), ["clippy", "--workspace"].to_vec()),
            Some(_) => (
                ["fmt", "--package", name, "--check", "--", "-l"].to_vec(),
                ["clippy", "--no-deps", "--package", name].to_vec(),
            ),
        };
        if let Some(said) = complaint(&dir, &format)? {
            // Each line a file, or else what is in the way.
            match said.lines().map(|line| Path::new(line).strip_prefix(&course.root)).collect::<Result<Vec<_>, _>>() {
                Ok(paths) => unformatted.extend(paths.into_iter().map(Path::to_path_buf)),
                Err(_) => findings.problem(format!("{place}cargo {}", format.join(" ")), said),
            }
        }
        if !synced && place.is_empty() {
            findings.note("clippy looks at lessons/ when `cargo kata dev sync` has been run".to_owned());
            continue;
        }
        let lint = [&lint[..], &["--all-targets", "--quiet", "--", "-D", "warnings"]].concat();
        if let Some(said) = complaint(&dir, &lint)? {
            let place = if place.is_empty() { "." } else { "solutions" };
            findings.problem(format!("in {place}, cargo {}", lint.join(" ")), format!("it complains\n{said}"));
        }
    }
    for path in unformatted {
        let advice = if path.starts_with("solutions") { "(cd solutions && cargo fmt)" } else { "cargo fmt --all" };
        findings.problem(path.display(), format!("is not formatted: {advice}"));
    }
    let files = overlays(course, one, &mut findings)?;
    findings.found = format!("the sources in both workspaces, {files} mistakes and variants");
    Ok(findings)
}

/// What cargo says in this folder, if it is not content.
fn complaint(dir: &Path, arguments: &[&str]) -> Result<Option<String>, Trouble> {
    match cargo::passes(dir, arguments) {
        Ok(()) => Ok(None),
        Err(Ok(said)) => Ok(Some(said)),
        Err(Err(trouble)) => Err(trouble),
    }
}

/// The mistakes and variants, which no package of the repository holds; how many they are.
fn overlays(course: &Course, one: Option<&Lesson>, findings: &mut Findings) -> Result<usize, Trouble> {
    let scratch = Scratch::write(course)?;
    let made = scratch.packages.iter().filter(|package| package.origin.is_some());
    let made = made.filter(|package| one.is_none_or(|one| *one == package.lesson));
    let files: Vec<_> = made.map(|package| package.dir.join("src/lib.rs")).collect();
    if !files.is_empty() {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--edition", "2024", "--check", "--config-path"]).arg(&course.root).args(&files);
        let finished = child::run(&mut rustfmt, b"", Duration::from_secs(60));
        let finished =
            finished.map_err(|stopped| trouble::program("rustfmt", "rustup component add rustfmt", stopped))?;
        if !finished.succeeded() {
            let said = [finished.stdout, finished.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            findings.problem("mistakes and variants", format!("are not formatted as rustfmt does it\n{said}"));
        }
    }
    Ok(files.len())
}
