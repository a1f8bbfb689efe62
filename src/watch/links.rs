//! Links to lines of files, for terminals that follow them.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::check::guide::Spot;

/// What the addresses of this machine's files begin with, found out once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Whether the terminal is VS Code's own.
    vscode: bool,
    host: String,
}

impl Links {
    /// Those of the terminal that this program runs in.
    pub fn new() -> Self {
        let vscode = std::env::var_os("TERM_PROGRAM").is_some_and(|program| program == "vscode");
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
        Self { vscode, host }
    }

    /// Where a click on a place of the kata at `root` leads: into the editor in whose terminal we are, or to the file.
    ///
    /// Source: the OSC 8 convention, by which a file's address names the host; VS Code's `vscode://file`.
    pub fn url(&self, root: &Path, spot: &Spot) -> String {
        address(&root.join(&spot.path), spot.line, self.vscode, &self.host)
    }
}

fn address(path: &Path, line: Option<u32>, vscode: bool, host: &str) -> String {
    let path = encoded(path.as_os_str().as_bytes());
    match (vscode, line) {
        (true, Some(line)) => format!("vscode://file{path}:{line}"),
        (true, None) => format!("vscode://file{path}"),
        (false, Some(line)) => format!("file://{host}{path}#{line}"),
        (false, None) => format!("file://{host}{path}"),
    }
}

/// Percent-encoded. Source: RFC 3986, 2.1 and 3.3.
fn encoded(path: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.iter().map(|byte| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_the_line() {
        let path = Path::new("/home/ada/my kata/lib.rs");
        assert_eq!(address(path, Some(7), false, "here"), "file://here/home/ada/my%20kata/lib.rs#7");
        assert_eq!(address(path, Some(7), true, "here"), "vscode://file/home/ada/my%20kata/lib.rs:7");
        assert_eq!(address(Path::new("/é;\x1b"), None, false, ""), "file:///%C3%A9%3B%1B");
    }
}
