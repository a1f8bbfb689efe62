//! What the runner knows of the reader: `progress.txt`, for the pages to show.

use std::fs;
use std::path::Path;

/// The lessons that passed, as a page's `<meta>` carries them: `key=done shmget=partial`.
pub fn progress(root: &Path) -> String {
    let text = fs::read_to_string(root.join("progress.txt")).unwrap_or_default();
    let lessons = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (name, state) = (words.next()?, words.next()?);
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (plain && matches!(state, "done" | "partial")).then(|| format!("{name}={state}"))
    });
    lessons.collect::<Vec<_>>().join(" ")
}

/// The page with the reader's progress in its head, for the book's script to find.
pub fn show(page: &str, progress: &str) -> String {
    page.replacen("</head>", &format!("<meta name=\"kata-progress\" content=\"{progress}\">\n    </head>"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_that_passed_are_named_and_nothing_else_is() {
        let dir = tempfile::tempdir().unwrap();
        let text = "# mine\nkey done 0a\nshmget partial 0b\n\"><script> done 0c\nread mastered 1\n\n";
        fs::write(dir.path().join("progress.txt"), text).unwrap();
        assert_eq!(progress(dir.path()), "key=done shmget=partial");
        assert_eq!(progress(&dir.path().join("none")), "");
    }
}
