//! The line of code that an address in a program's file belongs to, as addr2line(1) knows it: it comes with the linker
//! that Rust needs.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// How a program that has died begins the command that tells its lines; the program's path and addresses follow.
pub(super) const ASKS: &str = "addr2line -afCie ";

/// Where in the source, and in which function; the place only where the program has the names of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The file, from the workspace's root where it lies below it, and the line.
    pub(crate) place: Option<(String, u32)>,
    pub(crate) function: String,
}

/// The addresses in the command that the program `name` printed before it died, if `line` is that.
pub(crate) fn asked_for(name: &str, line: &str) -> Option<Vec<u64>> {
    let command = line.strip_prefix(name)?.strip_prefix(": ")?.strip_prefix(ASKS)?;
    // The path may hold spaces; the addresses come last.
    let addresses = command.split(' ').rev().map_while(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok());
    let mut addresses: Vec<_> = addresses.collect();
    addresses.reverse();
    Some(addresses)
}

/// The innermost of `calls` in `program` that is not the standard library's nor this library's. `None` without
/// addr2line(1), or if it knows none.
pub(crate) fn line_of(program: &Path, calls: &[u64]) -> Option<Line> {
    let calls = calls.iter().take_while(|call| **call != 0).map(|call| format!("{call:#x}"));
    let mut command = Command::new("addr2line");
    command.arg("-afCie").arg(program).args(calls).stdin(Stdio::null()).stderr(Stdio::null());
    let told = command.output().ok()?;
    first_of_ours(&String::from_utf8_lossy(&told.stdout), root().as_deref())
}

/// The workspace that this process runs in, by its lock file.
fn root() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let root = here.ancestors().find(|dir| dir.join("Cargo.lock").exists())?;
    Some(format!("{}/", root.to_str()?))
}

/// addr2line prints each address, and then pairs of lines: a function and its place, `PATH:LINE`, with `??` for what it
/// does not know. The first pair has the function's name in full, and the place in what is inlined there, if anything is;
/// the last one has the function's own.
fn first_of_ours(told: &str, root: Option<&str>) -> Option<Line> {
    let lines: Vec<&str> = told.lines().collect();
    let mut calls = lines.chunk_by(|_, next| !next.starts_with("0x"));
    calls.find_map(|call| {
        let pairs: Vec<_> = call.get(1..)?.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        let (function, _) = *pairs.first().filter(|(function, _)| !is_librarys(function))?;
        let places = pairs.iter().map(|(_, place)| *place);
        let place =
            places.filter(|place| !place.starts_with("/rustc/") && !place.contains("/library/")).find_map(|place| {
                // `PATH:LINE (discriminator 1)`
                let (path, line) = place.split(" (").next()?.rsplit_once(':')?;
                let path = root.and_then(|root| path.strip_prefix(root)).unwrap_or(path);
                let line = line.parse().ok().filter(|line| *line != 0)?;
                Some((path.to_owned(), line))
            });
        Some(Line { place, function: function.to_owned() })
    })
}

/// Whether it is the standard library's, the test harness's, this library's or C's.
fn is_librarys(function: &str) -> bool {
    let crates = ["core", "std", "alloc", "test", "kata", "compiler_builtins"];
    let path = function.trim_start_matches(['<', '&']);
    let name = path.split("::").next().unwrap_or_default().split(' ').next().unwrap_or_default();
    crates.contains(&name) || !path.contains("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_line_that_is_not_a_librarys_is_named() {
        let told = "\
0x0000000000015e0c
core::sync::atomic::atomic_load
/rustc/59807616e/library/core/src/sync/atomic.rs:3904
0x0000000000015d11
read::read_message
/rustc/59807616e/library/core/src/ptr/mod.rs:1
read_volatile<u8>
/rustc/59807616e/library/core/src/ptr/mut_ptr.rs:2
read_message
/home/ada/my kata/lessons/05_read/src/lib.rs:33 (discriminator 2)
0x0000000000015d99
read::run
/home/ada/my kata/lessons/05_read/src/lib.rs:60
";
        let line = first_of_ours(told, Some("/home/ada/my kata/")).unwrap();
        assert_eq!(line.place, Some(("lessons/05_read/src/lib.rs".to_owned(), 33)));
        assert_eq!(line.function, "read::read_message");
        let line = first_of_ours(told, None).unwrap();
        assert_eq!(line.place, Some(("/home/ada/my kata/lessons/05_read/src/lib.rs".to_owned(), 33)));
    }

    #[test]
    fn without_lines_the_function_is_named() {
        let told =
            "0x0000000000015e0c\n??\n??:0\n0x01\n<core::x as core::y>::z\n??:?\n0x02\nread::read_message\n??:?\n";
        assert_eq!(first_of_ours(told, None), Some(Line { place: None, function: "read::read_message".into() }));
        assert_eq!(first_of_ours("0x1\n_start\n??:?\n", None), None);
    }

    #[test]
    fn the_command_of_a_program_is_recognized() {
        assert_eq!(asked_for("reader", "reader: addr2line -afCie /a b/reader 0x1f 0x2"), Some(vec![0x1f, 2]));
        assert_eq!(asked_for("reader", "reader: SIGSEGV (11) at address 0x0: a load"), None);
    }
}
