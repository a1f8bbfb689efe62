//! The learner's editor, at a line of a file.

use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::check::guide::Spot;
use crate::process::signals;

/// What VISUAL or EDITOR says: a command of a shell's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor(String);

/// What to say where no editor is chosen.
pub fn none(spot: &Spot) -> String {
    format!("No editor is chosen. Before you start the kata: export EDITOR=nano (or vi, emacs, code). The line: {spot}")
}

impl Editor {
    /// The one that the environment names; VISUAL goes first, as everywhere.
    pub fn chosen() -> Option<Self> {
        let named = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        named("VISUAL").or_else(|| named("EDITOR")).map(Self)
    }

    /// Opens the file of the kata at `root` at its line, and waits until the editor has ended; what went wrong.
    pub fn open(&self, root: &Path, spot: &Spot) -> Result<(), String> {
        let mut shell = Command::new("sh");
        // As git does: the value may have arguments, and quotes.
        shell.args(["-c", &format!("{} \"$@\"", self.0), &self.0]).args(self.arguments(spot)).current_dir(root);
        let run = || -> std::io::Result<ExitStatus> { signals::spawn(&mut shell)?.wait() };
        match signals::lend_terminal(run) {
            Ok(status) if status.success() => Ok(()),
            Ok(status) if status.code() == Some(127) => {
                Err(format!("There is no editor `{}`: see $VISUAL and $EDITOR.", self.0))
            }
            Ok(status) => Err(format!("The editor `{}` ended with {status}.", self.0)),
            Err(error) => Err(format!("The editor `{}` cannot be started: {error}", self.0)),
        }
    }

    /// The file and the line as this editor takes them. One that is not known gets the file alone.
    fn arguments(&self, spot: &Spot) -> Vec<String> {
        let Spot { path, line } = spot;
        let program = self.0.split_whitespace().next().unwrap_or_default();
        let name = program.rsplit('/').next().unwrap_or_default();
        let Some(line) = line else { return vec![path.clone()] };
        match name {
            "vi" | "vim" | "nvim" | "view" | "nano" | "pico" | "emacs" | "emacsclient" | "mg" | "jed" | "joe"
            | "jmacs" | "ne" | "micro" | "kak" | "ed" | "gedit" | "gvim" => vec![format!("+{line}"), path.clone()],
            "code" | "code-insiders" | "codium" | "cursor" | "windsurf" => vec!["-g".into(), format!("{path}:{line}")],
            "hx" | "helix" | "subl" | "zed" | "zeditor" => vec![format!("{path}:{line}")],
            "kate" | "kwrite" => vec!["-l".into(), line.to_string(), path.clone()],
            "idea" | "rustrover" | "clion" => vec!["--line".into(), line.to_string(), path.clone()],
            _ => vec![path.clone()],
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("vi", &["+39", "src/lib.rs"])]
    #[case("/usr/bin/nano -w", &["+39", "src/lib.rs"])]
    #[case("emacsclient -t", &["+39", "src/lib.rs"])]
    #[case("code --wait", &["-g", "src/lib.rs:39"])]
    #[case("hx", &["src/lib.rs:39"])]
    #[case("mine", &["src/lib.rs"])]
    fn the_line_is_told_as_the_editor_takes_it(#[case] editor: &str, #[case] arguments: &[&str]) {
        let mut spot = Spot { path: "src/lib.rs".into(), line: Some(39) };
        assert_eq!(Editor(editor.into()).arguments(&spot), arguments);
        spot.line = None;
        assert_eq!(Editor(editor.into()).arguments(&spot), ["src/lib.rs"]);
    }
}
