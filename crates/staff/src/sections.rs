//! Markdown that holds one thing under each `## name`: its words, and its fenced blocks.

use std::collections::BTreeSet;
use std::ops::Range;

/// What is wrong in a file, and at which line (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    pub what: String,
}

impl Fault {
    pub fn new(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

/// One section. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'a> {
    pub name: &'a str,
    /// The line of its heading.
    pub line: usize,
    /// The lines that hold words.
    pub words: Vec<(usize, &'a str)>,
    pub blocks: Vec<Block<'a>>,
}

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<'a> {
    /// What stands behind the opening fence: `diff`, `text`, `rust`.
    pub language: &'a str,
    pub lines: Vec<&'a str>,
    /// From the line of the opening fence to the one of the closing fence, both included.
    pub place: Range<usize>,
}

impl Block<'_> {
    /// What the block holds, each line with its end.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// The sections of `text` in its order, and what is wrong with them. A section that has a fault is left out. A title and
/// words may stand before the first section.
pub fn sections(text: &str) -> (Vec<Section<'_>>, Vec<Fault>) {
    let (mut sections, mut faults) = (Vec::<Section>::new(), Vec::new());
    let mut names = BTreeSet::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            let name = name.trim();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
                faults.push(Fault::new(number, format!("`{name}` is no name: use a-z, 0-9 and _, as in `## no_excl`")));
            } else if !names.insert(name) {
                faults.push(Fault::new(number, format!("two sections are named `{name}`")));
            }
            sections.push(Section { name, line: number, words: Vec::new(), blocks: Vec::new() });
            continue;
        }
        if line.starts_with('#') && !(line.starts_with("# ") && sections.is_empty()) {
            faults.push(Fault::new(number, format!("`{line}` begins no section: write `## name`")));
            continue;
        }
        let fence = fence(line);
        if fence.is_empty() {
            if let Some(section) = sections.last_mut().filter(|_| !line.trim().is_empty()) {
                section.words.push((number, line.trim()));
            }
            continue;
        }
        let mut block = Block { language: line[fence.len()..].trim(), lines: Vec::new(), place: number..number };
        let end = lines.find(|(line, _)| {
            let ends = line.trim_end() == fence;
            block.lines.extend((!ends).then_some(*line));
            ends
        });
        match (end, sections.last_mut()) {
            (Some((_, end)), Some(section)) => {
                block.place.end = end + 1;
                section.blocks.push(block);
            }
            (Some(_), None) => faults.push(Fault::new(number, "this block stands before the first `## name`")),
            (None, _) => faults.push(Fault::new(number, format!("this block is never closed by {fence}"))),
        }
    }
    let ends: Vec<_> = sections.iter().skip(1).map(|next| next.line).chain([usize::MAX]).collect();
    let mut ends = ends.into_iter();
    sections.retain(|section| {
        let end = ends.next().unwrap_or(usize::MAX);
        !faults.iter().any(|fault| (section.line..end).contains(&fault.line))
    });
    (sections, faults)
}

/// The backticks with which a line opens a block; empty when it opens none.
fn fence(line: &str) -> &str {
    let fence = &line[..line.len() - line.trim_start_matches('`').len()];
    if fence.len() >= 3 { fence } else { "" }
}

/// The fence for a block that holds `text`: longer than any fence in it.
pub fn fence_around(text: &str) -> String {
    let longest = text.lines().map(|line| fence(line).len()).max().unwrap_or(0);
    "`".repeat(if longest < 3 { 3 } else { longest + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_section_has_words_and_blocks() {
        let text = "# Title\n\n## one\n\nSome\nwords.\n\n```diff\n## two\n\n```\n## three\n````text\n```\n````\n";
        let (sections, faults) = sections(text);
        assert_eq!(faults, []);
        let diff = Block { language: "diff", lines: vec!["## two", ""], place: 8..12 };
        let block = Block { language: "text", lines: vec!["```"], place: 13..16 };
        let one = Section { name: "one", line: 3, words: vec![(5, "Some"), (6, "words.")], blocks: vec![diff] };
        assert_eq!(sections, [one, Section { name: "three", line: 12, words: vec![], blocks: vec![block] }]);
        assert_eq!(sections[0].blocks[0].text(), "## two\n\n");
    }

    #[rstest]
    #[case("## a\n## a\n## b\n", 2, "two sections are named `a`", &["a", "b"])]
    #[case("## A b\n## b\n", 1, "`A b` is no name", &["b"])]
    #[case("## a\n## b\n### c\n", 3, "`### c` begins no section: write `## name`", &["a"])]
    #[case("## a\n##b\n", 2, "`##b` begins no section: write `## name`", &[])]
    #[case("## a\n\n```diff\n-x\n", 3, "never closed by ```", &[])]
    #[case("```diff\n```\n## a\n", 1, "before the first `## name`", &["a"])]
    fn faults_have_lines(#[case] text: &str, #[case] line: usize, #[case] what: &str, #[case] left: &[&str]) {
        let (sections, faults) = sections(text);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].line == line && faults[0].what.contains(what), "{faults:?}");
        assert_eq!(sections.iter().map(|section| section.name).collect::<Vec<_>>(), left);
    }

    #[test]
    fn a_fence_is_longer_than_those_within() {
        assert_eq!(fence_around("a\n  b ```\n"), "```");
        assert_eq!(fence_around("```text\n````\n"), "`````");
    }
}
