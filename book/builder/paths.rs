//! Which file a path names: one below the built book, or none.

use std::path::{Path, PathBuf};

/// The file below `dir` that `path` names, if there is one. A folder is its `index.html`.
///
/// The path is decoded once, so that an escape in an escape stays a strange name; `..` and what an escape could
/// smuggle in are refused; and the file has to lie in `dir` after every symbolic link was followed.
pub fn file(dir: &Path, path: &str) -> Option<PathBuf> {
    let decoded = decoded(path)?;
    let mut file = dir.to_owned();
    for part in decoded.split('/').filter(|part| !part.is_empty()) {
        if part == "." || part == ".." || part.contains(['\\', '\0']) {
            return None;
        }
        file.push(part);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    let file = file.canonicalize().ok()?;
    (file.starts_with(dir.canonicalize().ok()?) && file.is_file()).then_some(file)
}

/// The path with its `%XX` replaced, once, if it is text then.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}
