//! Rust source as rustfmt leaves it: where its functions and items begin and end.
//!
//! An item begins at a line whose first character is in column 0; it goes on over indented and empty lines and over
//! those that only close it. That is all the structure needed, and rustfmt vouches for it.

use std::ops::Range;

/// One item of a file: lines `lead.start..body.end`, with `lead` its documentation and attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What the item is, and under which name: `fn create`, `const MODE`, `impl ShmId`.
    pub what: String,
    pub lead: Range<usize>,
    pub body: Range<usize>,
}

/// The items of a file, in order. Inner documentation and attributes (`//!`, `#![..]`) belong to none.
pub fn items(lines: &[&str]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut lead = None;
    let mut number = 0;
    while number < lines.len() {
        let line = lines[number];
        let start = number;
        number += 1;
        if line.is_empty() || line.starts_with("//!") || line.starts_with("#![") {
            continue;
        }
        while number < lines.len() && continues(lines[number]) {
            number += 1;
        }
        if line.starts_with("//") || line.starts_with("#[") {
            lead.get_or_insert(start);
            number = if line.starts_with("//") { start + 1 } else { number };
            continue;
        }
        let end = (start..number).rev().find(|line| !lines[*line].is_empty()).map_or(start, |last| last + 1);
        items.push(Item { what: what(line), lead: lead.take().unwrap_or(start)..start, body: start..end });
    }
    items
}

fn continues(line: &str) -> bool {
    line.is_empty() || line.starts_with([' ', '\t', '}', ')', ']', '{']) || line.starts_with("where")
}

/// `fn create` for `pub unsafe fn create(key: key_t, ...`; an impl keeps its whole head.
fn what(line: &str) -> String {
    let mut rest = line;
    while let Some(next) = ["pub(crate) ", "pub(super) ", "pub ", "async ", "unsafe ", "extern \"C\" "]
        .iter()
        .chain((rest.starts_with("const ") && rest.contains("fn ")).then_some(&"const "))
        .find_map(|word| rest.strip_prefix(word))
    {
        rest = next;
    }
    let kind = rest.split([' ', '<', '!']).next().unwrap_or_default();
    if matches!(kind, "impl" | "use") {
        return rest.trim_end_matches(['{', ' ', ';']).to_owned();
    }
    let name = rest[kind.len()..].trim_start_matches(['!', ' ']).trim_start_matches("mut ");
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    format!("{kind} {}", &name[..end])
}

/// The line (from 1) where `fn name` stands, at any depth.
pub fn line_of_function(source: &str, name: &str) -> Option<usize> {
    source.lines().position(|line| function_name(line) == Some(name)).map(|index| index + 1)
}

/// The name, when the line begins a function.
pub fn function_name(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let at = if code.starts_with("fn ") { 3 } else { code.find(" fn ").map(|at| at + 4)? };
    if code.starts_with("//") {
        return None;
    }
    let name = &code[at..];
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    (end > 0 && name[end..].starts_with(['(', '<'])).then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
//! What the file is.

use std::io;
use libc::{
    IPC_CREAT, key_t,
};

const MODE: i32 = 0o600;

/// Creates.
#[must_use]
pub fn create(
    key: key_t,
) -> io::Result<()>
where
    (): Sized,
{
    if true {

        todo!()
    }
}

#[derive(
    Debug,
)]
pub struct Id(i32);

impl Id {
    pub unsafe fn raw(&self) -> i32 {
        self.0
    }
}
";

    #[test]
    fn items_are_found_with_their_leads() {
        let lines: Vec<_> = FILE.lines().collect();
        let found: Vec<_> =
            items(&lines).into_iter().map(|item| (item.what, item.lead.len(), item.body.len())).collect();
        let expected = [
            ("use std::io", 0, 1),
            ("use libc::", 0, 3),
            ("const MODE", 0, 1),
            ("fn create", 2, 11),
            ("struct Id", 3, 1),
            ("impl Id", 0, 5),
        ];
        assert_eq!(found, expected.map(|(what, lead, body)| (what.to_owned(), lead, body)));
    }

    #[test]
    fn functions_are_found_at_any_depth_but_not_in_comments() {
        assert_eq!(line_of_function(FILE, "create"), Some(12));
        assert_eq!(line_of_function(FILE, "raw"), Some(30));
        assert_eq!(line_of_function("/// fn create(\n// a fn create(x)\n", "create"), None);
        assert_eq!(function_name("async fn opens<T>(x: T) {"), Some("opens"));
        assert_eq!(function_name("let f: fn (u8) = g;"), None);
    }

    #[test]
    fn a_const_fn_is_a_function_and_a_const_is_not() {
        assert_eq!(what("pub const fn from_raw(id: c_int) -> Self {"), "fn from_raw");
        assert_eq!(what("static mut COUNT: u32 = 0;"), "static COUNT");
        assert_eq!(what("macro_rules! twice {"), "macro_rules twice");
    }
}
