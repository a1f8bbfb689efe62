//! One call of cargo, and what it said in JSON.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tinyjson::JsonValue;

use crate::process::child::{self, End, Follow};
use crate::trouble::{self, Trouble, cannot};

/// A cold build of everything takes seconds; this is for machines that are much slower, and for a lock held by others.
const DEADLINE: Duration = Duration::from_secs(600);

/// What to do where there is no cargo.
pub const INSTALL: &str =
    "Rust comes from https://rustup.rs; afterwards open a new shell, so that cargo is in its PATH.";

/// What came of a build.
#[derive(Debug, Default)]
pub struct Build {
    /// Whether everything asked for was built.
    pub complete: bool,
    pub executables: Vec<Executable>,
    pub artifacts: Vec<Artifact>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A program or a test binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executable {
    /// The folder of its package.
    pub package: PathBuf,
    /// `test`, `bin` or `lib`, as the manifest has it.
    pub kind: String,
    pub name: String,
    pub path: PathBuf,
}

/// What a build of a library, a program or a test binary left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The folder of its package.
    pub package: PathBuf,
    pub files: Vec<PathBuf>,
    /// Whether cargo found it up to date, by times, and built nothing.
    pub fresh: bool,
}

/// An error or a warning of the compiler's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The folder of its package.
    pub package: PathBuf,
    pub error: bool,
    /// As rustc prints it.
    pub rendered: String,
    /// Where its first primary span begins; nothing of a linker's error, for one.
    pub at: Option<Position>,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// From the workspace's root, as cargo has it.
    pub path: String,
    /// Both count from 1.
    pub line: u32,
    pub column: u32,
}

/// Builds what `arguments` (of `cargo`, after the subcommand's `--message-format`) ask for in the workspace at `dir`.
///
/// A build that fails for what the compiler says is a [`Build`]; one that fails for another reason is trouble.
pub fn build(dir: &Path, arguments: &[&str], colored: bool, follow: Follow<'_>) -> Result<Build, Trouble> {
    let format = if colored { "json-diagnostic-rendered-ansi" } else { "json" };
    let mut cargo = command(dir);
    cargo.args(arguments).args(["--message-format", format, "--color", "never"]);
    let finished = child::followed(&mut cargo, b"", DEADLINE, follow)
        .map_err(|stopped| trouble::program("cargo", INSTALL, stopped))?;
    let said = String::from_utf8_lossy(&finished.stderr);
    if let End::OutOfTime = finished.end {
        let advice = "If another cargo holds the lock on the target folder, let it finish or stop it.";
        return Err(cannot(format!("cargo was still busy after {} s\n{said}", DEADLINE.as_secs()), advice));
    }
    let mut build = read(&String::from_utf8_lossy(&finished.stdout)).map_err(|wrong| {
        cannot(format!("cargo's messages cannot be read: {wrong}"), "Is this the cargo that belongs to your toolchain?")
    })?;
    build.complete = finished.succeeded();
    if !build.complete && !build.diagnostics.iter().any(|diagnostic| diagnostic.error) {
        return Err(cannot(format!("cargo could not build:\n{}", said.trim_end()), advice(&said)));
    }
    Ok(build)
}

/// The cargo that started us, or the one in the PATH, to be run in `dir`.
pub fn command(dir: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(dir);
    command
}

/// The walkthrough's own program, to be run in the kata at `root`. It is built in a separate folder: the first time
/// takes minutes, and cargo's lock on the lessons' must be free meanwhile.
pub fn book(root: &Path, page: &str) -> Command {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mut cargo = command(root);
    cargo
        .args(["run", "--package", "book", "--target-dir"])
        .arg(target.join("book-build"))
        .args(["--", "--page", page]);
    cargo
}

/// Runs a subcommand whose output is for people; `Err(Ok(text))` is what it complained of.
pub fn passes(dir: &Path, arguments: &[&str]) -> Result<(), Result<String, Trouble>> {
    let finished = child::run(command(dir).args(arguments), b"", DEADLINE)
        .map_err(|stopped| Err(trouble::program("cargo", INSTALL, stopped)))?;
    if finished.succeeded() {
        return Ok(());
    }
    let said = [finished.stdout, finished.stderr].concat();
    Err(Ok(String::from_utf8_lossy(&said).into_owned()))
}

/// What to do about a failure of cargo's own.
fn advice(said: &str) -> &'static str {
    let any = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
    if any(&["No space left on device"]) {
        "The disk is full. `cargo clean` frees what earlier builds left."
    } else if any(&["Read-only file system", "Permission denied", "Operation not permitted", " at path \""]) {
        "If cargo may not write here, give it a folder of your own: export CARGO_TARGET_DIR=$HOME/.cache/kata-target"
    } else if any(&["failed to download", "Could not resolve host", "network", "offline", "spurious"]) {
        "Cargo wants to download a package. Once with network: cargo fetch --locked; from then on it works without."
    } else if any(&["requires rustc", "is not supported by the following package"]) {
        "This Rust is too old for the kata: rustup update stable"
    } else {
        ""
    }
}

/// Reads the lines that cargo printed. Lines of other programs (a build script may print) do not begin with `{`.
fn read(lines: &str) -> Result<Build, String> {
    let mut build = Build::default();
    for line in lines.lines().filter(|line| line.starts_with('{')) {
        let value: JsonValue = line.parse().map_err(|wrong| format!("{wrong} in {line}"))?;
        let field = |path: &[&str]| {
            path.iter().try_fold(&value, |value, name| value.get::<HashMap<String, JsonValue>>()?.get(*name))
        };
        let text = |path: &[&str]| field(path)?.get::<String>().cloned();
        let missing = || format!("a field is missing in {line}");
        let package = || {
            let manifest = text(&["manifest_path"]).ok_or_else(missing)?;
            Path::new(&manifest).parent().map(Path::to_path_buf).ok_or_else(missing)
        };
        match text(&["reason"]).as_deref() {
            Some("compiler-message") => build.diagnostics.push(Diagnostic {
                package: package()?,
                error: text(&["message", "level"]).ok_or_else(missing)?.starts_with("error"),
                rendered: text(&["message", "rendered"]).unwrap_or_default(),
                at: field(&["message", "spans"]).and_then(|spans| spans.get::<Vec<_>>()?.iter().find_map(primary)),
            }),
            Some("compiler-artifact") => {
                let files = field(&["filenames"]).and_then(|files| files.get::<Vec<JsonValue>>()).into_iter().flatten();
                build.artifacts.push(Artifact {
                    package: package()?,
                    files: files.filter_map(|file| file.get::<String>().map(PathBuf::from)).collect(),
                    fresh: field(&["fresh"]).and_then(|fresh| fresh.get::<bool>()).is_some_and(|fresh| *fresh),
                });
                let Some(path) = text(&["executable"]) else { continue };
                let kinds = field(&["target", "kind"]).ok_or_else(missing)?;
                let kind = kinds.get::<Vec<JsonValue>>().and_then(|kinds| kinds.first()?.get::<String>());
                build.executables.push(Executable {
                    package: package()?,
                    kind: kind.ok_or_else(missing)?.clone(),
                    name: text(&["target", "name"]).ok_or_else(missing)?,
                    path: PathBuf::from(path),
                });
            }
            Some(_) => {}
            None => return Err(missing()),
        }
    }
    Ok(build)
}

/// Where a span begins, if it is a primary one.
fn primary(span: &JsonValue) -> Option<Position> {
    let span = span.get::<HashMap<String, JsonValue>>()?;
    let number = |name| span.get(name)?.get::<f64>().map(|number| *number as u32);
    span.get("is_primary")?.get::<bool>().filter(|is_primary| **is_primary)?;
    let path = span.get("file_name")?.get::<String>()?.clone();
    Some(Position { path, line: number("line_start")?, column: number("column_start")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = concat!(
        r#"{"reason":"compiler-artifact","manifest_path":"/k/lessons/01_key/Cargo.toml","target":{"kind":["lib"],"name":"key"},"filenames":["/t/debug/deps/libkey-1.rlib"],"executable":null,"fresh":true}"#,
        "\nprinted by a build script\n",
        r#"{"reason":"compiler-message","manifest_path":"/k/lessons/01_key/Cargo.toml","target":{"kind":["lib"],"name":"key"},"message":{"rendered":"warning: unused\n","level":"warning","spans":[{"file_name":"lessons/01_key/src/lib.rs","line_start":1,"column_start":1,"is_primary":false},{"file_name":"lessons/01_key/src/lib.rs","line_start":7,"column_start":5,"is_primary":true}]}}"#,
        "\n",
        r#"{"reason":"compiler-artifact","manifest_path":"/k/lessons/01_key/Cargo.toml","target":{"kind":["test"],"name":"key"},"filenames":["/t/debug/deps/key-1"],"executable":"/t/debug/deps/key-1","fresh":false}"#,
        "\n",
        r#"{"reason":"build-finished","success":true}"#,
    );

    #[test]
    fn executables_and_diagnostics_are_read() {
        let build = read(LINES).unwrap();
        let package = PathBuf::from("/k/lessons/01_key");
        let path = PathBuf::from("/t/debug/deps/key-1");
        let artifact =
            |file: &str, fresh| Artifact { package: package.clone(), files: vec![PathBuf::from(file)], fresh };
        let artifacts = [artifact("/t/debug/deps/libkey-1.rlib", true), artifact("/t/debug/deps/key-1", false)];
        assert_eq!(build.artifacts, artifacts);
        let executable = Executable { package: package.clone(), kind: "test".into(), name: "key".into(), path };
        assert_eq!(build.executables, [executable]);
        let at = Some(Position { path: "lessons/01_key/src/lib.rs".into(), line: 7, column: 5 });
        let warning = Diagnostic { package, error: false, rendered: "warning: unused\n".into(), at };
        assert_eq!(build.diagnostics, [warning]);
    }

    #[test]
    fn a_message_without_its_fields_is_an_error() {
        assert!(read(r#"{"reason":"compiler-message","message":{}}"#).is_err());
        assert!(read("{\"reason\":").is_err());
    }
}
