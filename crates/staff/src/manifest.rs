//! A solution's manifest, turned into one of the scratch workspace. The manifests of this repository are written
//! alike, a key a line; what does not look like that is an error.

use std::path::Path;

/// The scratch workspace's own manifest, from that of the solutions: other members, and the kata by its full path.
pub fn workspace(solutions: &str, root: &Path, members: &[&str]) -> Result<String, String> {
    let path = format!("path = {:?}", root.join("crates/kata").display().to_string());
    let mut text = String::new();
    for line in solutions.lines() {
        if line.starts_with("members = ") {
            text += &format!("members = {members:?}");
        } else {
            text += &line.replace("path = \"../crates/kata\"", &path);
        }
        text += "\n";
    }
    if text.contains(&format!("members = {members:?}")) && text.contains(&path) {
        Ok(text)
    } else {
        Err("solutions/Cargo.toml names no members, or not the library by path = \"../crates/kata\"".to_owned())
    }
}

/// A package's manifest: the package is called `name` and its library as it was; the programs bear the package's name
/// too, since those of all packages land in one folder.
pub fn package(solution: &str, name: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut section = "";
    let mut library = "";
    for line in solution.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let quoted = line.split('"').nth(1).unwrap_or_default();
        match (section, line.split(" = ").next().unwrap_or_default()) {
            ("[package]", "name") => {
                library = quoted;
                text += &format!("name = \"{name}\"");
            }
            ("[lib]", "[lib]") => text += &format!("[lib]\nname = \"{library}\"\ntest = false"),
            ("[[bin]]", "name") => {
                text += &format!("name = \"{}\"\npath = \"src/bin/{quoted}.rs\"", program(quoted, name));
            }
            ("[[bin]]", "path") => continue,
            ("[dependencies]" | "[dev-dependencies]", _) => {
                text += &line.replace("path = \"../", "path = \"../../solution/");
            }
            _ => text += line,
        }
        text += "\n";
    }
    if library.is_empty() || !text.contains("[lib]") {
        return Err("a solution's manifest has no name or no [lib]".to_owned());
    }
    Ok(text)
}

/// The programs that a manifest declares.
pub fn programs(manifest: &str) -> Vec<&str> {
    let mut section = "";
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section == "[[bin]]" && line.starts_with("name = ") {
            names.extend(line.split('"').nth(1));
        }
    }
    names
}

/// What a package's program is called in the folder that all share.
fn program(program: &str, package: &str) -> String {
    format!("{program}--{package}")
}

/// What its lesson calls it.
pub fn plain_program(program: &str) -> &str {
    program.split("--").next().unwrap_or(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: &str = "\
[package]
name = \"write\"
edition.workspace = true

[lib]
doctest = false

[[bin]]
name = \"writer\"
test = false

[[test]]
name = \"write\"
path = \"../../lessons/04_write/tests/write.rs\"

[dependencies]
shmget = { path = \"../02_shmget\" }
";

    #[test]
    fn a_package_gets_a_name_of_its_own_and_keeps_its_librarys() {
        let expected = "\
[package]
name = \"write--variant--loop\"
edition.workspace = true

[lib]
name = \"write\"
test = false
doctest = false

[[bin]]
name = \"writer--write--variant--loop\"
path = \"src/bin/writer.rs\"
test = false

[[test]]
name = \"write\"
path = \"../../lessons/04_write/tests/write.rs\"

[dependencies]
shmget = { path = \"../../solution/02_shmget\" }
";
        assert_eq!(package(WRITE, "write--variant--loop").as_deref(), Ok(expected));
        assert_eq!(programs(WRITE), ["writer"]);
        assert_eq!(plain_program(&program("writer", "write--variant--loop")), "writer");
    }

    #[test]
    fn the_workspace_finds_the_kata() {
        let solutions = "[workspace]\nmembers = [\"[0-9]*\"]\nkata = { path = \"../crates/kata\" }\n";
        let text = workspace(solutions, Path::new("/kata"), &["mistake/01_a", "starter/01_a"]).unwrap();
        assert!(
            text.contains("path = \"/kata/crates/kata\" }\n") && text.contains("members = [\"mistake/01_a\", "),
            "{text}"
        );
        assert!(workspace("[workspace]\n", Path::new("/kata"), &[]).is_err());
    }
}
