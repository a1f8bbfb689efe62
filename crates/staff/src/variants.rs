//! `variants.md`: right solutions of a lesson that are written otherwise, each with the functions that it replaces.
//!
//! ````markdown
//! ## raw_system_call
//!
//! Asks the kernel without libc's wrapper.
//!
//! ```rust
//! pub fn open(key: key_t) -> io::Result<ShmId> {
//!     ...
//! }
//! ```
//! ````
//!
//! The blocks of a variant are laid over `src/lib.rs`, as `overlay` says.

use walkthrough::sections::{Fault, Section, each};

/// One right solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    pub name: String,
    /// The line of its heading.
    pub line: usize,
    /// The whole items that it replaces or adds.
    pub code: String,
}

/// The variants that `text` holds, and what is wrong in it. A variant that has a fault is left out.
pub fn read(text: &str) -> (Vec<Variant>, Vec<Fault>) {
    each(text, variant)
}

fn variant(section: &Section) -> Result<Variant, Fault> {
    let Section { name, line, words, blocks, .. } = section;
    let fault = |line: usize, what: &str| Err(section.fault(line, what));
    if words.is_empty() {
        return fault(*line, "say in a sentence what is otherwise");
    }
    if let Some(other) = blocks.iter().find(|block| block.language != "rust") {
        let what = format!("a variant has blocks ```rust, and this is a ```{}", other.language);
        return fault(other.place.start, &what);
    }
    if blocks.is_empty() {
        return fault(*line, "the functions that it replaces are missing: a block ```rust for each");
    }
    let code: Vec<_> = blocks.iter().map(|block| block.text()).collect();
    Ok(Variant { name: (*name).to_owned(), line: *line, code: code.join("\n") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn the_blocks_of_a_variant_are_one_text() {
        let text = "# Lesson 1\n\n## one\n\nOtherwise.\n\n```rust\nfn a() {}\n```\n\n```rust\nfn b() {}\n```\n";
        let one = Variant { name: "one".into(), line: 3, code: "fn a() {}\n\nfn b() {}\n".into() };
        assert_eq!(read(text), (vec![one], vec![]));
    }

    #[rstest]
    #[case("## one\n\n```rust\nfn a() {}\n```\n", 1, "one: say in a sentence")]
    #[case("## one\n\nOtherwise.\n", 1, "one: the functions that it replaces are missing")]
    #[case("## one\n\nOtherwise.\n\n```diff\n-a\n```\n", 5, "one: a variant has blocks ```rust, and this is a ```diff")]
    #[case("## one\n\nOtherwise.\n\n```rust\nfn a() {}\n", 5, "never closed")]
    fn faults_have_lines(#[case] text: &str, #[case] line: usize, #[case] what: &str) {
        let (variants, faults) = read(text);
        assert_eq!(variants, []);
        assert!(faults.len() == 1 && faults[0].line == line && faults[0].what.contains(what), "{faults:?}");
    }
}
