//! Why something that the kernel says could not be read.

use std::{fmt, io, path::PathBuf};

/// Why something that the kernel says could not be read.
#[derive(Debug)]
pub enum Error {
    /// A file under `/proc` could not be read, or a call failed.
    Io {
        /// The file or the call.
        what: String,
        /// The kernel's answer.
        source: io::Error,
    },
    /// The kernel said something that this library does not understand. It is never skipped: a table with a row
    /// left out would let a test pass that should fail.
    Format {
        /// The file.
        path: PathBuf,
        /// The line, as it was read.
        line: String,
        /// What was expected.
        expected: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { what, source } => write!(f, "{what}: {source}"),
            Error::Format { path, line, expected } => {
                write!(f, "{}: expected {expected} in the line {line:?}", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            Error::Format { .. } => None,
        }
    }
}

/// What the functions of [`kernel`](crate::kernel) return.
pub type Result<T> = std::result::Result<T, Error>;

/// A whole file under `/proc`, named in the error if it cannot be read.
pub(super) fn read_proc(path: &str) -> Result<String> {
    std::fs::read_to_string(path).map_err(|source| Error::Io { what: path.to_owned(), source })
}

/// The error for a line that is not understood.
pub(super) fn format_error(path: &str, line: &str, expected: impl Into<String>) -> Error {
    Error::Format { path: path.into(), line: line.to_owned(), expected: expected.into() }
}
