//! A solution's manifest, turned into its lesson's and into one of the scratch workspace. The manifests of this repository are written
//! alike, a key a line; what does not look like that is an error.

use std::path::Path;

use shm_kata::course::Lesson;

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

/// The manifest of the lesson: the solution's without its `[[test]]`, which cargo finds there by itself.
pub fn lesson(solution: &str, lesson: &Lesson) -> Result<String, String> {
    let Lesson { name, folder, .. } = lesson;
    let test = format!("[[test]]\nname = \"{name}\"\npath = \"../../lessons/{folder}/tests/{name}.rs\"\n");
    let Some((above, below)) = solution.split_once(&test) else {
        return Err(format!("has to say where the lesson's tests are: {}", test.trim_end().replace('\n', " | ")));
    };
    if !solution.contains(&format!("[package]\nname = \"{name}\"\n")) {
        return Err(format!("a lesson's package is called as its folder: name = \"{name}\""));
    }
    if !solution.lines().any(|line| line.strip_prefix("description = \"").is_some_and(|idea| idea.len() > 1)) {
        return Err("has to say the lesson's idea: description = \"...\"".to_owned());
    }
    Ok(format!("{}\n\n{}", above.trim_end(), below.trim_start()))
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
    fn a_lesson_has_its_solutions_manifest_without_the_test() {
        let lesson = |solution: &str| {
            let (name, folder) = ("write".to_owned(), "04_write".to_owned());
            let needs = vec!["02_shmget".to_owned()];
            let idea = "Bytes".to_owned();
            super::lesson(
                solution,
                &Lesson { number: 4, name, folder, idea, needs, programs: vec!["writer".to_owned()] },
            )
        };
        let solution = WRITE.replace("edition", "description = \"Bytes\"\nedition");
        let expected = "\
[package]
name = \"write\"
description = \"Bytes\"
edition.workspace = true

[lib]
doctest = false

[[bin]]
name = \"writer\"
test = false

[dependencies]
shmget = { path = \"../02_shmget\" }
";
        assert_eq!(lesson(&solution).as_deref(), Ok(expected));
        for (old, new, wrong) in [
            (
                "tests/write.rs",
                "tests/wrote.rs",
                "[[test]] | name = \"write\" | path = \"../../lessons/04_write/tests/write.rs\"",
            ),
            ("[package]\nname = \"write\"", "[package]\nname = \"wrote\"", "name = \"write\""),
            ("\"Bytes\"", "\"\"", "description"),
        ] {
            let error = lesson(&solution.replace(old, new)).unwrap_err();
            assert!(error.contains(wrong), "{error}");
        }
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
