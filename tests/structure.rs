//! The sources keep their order: files import from their own room and from lower ones, never in a circle, and output is
//! written in one place. Read from the paths in the sources; code for tests (`#[cfg(test)]`) may import what it wants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The runner's rooms from low to high. A room is a folder or a file of `src`.
const RUNNER: &[&str] = &[
    "process", "trouble", "out", "exit", "users", "course", "check", "text", "show", "terminal", "doctor", "xray",
    "watch", "commands", "lib",
];

/// The library's, likewise.
const LIBRARY: &[&str] =
    &["errno", "kernel", "process", "crash", "calls", "report", "runner", "sandbox", "expect", "lib"];

/// A package's source files, as modules.
struct Package {
    src: PathBuf,
    /// By the module's path: `watch::app`; `lib` is the root.
    modules: BTreeMap<String, Module>,
}

struct Module {
    path: PathBuf,
    /// Without comments, texts and test code.
    code: String,
    /// What its `pub use` lines hand on, by name: the path that is meant.
    handed_on: BTreeMap<String, String>,
}

impl Package {
    fn read(src: &Path) -> Self {
        let (mut modules, mut for_tests) = (BTreeMap::new(), BTreeSet::new());
        for path in rust_files(src) {
            let within = path.strip_prefix(src).unwrap().with_extension("");
            let mut names: Vec<_> = within.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
            if names.last().is_some_and(|name| name == "mod") {
                names.pop();
            }
            // A program beside the library is a crate of its own; without one it is the root.
            if names == ["main"] {
                if src.join("lib.rs").exists() {
                    continue;
                }
                names = vec!["lib".to_owned()];
            }
            let source = fs::read_to_string(&path).unwrap();
            let place: Vec<_> = names.iter().filter(|name| *name != "lib").cloned().collect();
            for_tests.extend(test_modules(&source).map(|name| [place.clone(), vec![name]].concat().join("::")));
            modules.insert(names.join("::"), Module { path, code: code(&source), handed_on: BTreeMap::new() });
        }
        modules.retain(|name, _| !for_tests.contains(name));
        let names: Vec<_> = modules.keys().cloned().collect();
        for name in names {
            let mut handed_on = BTreeMap::new();
            for statement in modules[&name].code.split(';') {
                if let Some((_, tree)) = statement.split_once("pub use ") {
                    for path in leaves(tree) {
                        let (path, alias) = path
                            .split_once(" as ")
                            .map_or((path.clone(), None), |(path, alias)| (path.to_owned(), Some(alias.to_owned())));
                        let last = alias.unwrap_or_else(|| path.rsplit("::").next().unwrap().to_owned());
                        handed_on.insert(last, absolute(&name, &path, &modules));
                    }
                }
            }
            modules.get_mut(&name).unwrap().handed_on = handed_on;
        }
        Self { src: src.to_path_buf(), modules }
    }

    /// The module in which what an absolute path names is defined; names that were handed on lead further.
    fn home(&self, path: &str) -> Option<String> {
        let mut path = path.to_owned();
        // A name may be handed on several times.
        for _ in 0..8 {
            let parts: Vec<_> = path.split("::").collect();
            let depth = (0..=parts.len()).rev().find(|depth| self.modules.contains_key(&module(&parts[..*depth])))?;
            let found = module(&parts[..depth]);
            let Some(next) = parts.get(depth).and_then(|name| self.modules[&found].handed_on.get(*name)) else {
                return Some(found);
            };
            // What is handed on from another crate is at home here.
            let Some(next) = next.strip_prefix("crate::") else { return Some(found) };
            path = [&[next], &parts[depth + 1..]].concat().join("::");
        }
        panic!("{path} is handed on in a circle")
    }

    /// The modules that a module names, itself left out.
    fn imports(&self, name: &str) -> BTreeSet<String> {
        let code = &self.modules[name].code;
        let mut paths: Vec<String> = Vec::new();
        let mut body = String::new();
        for statement in code.split(';') {
            if let Some((before, tree)) = use_of(statement) {
                paths.extend(leaves(tree).into_iter().map(|path| path.split(" as ").next().unwrap().to_owned()));
                body += before;
            } else {
                body += statement;
            }
            body.push(';');
        }
        let code = body;
        // Paths in the code itself: `crate::a::b`, `super::c`.
        for start in ["crate::", "super::", "self::"] {
            for (at, _) in code.match_indices(start) {
                let before = code[..at].chars().next_back();
                if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':') {
                    let end = code[at..].find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
                    paths.push(code[at..][..end.unwrap_or(code.len() - at)].trim_end_matches(':').to_owned());
                }
            }
        }
        let homes = paths.iter().map(|path| absolute(name, path, &self.modules));
        let homes = homes.filter_map(|path| self.home(path.strip_prefix("crate::")?));
        homes.filter(|home| home != name).collect()
    }

    /// Where modules import in circles: each circle with its modules.
    fn circles(&self) -> Vec<String> {
        let imports: BTreeMap<_, _> = self.modules.keys().map(|name| (name.clone(), self.imports(name))).collect();
        let reach = |from: &String| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(name) = next.pop() {
                for import in imports.get(&name).into_iter().flatten() {
                    if seen.insert(import.clone()) {
                        next.push(import.clone());
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<_, _> = imports.keys().map(|name| (name.clone(), reach(name))).collect();
        let mut circles = BTreeSet::new();
        for (name, seen) in &reached {
            if seen.contains(name) {
                let others = seen.iter().filter(|other| reached.get(*other).is_some_and(|back| back.contains(name)));
                circles.insert(others.cloned().collect::<Vec<_>>().join(", "));
            }
        }
        circles.into_iter().map(|circle| format!("{}: {circle}", self.src.display())).collect()
    }

    /// Imports from a higher room into a lower one.
    fn upwards(&self, rooms: &[&str]) -> Vec<String> {
        let rank = |name: &str| {
            let room = name.split("::").next().unwrap();
            rooms
                .iter()
                .position(|known| *known == room)
                .unwrap_or_else(|| panic!("{room} has no place among the rooms"))
        };
        let pairs =
            self.modules.keys().flat_map(|name| self.imports(name).into_iter().map(move |import| (name, import)));
        let upwards = pairs.filter(|(name, import)| rank(import) > rank(name));
        upwards.map(|(name, import)| format!("{name} imports {import}")).collect()
    }
}

/// The module's path; the root is `lib`.
fn module(parts: &[&str]) -> String {
    if parts.is_empty() { "lib".to_owned() } else { parts.join("::") }
}

/// The path from the crate's root that `path` means in the module `within`; one of another crate stays as it is.
fn absolute(within: &str, path: &str, modules: &BTreeMap<String, Module>) -> String {
    let mut place: Vec<&str> = if within == "lib" { Vec::new() } else { within.split("::").collect() };
    let mut rest = path;
    if let Some(path) = path.strip_prefix("crate::") {
        return format!("crate::{path}");
    }
    let mut relative = false;
    loop {
        if let Some(after) = rest.strip_prefix("super::") {
            place.pop();
            (rest, relative) = (after, true);
        } else if let Some(after) = rest.strip_prefix("self::") {
            (rest, relative) = (after, true);
        } else {
            break;
        }
    }
    let child = [&place[..], &[rest.split("::").next().unwrap()]].concat().join("::");
    if relative || modules.contains_key(&child) {
        return ["crate", &place.join("::"), rest]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("::");
    }
    path.to_owned()
}

/// The names of the modules in files of their own that are for tests alone.
fn test_modules(source: &str) -> impl Iterator<Item = String> {
    let named = source.split("#[cfg(test)]").skip(1).filter_map(|after| {
        let item = after.trim_start();
        let (name, _) = item.strip_prefix("pub ").unwrap_or(item).strip_prefix("mod ")?.split_once(';')?;
        name.chars().all(|c| c.is_alphanumeric() || c == '_').then(|| name.to_owned())
    });
    named.collect::<Vec<_>>().into_iter()
}

/// What stands before a statement that is a `use`, and its tree.
fn use_of(statement: &str) -> Option<(&str, &str)> {
    let (before, tree) = statement.rsplit_once("use ")?;
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    (line.is_empty() || line == "pub" || line.starts_with("pub(")).then_some((before, tree))
}

/// The paths of a tree: `a::{b, c::{self, d}}` is `a::b`, `a::c`, `a::c::d`.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        return vec![tree.trim_end_matches("::self").to_owned()];
    };
    let inner = rest.trim_end().strip_suffix('}').unwrap_or(rest);
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in inner.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(c);
    }
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(|part| leaves(&format!("{head}{part}"))).collect()
}

/// Source text without comments, without what stands between quotes, and without items for tests alone.
fn code(source: &str) -> String {
    let mut code = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let raw = ["r\"", "r#\"", "br\"", "br#\""].iter().find(|start| rest.starts_with(**start));
        let word = code.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(start) = raw.filter(|_| !word) {
            let end = if start.contains('#') { "\"#" } else { "\"" };
            let after = &rest[start.len()..];
            rest = after.find(end).map_or("", |at| &after[at + end.len()..]);
            code += "\"\"";
        } else if c == '"' {
            let mut chars = rest.char_indices().skip(1);
            let mut end = rest.len();
            while let Some((at, c)) = chars.next() {
                match c {
                    '\\' => _ = chars.next(),
                    '"' => {
                        end = at + 1;
                        break;
                    }
                    _ => {}
                }
            }
            rest = &rest[end..];
            code += "\"\"";
        } else if c == '\'' && rest.chars().nth(2) == Some('\'') {
            rest = &rest[rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at)..];
        } else if rest.starts_with("'\\") {
            rest = rest[2..].find('\'').map_or("", |at| &rest[at + 3..]);
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    without_tests(&code)
}

fn without_tests(code: &str) -> String {
    let Some((before, after)) = code.split_once("#[cfg(test)]") else { return code.to_owned() };
    // An item ends at the first `;` outside of braces, or with the brace that closes its first one.
    let mut depth = 0;
    let end = after.char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(c, '}' | ';')
    });
    before.to_owned() + &without_tests(end.map_or("", |(at, _)| &after[at + 1..]))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn runner() -> Package {
    Package::read(&root().join("src"))
}

fn library() -> PathBuf {
    root().join("crates/kata/src")
}

/// The `src` folders of all packages whose files are judged.
fn sources() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path().join("src"));
    crates.filter(|src| src.is_dir()).chain([root().join("src")]).collect()
}

#[test]
fn files_do_not_import_in_a_circle() {
    let circles: Vec<_> = sources().into_iter().flat_map(|src| Package::read(&src).circles()).collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn rooms_import_downwards_alone() {
    let upwards = runner().upwards(RUNNER);
    assert!(upwards.is_empty(), "{upwards:#?}");
    let upwards = Package::read(&library()).upwards(LIBRARY);
    assert!(upwards.is_empty(), "{upwards:#?}");
}

/// Otherwise a file that imports from its folder's `mod.rs` and is used there would be a circle of two.
#[test]
fn a_folders_mod_file_only_declares_and_hands_on() {
    for src in sources() {
        for (name, module) in Package::read(&src).modules {
            if !module.path.ends_with("mod.rs") {
                continue;
            }
            for statement in module.code.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
                let visible = ["pub ", "pub(crate) ", "pub(super) "];
                let statement = visible.iter().find_map(|word| statement.strip_prefix(word)).unwrap_or(statement);
                let fine = ["mod ", "use "].iter().any(|word| statement.starts_with(word));
                assert!(fine, "{name} in {}: {statement}", src.display());
            }
        }
    }
}

#[test]
fn output_is_written_in_one_place() {
    for (name, module) in runner().modules {
        let inner = |at: usize| module.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let names = |word: &str| module.code.match_indices(word).any(|(at, _)| !inner(at));
        let writes = ["println!", "print!(", "eprint!(", "dbg!(", "stdout()", "stderr()", "Stdout", "Stderr"];
        let found: Vec<_> = writes.into_iter().filter(|word| names(word)).collect();
        // The screen is all of the terminal, and its own affair.
        assert!(found.is_empty() || ["out", "terminal::screen"].contains(&name.as_str()), "{name}: {found:?}");
    }
}

/// A save is judged once, on the thread of the check. What shows the judgement asks neither the disk nor the progress
/// again: the folders for text and for the terminal's cells, and the parts of the watch that the screen is drawn by.
#[test]
fn what_draws_reads_no_file() {
    // It shows what is asked for by a key or a command, and reads it.
    const READER: &str = "show::solution";
    const DRAWING: [&str; 8] = ["bars", "body", "draw", "found", "keys", "panel", "state", "ticks"];
    let runner = runner();
    let draws = |name: &str| {
        let (room, file) = name.split_once("::").unwrap_or((name, ""));
        matches!(room, "text" | "show") && name != READER || room == "watch" && DRAWING.contains(&file)
    };
    let drawing: Vec<_> = runner.modules.keys().filter(|name| draws(name)).collect();
    assert!(DRAWING.iter().all(|file| drawing.iter().any(|name| **name == format!("watch::{file}"))), "{drawing:?}");
    for name in drawing {
        let code = &runner.modules[name].code;
        let asks =
            ["fs::", "File", "Command", "Board::read", "Progress::load", "fingerprint(", "Course::find", "Links::new"];
        let found: Vec<_> = asks.into_iter().filter(|word| code.contains(word)).collect();
        assert!(found.is_empty(), "{name}: {found:?}");
        let below = ["course::material", "course::starter", "course::store", "course::exchange", "process"];
        let imports = runner.imports(name);
        let imports: Vec<_> =
            imports.iter().filter(|import| below.iter().any(|room| import.starts_with(room))).collect();
        assert!(imports.is_empty(), "{name}: {imports:?}");
    }
}

#[test]
fn the_library_names_no_lesson_and_a_lesson_not_the_runner() {
    let lessons: Vec<_> = fs::read_dir(root().join("lessons")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let folders = lessons.iter().map(|lesson| lesson.file_name().unwrap().to_str().unwrap());
    let folders: Vec<_> = folders.filter(|name| name.starts_with(|c: char| c.is_ascii_digit())).collect();
    assert!(!folders.is_empty());
    for path in rust_files(&root().join("crates/kata/src")) {
        let source = without_tests(&fs::read_to_string(&path).unwrap());
        let named: Vec<_> = folders.iter().filter(|folder| source.contains(**folder)).collect();
        assert!(named.is_empty(), "{} names {named:?}", path.display());
    }
    let manifest = |path: &Path| fs::read_to_string(path.join("Cargo.toml")).unwrap_or_default();
    let library = manifest(&root().join("crates/kata"));
    assert!(!library.contains("lessons/") && !library.contains("shm-kata"), "{library}");
    for lesson in &lessons {
        assert!(!manifest(lesson).contains("shm-kata"), "{} depends on the runner", lesson.display());
    }
}

/// What these tests see, shown on sources made for it.
#[test]
fn a_circle_a_way_upwards_and_a_hidden_path_are_seen() {
    let dir = tempfile::tempdir().unwrap();
    let write = |files: &[(&str, &str)]| {
        let src = dir.path().join("src");
        _ = fs::remove_dir_all(&src);
        for (path, text) in files {
            fs::create_dir_all(src.join(path).parent().unwrap()).unwrap();
            fs::write(src.join(path), text).unwrap();
        }
        Package::read(&src)
    };
    let lib = ("lib.rs", "pub mod low; pub mod high;");
    let low = ("low/mod.rs", "mod one;\nmod two;\npub use one::{One, uno as first};\n");
    let two = ("low/two.rs", "pub struct Two;\n");
    let high = ("high.rs", "use crate::low::{One, first};\n");

    let fine = write(&[lib, low, ("low/one.rs", "use super::two::Two;\n"), two, high]);
    assert_eq!(fine.imports("high"), BTreeSet::from(["low::one".to_owned()]), "what is handed on leads further");
    assert!(fine.circles().is_empty() && fine.upwards(&["low", "high", "lib"]).is_empty());

    // By way of the folder's mod.rs.
    let circle =
        write(&[lib, low, ("low/one.rs", "use super::two::Two;\n"), ("low/two.rs", "use crate::low::One;\n"), high]);
    assert!(circle.circles().iter().any(|circle| circle.ends_with("low::one, low::two")), "{:?}", circle.circles());

    let hidden = ("low/one.rs", "fn f() -> char { let s = \"// \\\" crate::low\"; '\"'; crate::high::g(s) }\n");
    let upwards = write(&[lib, low, hidden, two, high]).upwards(&["low", "high", "lib"]);
    assert_eq!(upwards, ["low::one imports high"]);

    let tests = (
        "low/one.rs",
        "// crate::high\n#[cfg(test)]\nmod tests { use crate::high::g; }\nfn f() { r#\"crate::high\"#; }\n",
    );
    assert!(write(&[lib, low, tests, two, high]).upwards(&["low", "high", "lib"]).is_empty());
}
