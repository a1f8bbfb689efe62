//! `dev check --only style`: formatted, and clippy has nothing to say, in both workspaces.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::findings::Findings;
use crate::scratch::Scratch;
use shm_kata::check::cargo;
use shm_kata::course::Course;
use shm_kata::process::child;
use shm_kata::trouble::{self, Trouble};

/// Checks the sources of the repository, and what the mistakes and variants make of the solutions.
pub fn check(course: &Course) -> Result<Findings, Trouble> {
    let mut findings = Findings::default();
    let solutions = course.root.join("solutions");
    for dir in [&course.root, &solutions] {
        let place = dir.strip_prefix(&course.root).ok().filter(|path| *path != Path::new(""));
        let place = place.map_or("the repository".to_owned(), |path| path.display().to_string());
        for arguments in [&["fmt", "--all", "--check"][..], &CLIPPY] {
            match cargo::passes(dir, arguments) {
                Ok(()) => {}
                Err(Ok(said)) => findings.problem(format!("cargo {} in {place}", arguments.join(" ")), said),
                Err(Err(trouble)) => return Err(trouble),
            }
        }
    }
    let scratch = Scratch::write(course)?;
    let made = scratch.packages.iter().filter(|package| package.origin.is_some());
    let files: Vec<_> = made.map(|package| package.dir.join("src/lib.rs")).collect();
    if !files.is_empty() {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--edition", "2024", "--check", "--config-path"]).arg(&course.root).args(&files);
        let finished = child::run(&mut rustfmt, b"", Duration::from_secs(60));
        let finished =
            finished.map_err(|stopped| trouble::program("rustfmt", "rustup component add rustfmt", stopped))?;
        if !finished.succeeded() {
            let said = [finished.stdout, finished.stderr].concat();
            findings.problem("rustfmt on mistakes and variants", String::from_utf8_lossy(&said));
        }
    }
    findings.found = format!("both workspaces, {} mistakes and variants", files.len());
    Ok(findings)
}

const CLIPPY: [&str; 7] = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
