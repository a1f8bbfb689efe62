//! The sessions of a page or of a folder of pages, `book/output/NAME.md`: commands, and what they printed.
//!
//! ````markdown
//! ## in_use
//!
//! What it shows, if that needs words.
//!
//! Needs: root
//!
//! ```console
//! $ ipcs -m | grep -c dest
//! 0
//! ```
//! ````
//!
//! `cargo run -p book -- output` runs them and writes the blocks.

use std::path::Path;

use crate::sections::{self, Fault, Section, block, each, with_lines};

/// The folder of these pages, from the kata's root.
pub const OUTPUT: &str = "book/output";

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub name: String,
    /// The line of its heading.
    pub line: usize,
    /// Whether it needs root, and does not run as an ordinary user.
    pub needs_root: bool,
    /// What its block holds: commands, what they printed, and anchors around excerpts.
    pub text: String,
}

/// Whether the file at `path`, from wherever, holds sessions: it is Markdown in a folder `output`.
pub fn is_page(path: &str) -> bool {
    let path = Path::new(path);
    path.extension().is_some_and(|end| end == "md") && path.parent().is_some_and(|folder| folder.ends_with("output"))
}

/// The sessions that `text` holds, and what is wrong in it. A session that has a fault is left out.
pub fn read(text: &str) -> (Vec<Session>, Vec<Fault>) {
    each(text, session)
}

/// The session `name` of `text`.
///
/// # Errors
/// If there is no such session, or something is wrong in it.
pub fn find(text: &str, name: &str) -> Result<Session, String> {
    session(&sections::find(text, name)?).map_err(|Fault { line, what }| format!("its line {line}: {what}"))
}

/// `text` with `printed` as the block of the session `name`, and nothing else changed.
///
/// # Errors
/// If there is no such session, or something is wrong in it.
pub fn with_output(text: &str, name: &str, printed: &str) -> Result<String, String> {
    find(text, name)?;
    let place = sections::find(text, name)?.blocks[0].place.clone();
    Ok(with_lines(text, place, &block(LANGUAGE, printed)))
}

const NEEDS: &str = "Needs:";
const LANGUAGE: &str = "console";

fn session(section: &Section) -> Result<Session, Fault> {
    let Section { name, line, words, blocks, .. } = section;
    let fault = |line: usize, what: &str| Err(section.fault(line, what));
    let needs: Vec<_> = words.iter().filter(|(_, words)| words.starts_with(NEEDS)).collect();
    if let Some((at, _)) = needs.iter().find(|(_, words)| words[NEEDS.len()..].trim() != "root") {
        return fault(*at, "all that a session can need is root: `Needs: root`, and why on a line of its own");
    }
    let block = match &blocks[..] {
        [block] if block.language == LANGUAGE => block,
        [] => return fault(*line, "its commands are missing: a block ```console with lines `$ COMMAND`"),
        [other] => {
            let what = format!("a session is a block ```{LANGUAGE}, and this one is ```{}", other.language);
            return fault(other.place.start, &what);
        }
        [_, again, ..] => {
            return fault(again.place.start, "a session is one block; give this one a `## name` of its own");
        }
    };
    if !block.lines.iter().any(|line| line.starts_with("$ ")) {
        return fault(block.place.start, "no line of this block is a command: `$ COMMAND`");
    }
    Ok(Session { name: (*name).to_owned(), line: *line, needs_root: !needs.is_empty(), text: block.text() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const TWO: &str = "\
# Sessions of a page

## one

Two users.

Needs: root

```console
$ id -u
0
```

## two

```console
$ cat
old
```

Behind it.
";

    #[test]
    fn a_session_is_a_block_and_what_it_needs() {
        let session = |name: &str, line, needs_root, text: &str| Session {
            name: name.into(),
            line,
            needs_root,
            text: text.into(),
        };
        let both = vec![session("one", 3, true, "$ id -u\n0\n"), session("two", 14, false, "$ cat\nold\n")];
        assert_eq!(read(TWO), (both, vec![]));
        assert_eq!(find(TWO, "two").unwrap().line, 14);
    }

    #[test]
    fn what_is_printed_replaces_the_block_and_nothing_else() {
        let now = with_output(TWO, "two", "$ cat\n```\nnew\n").unwrap();
        assert_eq!(now, TWO.replace("```console\n$ cat\nold\n```\n", "````console\n$ cat\n```\nnew\n````\n"));
        assert_eq!(with_output(&now, "two", "$ cat\nold\n").unwrap(), TWO);
        assert!(with_output(TWO, "three", "").unwrap_err().contains("it has `one`, `two`"));
    }

    #[rstest]
    #[case("## a\n\nWords.\n", 1, "a: its commands are missing: a block ```console")]
    #[case("## a\n```sh\n$ ls\n```\n", 2, "a: a session is a block ```console, and this one is ```sh")]
    #[case("## a\n```console\n$ ls\n```\n```console\n$ ls\n```\n", 5, "a: a session is one block")]
    #[case("## a\n```console\nls\n```\n", 2, "a: no line of this block is a command")]
    #[case("## a\nNeeds: two cores\n```console\n$ ls\n```\n", 2, "`Needs: root`")]
    #[case("## a\n```console\n$ ls\n```\n## a\n", 5, "two sections are named `a`: give one another name")]
    fn faults_have_lines(#[case] text: &str, #[case] line: usize, #[case] what: &str) {
        let faults = read(text).1;
        assert!(!faults.is_empty() && faults[0].line == line && faults[0].what.contains(what), "{faults:?}");
        assert!(find(text, "a").unwrap_err().contains(&format!("its line {line}: ")));
    }

    #[rstest]
    #[case("../../output/errata.md", true)]
    #[case("../output/errata.md", true)]
    #[case("output.md", false)]
    #[case("../output/errata.txt", false)]
    #[case("../../lessons/01_key/README.md", false)]
    fn pages_are_known_by_their_folder(#[case] path: &str, #[case] is: bool) {
        assert_eq!(is_page(path), is);
    }
}
