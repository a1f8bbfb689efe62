//! The output that chapters show, made again: `book/output/*.txt`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::session::{self, Stage};
use crate::site::{cannot, write};

/// Runs every session, or those named, and writes down what they print now; or only compares.
pub fn output(root: &Path, target: &Path, check: bool, names: &[String]) -> Result<(), String> {
    let folder = root.join("book/output");
    let sessions = chosen(&folder, names)?;
    let stage = prepare(root, &target.join("book-output"))?;
    let mut different = Vec::new();
    for path in sessions {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with("_root") && !stage.root {
            println!("{name}: skipped, since it needs root to play several users");
            continue;
        }
        let written = fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
        let now = session::run(&stage, &written).map_err(|what| format!("{name}: {what}"))?;
        if now == written {
            println!("{name}: as it was");
        } else if check {
            println!("{name}: differs\n{}", difference(&written, &now));
            different.push(name);
        } else {
            write(&path, &now)?;
            println!("{name}: written");
        }
    }
    if different.is_empty() {
        return Ok(());
    }
    let again = "look at what `cargo run -p book -- output` makes of them, and commit it if it is right";
    Err(format!("these sessions print something else now: {}; {again}", different.join(", ")))
}

/// What sessions run, besides what every system has.
const TOOLS: [&str; 6] = ["unshare", "setpriv", "ipcs", "perl", "strace", "cc"];

fn chosen(folder: &Path, names: &[String]) -> Result<Vec<PathBuf>, String> {
    if !names.is_empty() {
        let paths = names.iter().map(|name| folder.join(format!("{}.txt", name.trim_end_matches(".txt"))));
        return Ok(paths.collect());
    }
    let entries = fs::read_dir(folder).map_err(|error| cannot("read", folder, &error))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "txt")).collect();
    paths.sort();
    Ok(paths)
}

/// What sessions need: the solutions' programs, and a kata of their own with its runner.
fn prepare(root: &Path, folder: &Path) -> Result<Stage, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let is_there = |tool: &&str| env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let missing: Vec<_> = TOOLS.into_iter().filter(|tool| !is_there(tool)).collect();
    if !missing.is_empty() {
        return Err(format!("sessions need programs that are not installed: {}", missing.join(", ")));
    }
    let programs = folder.join("solutions");
    let arguments = ["build", "--bins", "-p", "write", "-p", "read", "-p", "shmctl"];
    cargo(&root.join("solutions"), &programs, &arguments)?;
    let stage = Stage::new(root, folder);
    cargo(root, &stage.target, &["build", "-p", "shm-kata", "-p", "staff", "--bins"])?;
    Ok(stage)
}

fn cargo(workspace: &Path, target: &Path, arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("cargo")
        .args(arguments)
        .arg("--quiet")
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} in {}: {status}", arguments[0], workspace.display())) }
}

/// The lines that differ, from the first to the last of them.
fn difference(was: &str, now: &str) -> String {
    let (was, now): (Vec<_>, Vec<_>) = (was.lines().collect(), now.lines().collect());
    let same = was.iter().zip(&now).take_while(|(one, other)| one == other).count();
    let rest = was[same..].iter().rev().zip(now[same..].iter().rev()).take_while(|(one, other)| one == other).count();
    let lines = |mark: &str, lines: &[&str]| {
        lines[same..lines.len() - rest].iter().map(|line| format!("  {mark} {line}\n")).collect::<String>()
    };
    lines("-", &was) + &lines("+", &now)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_difference_is_what_lies_between() {
        assert_eq!(super::difference("a\nb\nd\n", "a\nc\nc\nd\n"), "  - b\n  + c\n  + c\n");
        assert_eq!(super::difference("a\n", "a\nb\n"), "  + b\n");
    }
}
