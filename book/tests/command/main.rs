//! `cargo run -p book`: what it builds, what it serves, and what it says on a bad day. Here is what the tests share: a kata
//! to build a book of, and the `book` that builds it.

mod build;
mod serve;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A kata with a book of two pages.
fn kata() -> TempDir {
    let kata = tempfile::tempdir().unwrap();
    let theirs = Path::new(env!("CARGO_MANIFEST_DIR"));
    write(&kata, "book/book.toml", &fs::read_to_string(theirs.join("book.toml")).unwrap());
    symlink(theirs.join("theme"), kata.path().join("book/theme")).unwrap();
    write(&kata, "book/src/SUMMARY.md", "# Summary\n\n[One](index.md)\n- [Two](two.md)\n");
    write(&kata, "book/src/index.md", "# One\n");
    write(&kata, "book/src/two.md", "# Two\n\n{{#include ../../hint.md}}\n");
    write(&kata, "hint.md", "Ask the kernel.\n");
    kata
}

fn write(kata: &TempDir, path: &str, text: &str) {
    let path = kata.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn page(kata: &TempDir, name: &str) -> String {
    fs::read_to_string(kata.path().join("target/book").join(name)).unwrap_or_default()
}

fn command(kata: &TempDir, arguments: &[&str]) -> Command {
    in_the_kata(Command::new(env!("CARGO_BIN_EXE_book")), kata, arguments)
}

fn in_the_kata(mut command: Command, kata: &TempDir, arguments: &[&str]) -> Command {
    command.args(arguments).current_dir(kata.path()).env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_TARGET_DIR");
    command
}

fn book(kata: &TempDir, arguments: &[&str]) -> Output {
    command(kata, arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}
