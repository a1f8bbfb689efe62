//! What a test says of values that differ.

use std::{
    fmt::{Debug, Display},
    thread,
    time::Duration,
};

use crate::kernel::Segment;

/// Requires that `found` is what was `expected`; `what` names it, and `look` says where the difference may come from.
///
/// # Panics
/// If it is not.
#[track_caller]
pub fn same<T: PartialEq + Debug>(what: impl Display, expected: T, found: T, look: impl Display) {
    assert!(found == expected, "{what}\n  expected: {expected:?}\n  found:    {found:?}\n  look:     {look}");
}

/// Waits until `condition` holds, five seconds at most. A process that has ended, and that its parent has waited for, may
/// still count in `nattch` for a moment: as long as another process reads its `/proc/PID/maps`, as the x-ray does.
pub fn soon(condition: impl Fn() -> bool) -> bool {
    (0..500).any(|_| {
        condition() || {
            thread::sleep(Duration::from_millis(10));
            false
        }
    })
}

/// Requires that the kernel's table is `after` as it was `before`, time stamps aside; `what` says after what, and `look`
/// where a difference may come from.
///
/// # Panics
/// If it is not, with the first row that is there no more, that is new, or that differs, and with the field.
#[track_caller]
pub fn same_table(what: impl Display, before: &[Segment], after: &[Segment], look: impl Display) {
    if let Some((expected, found)) = difference(before, after) {
        panic!(
            "{what} should leave the kernel's table as it was\n  expected: {expected}\n  found:    {found}\n  look:     {look}"
        );
    }
}

fn difference(before: &[Segment], after: &[Segment]) -> Option<(String, String)> {
    let named = |row: &Segment| format!("segment {} with the key {:#010x}", row.id, row.key);
    for row in before {
        let Some(now) = after.iter().find(|other| other.id == row.id) else {
            return Some((named(row), "it is gone".to_owned()));
        };
        if let Some((field, expected, found)) = row.difference(now) {
            return Some((format!("{field} {expected} of segment {}", row.id), found));
        }
    }
    let new = after.iter().find(|row| before.iter().all(|other| other.id != row.id))?;
    Some(("no new segment".to_owned(), format!("{}, {} bytes", named(new), new.size)))
}

/// A text as Rust would write it; of a very long one the beginning.
pub(super) fn quoted(text: &str) -> String {
    const LENGTH: usize = 200;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{:?} and {} bytes more", &text[..end], text.len() - end),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::message, *};
    use crate::kernel::parse_segments;

    const HEAD: &str = "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap\n";

    #[test]
    fn of_two_tables_the_row_and_the_field_that_differ_are_named() {
        let row = |id: u32, mode: &str, nattch: u32, atime: u32| {
            format!("2345 {id} {mode} 1000 7 8 {nattch} 0 0 0 0 {atime} 0 0 4096 0\n")
        };
        let table = |rows: &[String]| parse_segments(&(HEAD.to_owned() + &rows.concat())).unwrap();
        let before = table(&[row(3, "600", 0, 1)]);
        same_table("a look", &before, &table(&[row(3, "600", 0, 2)]), "");
        for (after, expected, found) in [
            (table(&[]), "segment 3 with the key 0x00000929", "it is gone"),
            (table(&[row(3, "660", 0, 1)]), "mode 0600 of segment 3", "0660"),
            (table(&[row(3, "600", 2, 1)]), "nattch 0 of segment 3", "2"),
            (
                table(&[row(3, "600", 0, 1), row(4, "600", 0, 1)]),
                "no new segment",
                "segment 4 with the key 0x00000929, 1000 bytes",
            ),
        ] {
            let text = message(|| same_table("a look", &before, &after, "there"));
            let end = format!("\n  expected: {expected}\n  found:    {found}\n  look:     there");
            assert!(text.ends_with(&end), "{text}");
        }
    }
}
