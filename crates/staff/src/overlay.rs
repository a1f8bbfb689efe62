//! A solution with some of its functions replaced: how variants are written down.

use shm_kata::course::source::{Item, items};

/// `solution` with every item of `overlay` in the place of its own of that name.
///
/// A function keeps the documentation it has in the solution. What the solution does not have is appended, imports at
/// the top. Anchors within a replaced function go with its body.
pub fn apply(solution: &str, overlay: &str) -> String {
    let (base, patch): (Vec<_>, Vec<_>) = (solution.lines().collect(), overlay.lines().collect());
    let mut replaced: Vec<(Item, Vec<&str>)> = Vec::new();
    let (mut imports, mut appended) = (Vec::new(), Vec::new());
    let own = items(&base);
    for item in items(&patch) {
        let body = &patch[item.body.clone()];
        let lead = &patch[item.lead.clone()];
        if let Some(place) = own.iter().find(|place| place.what == item.what) {
            // Attributes travel, documentation does not.
            let lead = lead.iter().copied().filter(|line| !line.starts_with("//"));
            replaced.push((place.clone(), lead.chain(body.iter().copied()).collect()));
        } else if item.what.starts_with("use ") {
            imports.extend_from_slice(body);
        } else {
            appended.push("");
            appended.extend(lead.iter().chain(body));
        }
    }
    let inner = |line: &&str| line.starts_with("//!") || line.starts_with("#![");
    let head = base.iter().rposition(inner).map_or(0, |last| last + 1);
    let mut lines = base[..head].to_vec();
    if !imports.is_empty() {
        lines.push("");
        lines.append(&mut imports);
    }
    let mut number = head;
    while number < base.len() {
        match replaced.iter().find(|(place, _)| place.body.start == number) {
            Some((place, body)) => {
                lines.extend(body);
                number = place.body.end;
            }
            None => {
                lines.push(base[number]);
                number += 1;
            }
        }
    }
    lines.append(&mut appended);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "\
//! The lesson.

use std::io;

const MODE: i32 = 0o600;

/// Creates.
pub fn create(key: i32) -> io::Result<()> {
    // ANCHOR: create todo!()
    right(key)
    // ANCHOR_END: create
}

/// Opens.
pub fn open(key: i32) -> io::Result<()> {
    right(key)
}
";

    const VARIANT: &str = "\
use std::io;
use libc::c_int;

const MODE: i32 = 0o666;

/// Not this line.
#[inline]
pub fn create(key: i32) -> io::Result<()> {
    wrong(key)
}

fn wrong(key: c_int) -> io::Result<()> {
    Ok(())
}
";

    #[test]
    fn what_differs_is_replaced_and_what_is_new_is_added() {
        let expected = "\
//! The lesson.

use libc::c_int;

use std::io;

const MODE: i32 = 0o666;

/// Creates.
#[inline]
pub fn create(key: i32) -> io::Result<()> {
    wrong(key)
}

/// Opens.
pub fn open(key: i32) -> io::Result<()> {
    right(key)
}

fn wrong(key: c_int) -> io::Result<()> {
    Ok(())
}
";
        assert_eq!(apply(SOLUTION, VARIANT), expected);
    }
}
