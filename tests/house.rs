//! What the two workspaces can share only by repetition is the same in both.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use rstest::rstest;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a manifest by section, comments and empty lines left out.
fn sections(manifest: &str) -> BTreeMap<String, Vec<String>> {
    let mut sections = BTreeMap::<_, Vec<_>>::new();
    let mut section = String::new();
    for line in read(manifest).lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => section = name.to_owned(),
            None => sections.entry(section.clone()).or_default().push(line.to_owned()),
        }
    }
    sections
}

#[rstest]
#[case("workspace.package")]
#[case("workspace.lints.rust")]
#[case("workspace.lints.clippy")]
#[case("profile.dev")]
fn the_two_workspaces_agree_on(#[case] section: &str) {
    let (root, solutions) = (sections("Cargo.toml"), sections("solutions/Cargo.toml"));
    assert!(root.contains_key(section), "the root has no [{section}]");
    assert_eq!(root.get(section), solutions.get(section), "[{section}] differs: left the root's, right the solutions'");
}

#[test]
fn the_two_workspaces_agree_on_versions() {
    let root = sections("Cargo.toml").remove("workspace.dependencies").unwrap();
    let mut solutions = sections("solutions/Cargo.toml").remove("workspace.dependencies").unwrap();
    solutions.retain(|line| !line.starts_with("kata "));
    for line in solutions {
        assert!(root.contains(&line), "the root's Cargo.toml has not `{line}`");
    }
}

/// A learner who waits for the first red test waits for what the first lesson compiles.
#[test]
fn the_first_lesson_asks_for_nothing_that_it_does_not_use() {
    let lessons = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let first = lessons.min().unwrap().into_string().unwrap();
    let manifest = sections(&format!("lessons/{first}/Cargo.toml"));
    assert_eq!(manifest["dependencies"], ["libc.workspace = true"]);
    assert_eq!(manifest["dev-dependencies"], ["kata.workspace = true"]);
}

/// The crates that a package of this workspace asks for by itself, of other people's: what Cargo.lock knows.
fn dependencies() -> BTreeSet<String> {
    let lock = read("Cargo.lock");
    let packages = lock.split("[[package]]").skip(1);
    let ours: Vec<&str> = packages.filter(|package| !package.contains("\nsource = ")).collect();
    let quoted = |line: &str| line.split('"').nth(1).map(|text| text.split(' ').next().unwrap().to_owned());
    let names: BTreeSet<_> = ours.iter().filter_map(|package| quoted(package)).collect();
    let lists = ours.iter().filter_map(|package| package.split_once("dependencies = ["));
    let asked: BTreeSet<_> = lists.flat_map(|(_, list)| list.lines().filter_map(quoted)).collect();
    &asked - &names
}

/// The rows of the table in a section of the guide, without its head.
fn table(section: &str) -> Vec<String> {
    let guide = read("CONTRIBUTING.md");
    let (_, behind) = guide.split_once(&format!("\n## {section}\n")).unwrap();
    let section = behind.split("\n## ").next().unwrap();
    section.lines().filter(|line| line.starts_with("| ")).skip(1).map(str::to_owned).collect()
}

#[test]
fn every_promise_is_in_the_guide() {
    let listed: BTreeSet<_> = table("What the tests promise")
        .iter()
        .flat_map(|row| row.split('|').nth(1).unwrap().split(','))
        .map(|name| name.trim().trim_matches('`').to_owned())
        .collect();
    let tests = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")).unwrap();
    let tests = tests.map(|entry| entry.unwrap().path());
    let tests = tests.filter(|path| path.extension().is_some_and(|end| end == "rs") || path.join("main.rs").is_file());
    let there: BTreeSet<_> = tests.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(listed, there, "left CONTRIBUTING.md's table, right what is in tests/");
}

#[test]
fn every_dependency_has_its_reason() {
    let rows = table("Dependencies").into_iter().filter(|row| !row.contains("(npm)"));
    let first = |name: &str| name.split_whitespace().next().unwrap().to_owned();
    let listed: BTreeSet<_> =
        rows.flat_map(|row| row.split('|').nth(1).unwrap().split(',').map(first).collect::<Vec<_>>()).collect();
    assert_eq!(listed, dependencies(), "left CONTRIBUTING.md's table, right what Cargo.lock says that we ask for");
}

/// CI reads the version from Cargo.toml. The image has it in its name.
#[test]
fn the_development_container_has_the_rust_that_the_manifest_names() {
    let version = read("Cargo.toml").lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().to_owned();
    let image = format!("FROM rust:{}-", version.trim_matches('"'));
    assert!(read(".devcontainer/Dockerfile").lines().any(|line| line.starts_with(&image)), "no line {image}...");
}

/// `.ci/run` installs what it misses. An ordinary user without sudo learns what that is; apt-get is not even started.
#[rstest]
#[case::root("0", "exit 1", true)]
#[case::an_ordinary_user_with_sudo("1000", "[ \"$1\" = -n ] && shift && exec \"$@\"", true)]
#[case::an_ordinary_user_without("1000", "exit 1", false)]
fn missing_packages_are_installed_or_named(#[case] uid: &str, #[case] sudo: &str, #[case] installs: bool) {
    let folder = tempfile::tempdir().unwrap();
    let scripts = [("id", format!("echo {uid}")), ("sudo", sudo.to_owned()), ("apt-get", "echo apt-get $*".to_owned())];
    for (name, script) in scripts {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }
    let output = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/install"))
        .args(["strace", "fish"])
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.success(), installs, "{stderr}");
    if installs {
        let installed = stdout.lines().last().unwrap_or_default();
        assert!(installed.starts_with("apt-get install ") && installed.ends_with(" strace fish"), "{stdout}");
    } else {
        assert!(stdout.is_empty() && stderr.contains("apt-get install strace fish"), "{stdout}{stderr}");
    }
}
