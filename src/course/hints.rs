//! The three hints of a lesson: `hints.md`, in sections that begin with `## Hint N: what it is`. The walkthrough
//! includes the same hints, by anchors that nobody wants to see on a terminal; nor fences, so code is indented there.

use crate::course::markdown::{is_anchor, unfenced};

/// One hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// `a question`
    pub title: String,
    pub text: String,
}

/// The hints of `file`, in its order; their numbers must count from 1.
pub fn read(file: &str) -> Result<Vec<Hint>, String> {
    let mut hints: Vec<Hint> = Vec::new();
    for line in unfenced(file).lines().filter(|line| !is_anchor(line)) {
        if let Some(head) = line.strip_prefix("## Hint ") {
            let number = hints.len() + 1;
            let title = head.strip_prefix(&number.to_string()).and_then(|rest| rest.strip_prefix(':'));
            let title = title.ok_or_else(|| format!("`{line}` should begin with `## Hint {number}:`"))?;
            hints.push(Hint { title: title.trim().to_owned(), text: String::new() });
        } else if let Some(hint) = hints.last_mut() {
            hint.text += line;
            hint.text += "\n";
        }
    }
    for hint in &mut hints {
        hint.text = hint.text.trim_matches('\n').to_owned();
    }
    if hints.is_empty() { Err("there is no `## Hint 1:`".to_owned()) } else { Ok(hints) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_sections() {
        let hints =
            read("# Hints\n\n## Hint 1: a question\n\nWhy?\n\n## Hint 2: the call\n\n```rust\ncall();\n\n## no head\n```\nSo.\n").unwrap();
        assert_eq!(hints[0], Hint { title: "a question".into(), text: "Why?".into() });
        assert_eq!(hints[1].text, "    call();\n\n    ## no head\nSo.");
    }

    #[test]
    fn anchors_are_the_walkthroughs_alone() {
        let marked = "## Hint 1: a question\n\n<!-- ANCHOR: hint1 -->\nWhy?\n<!-- ANCHOR_END: hint1 -->\n";
        assert_eq!(read(marked).unwrap(), [Hint { title: "a question".into(), text: "Why?".into() }]);
    }

    #[test]
    fn hints_count_from_one() {
        assert!(read("").is_err());
        assert_eq!(read("## Hint 2: x\n"), Err("`## Hint 2: x` should begin with `## Hint 1:`".to_owned()));
    }
}
