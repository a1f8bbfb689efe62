//! Markdown that holds one thing under each `## name`: its words, and its fenced blocks. Mistakes, variants and sessions
//! are written so.

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
    /// The line behind its last one.
    pub end: usize,
    /// The lines that hold words.
    pub words: Vec<(usize, &'a str)>,
    pub blocks: Vec<Block<'a>>,
}

impl Section<'_> {
    /// What is wrong at a line of this section.
    pub fn fault(&self, line: usize, what: &str) -> Fault {
        Fault::new(line, format!("{}: {what}", self.name))
    }
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
    let (mut sections, faults) = all(text);
    sections.retain(|section| fault_in(section, &faults).is_none());
    (sections, faults)
}

/// What `read` makes of each section of `text`, and what is wrong in it, from its first line to its last. A section that
/// has a fault is left out.
pub fn each<T>(text: &str, read: impl Fn(&Section) -> Result<T, Fault>) -> (Vec<T>, Vec<Fault>) {
    let (sections, mut faults) = sections(text);
    let mut found = Vec::new();
    for section in &sections {
        match read(section) {
            Ok(one) => found.push(one),
            Err(fault) => faults.push(fault),
        }
    }
    faults.sort_by_key(|fault| fault.line);
    (found, faults)
}

/// The section `name` of `text`.
///
/// # Errors
/// If there is no such section, or something is wrong in it. What is wrong elsewhere does not matter.
pub fn find<'a>(text: &'a str, name: &str) -> Result<Section<'a>, String> {
    let (sections, faults) = all(text);
    let mut named = sections.iter().filter(|section| section.name == name);
    if let Some(Fault { line, what }) = named.clone().find_map(|section| fault_in(section, &faults)) {
        return Err(format!("its line {line}: {what}"));
    }
    named.next().cloned().ok_or_else(|| {
        let names: Vec<_> = sections.iter().map(|section| format!("`{}`", section.name)).collect();
        format!(
            "it has no section `## {name}`; it has {}",
            if names.is_empty() { "none".into() } else { names.join(", ") }
        )
    })
}

/// What is wrong in this section, first of all.
fn fault_in<'f>(section: &Section, faults: &'f [Fault]) -> Option<&'f Fault> {
    faults.iter().find(|fault| (section.line..section.end).contains(&fault.line))
}

/// The sections, also those that have a fault.
fn all(text: &str) -> (Vec<Section<'_>>, Vec<Fault>) {
    let (mut sections, mut faults) = (Vec::<Section>::new(), Vec::new());
    let mut names = BTreeSet::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            let name = name.trim();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
                faults.push(Fault::new(number, format!("`{name}` is no name: use a-z, 0-9 and _, as in `## no_excl`")));
            } else if !names.insert(name) {
                faults.push(Fault::new(number, format!("two sections are named `{name}`: give one another name")));
            }
            if let Some(before) = sections.last_mut() {
                before.end = number;
            }
            sections.push(Section { name, line: number, end: usize::MAX, words: Vec::new(), blocks: Vec::new() });
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
    (sections, faults)
}

/// The backticks with which a line opens a block; empty when it opens none.
fn fence(line: &str) -> &str {
    let fence = &line[..line.len() - line.trim_start_matches('`').len()];
    if fence.len() >= 3 { fence } else { "" }
}

/// A block that holds `text`. Its fence is longer than any in the text.
pub fn block(language: &str, text: &str) -> String {
    let longest = text.lines().map(|line| fence(line).len()).max().unwrap_or(0);
    let fence = "`".repeat(if longest < 3 { 3 } else { longest + 1 });
    format!("{fence}{language}\n{text}{fence}\n")
}

/// `text` with `new` for the lines at `place` (from 1), and nothing else changed.
pub fn with_lines(text: &str, place: Range<usize>, new: &str) -> String {
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    [&lines[..place.start - 1].concat(), new, &lines[place.end - 1..].concat()].concat()
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
        let words = vec![(5, "Some"), (6, "words.")];
        let one = Section { name: "one", line: 3, end: 12, words, blocks: vec![diff] };
        let three = Section { name: "three", line: 12, end: usize::MAX, words: vec![], blocks: vec![block] };
        assert_eq!(sections, [one, three]);
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

    #[rstest]
    #[case("a", Err("its line 5: two sections are named `a`: give one another name"))]
    #[case("b", Ok(2))]
    #[case("c", Err("its line 4: `### x` begins no section: write `## name`"))]
    #[case("d", Err("it has no section `## d`; it has `a`, `b`, `c`, `a`"))]
    fn one_section_is_found_or_what_is_wrong_with_it(#[case] name: &str, #[case] found: Result<usize, &str>) {
        let line = find("## a\n## b\n## c\n### x\n## a\n", name).map(|section| section.line);
        assert_eq!(line, found.map_err(str::to_owned));
    }

    #[rstest]
    #[case("a\n  b ```\n", "```")]
    #[case("```text\n````\n", "`````")]
    fn a_fence_is_longer_than_those_within(#[case] text: &str, #[case] fence: &str) {
        assert_eq!(block("text", text), format!("{fence}text\n{text}{fence}\n"));
    }
}
