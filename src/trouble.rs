//! Why the kata could not do what it was asked to: exit code 2, or the signal's own.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::process::child::Stopped;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// What went wrong, and what to do about it (which may be nothing to say).
    Cannot { what: String, advice: String },
    /// This signal asked the runner to stop, and it has cleaned up.
    Interrupted(libc::c_int),
    /// The caller does not want the result any more.
    Unwanted,
}

/// What went wrong, and what to do about it.
pub fn cannot(what: impl Display, advice: impl Display) -> Trouble {
    Trouble::Cannot { what: what.to_string(), advice: advice.to_string() }
}

/// A file that could not be read or written, with what follows from the reason.
pub fn file(doing: &str, path: &Path, error: &io::Error) -> Trouble {
    let advice = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "Is this checkout yours to write? A clone of your own is the place to work in."
        }
        io::ErrorKind::StorageFull => "The disk is full.",
        _ => "",
    };
    cannot(format!("cannot {doing} {}: {error}", path.display()), advice)
}

/// A program that could not be started, with how to get it.
pub fn program(name: &str, get_it: &str, stopped: Stopped) -> Trouble {
    match stopped {
        Stopped::Interrupted(signal) => Trouble::Interrupted(signal),
        Stopped::Unwanted => Trouble::Unwanted,
        Stopped::NotStarted(error) => cannot(format!("cannot start `{name}`: {error}"), get_it),
    }
}
