//! The output that chapters show, made again: `book/output/PAGE.md`, a section for each session.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use walkthrough::sessions::{self, OUTPUT, Session};

use crate::session::{self, Stage};
use crate::site::{cannot, write};

/// Runs every session, or those named (`PAGE`, `PAGE:SESSION`), and writes down what they print now; or only compares.
pub fn output(root: &Path, target: &Path, check: bool, names: &[String]) -> Result<(), String> {
    let sessions = chosen(root, names)?;
    let stage = prepare(root, &target.join("book-output"))?;
    let mut different = Vec::new();
    for (page, session) in sessions {
        let name = format!("{page}:{}", session.name);
        if session.needs_root && !stage.root {
            println!("{name}: skipped, since it needs root to play several users");
            continue;
        }
        let now = session::run(&stage, &session.text).map_err(|what| format!("{name}: {what}"))?;
        if now == session.text {
            println!("{name}: as it was");
        } else if check {
            println!("{name}: differs\n{}", difference(&session.text, &now));
            different.push(name);
        } else {
            write_down(root, &page, &session.name, &now)?;
            println!("{name}: written");
        }
    }
    if different.is_empty() {
        return Ok(());
    }
    let again = "look at what `cargo run -p book -- output` makes of them, and commit it if it is right";
    Err(format!("these sessions print something else now: {}; {again}", different.join(", ")))
}

/// The sessions that are named, each with its page; all of them, if none is.
fn chosen(root: &Path, names: &[String]) -> Result<Vec<(String, Session)>, String> {
    let pages = pages(root)?;
    let wanted: Vec<_> = match names {
        [] => pages.iter().map(|page| (page.as_str(), None)).collect(),
        _ => names
            .iter()
            .map(|name| name.split_once(':').map_or((&**name, None), |(page, name)| (page, Some(name))))
            .collect(),
    };
    let mut chosen = Vec::new();
    for (page, name) in wanted {
        let page = page.trim_end_matches(".md");
        if !pages.iter().any(|known| known == page) {
            return Err(format!("there is no {}; the pages are {}", place(page), pages.join(", ")));
        }
        let (sessions, faults) = sessions::read(&read(root, page)?);
        if !faults.is_empty() {
            let faults = faults.iter().map(|fault| format!("\n  {}:{}: {}", place(page), fault.line, fault.what));
            return Err(format!("these sessions cannot be read:{}", faults.collect::<String>()));
        }
        if let Some(name) = name.filter(|name| !sessions.iter().any(|session| session.name == *name)) {
            let names: Vec<_> = sessions.iter().map(|session| session.name.as_str()).collect();
            return Err(format!("{} has no section `## {name}`; it has {}", place(page), names.join(", ")));
        }
        let wanted = sessions.into_iter().filter(|session| name.is_none_or(|name| session.name == name));
        chosen.extend(wanted.map(|session| (page.to_owned(), session)));
    }
    Ok(chosen)
}

/// The names of the pages that have sessions.
fn pages(root: &Path) -> Result<Vec<String>, String> {
    let folder = root.join(OUTPUT);
    let entries = fs::read_dir(&folder).map_err(|error| cannot("read", &folder, &error))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut pages: Vec<_> = names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned)).collect();
    pages.sort();
    Ok(pages)
}

/// The page's file, from the root.
fn place(page: &str) -> String {
    format!("{OUTPUT}/{page}.md")
}

fn read(root: &Path, page: &str) -> Result<String, String> {
    let path = root.join(place(page));
    fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))
}

/// Reads the page once more: sessions take minutes, and its author may have gone on writing.
fn write_down(root: &Path, page: &str, name: &str, now: &str) -> Result<(), String> {
    let text = sessions::with_output(&read(root, page)?, name, now);
    write(&root.join(place(page)), &text.map_err(|what| format!("{}: {what}", place(page)))?)
}

/// What sessions run, besides what every system has.
const TOOLS: [&str; 6] = ["unshare", "setpriv", "ipcs", "perl", "strace", "cc"];

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
