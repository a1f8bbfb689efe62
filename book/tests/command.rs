//! `cargo run -p book` on a bad day: it says what is wrong, ends, and leaves the last good book where it was.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

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

#[track_caller]
fn fails(output: &Output, code: i32, words: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "it does not say `{word}`: {said}");
    }
}

#[track_caller]
fn builds(kata: &TempDir, first: &str) {
    let output = book(kata, &["build"]);
    assert!(output.status.success() && said(&output).starts_with(first), "{}", said(&output));
}

#[test]
fn the_book_is_built_when_it_is_older_than_what_it_is_made_of() {
    let kata = kata();
    builds(&kata, "Built ");
    assert!(page(&kata, "two.html").contains("Ask the kernel."));
    builds(&kata, "Nothing to do");
    write(&kata, "hint.md", "Ask a second process.\n");
    builds(&kata, "Built ");
    assert!(page(&kata, "two.html").contains("Ask a second process."));
    fs::remove_dir_all(kata.path().join("target/book")).unwrap();
    builds(&kata, "Built ");
    let rest: Vec<_> =
        fs::read_dir(kata.path().join("target")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(rest.len(), 2, "the book and its stamp, and no leftovers: {rest:?}");
}

#[test]
fn a_missing_file_is_named_and_the_old_book_stays() {
    let kata = kata();
    builds(&kata, "Built ");
    fs::remove_file(kata.path().join("hint.md")).unwrap();
    fails(&book(&kata, &["build"]), 1, &["book/src/two.md", "../../hint.md", "No such file"]);
    fs::remove_file(kata.path().join("book/src/two.md")).unwrap();
    fails(&book(&kata, &["build"]), 1, &["SUMMARY.md", "two.md", "No such file"]);
    assert!(page(&kata, "two.html").contains("Ask the kernel."));
    fs::remove_file(kata.path().join("book/src/SUMMARY.md")).unwrap();
    fails(&book(&kata, &["build"]), 1, &["SUMMARY.md", "No such file"]);
    fs::remove_file(kata.path().join("book/book.toml")).unwrap();
    fails(&book(&kata, &["build"]), 1, &["book/book.toml"]);
}

#[test]
fn mdbooks_own_complaint_is_passed_on() {
    let kata = kata();
    write(&kata, "book/book.toml", "[book\n");
    fails(&book(&kata, &["build"]), 1, &["mdBook", "book/book.toml", "unclosed table"]);
}

#[test]
fn a_target_directory_that_cannot_be_written_is_named() {
    let kata = kata();
    let target = kata.path().join("target");
    fs::create_dir(&target).unwrap();
    fs::set_permissions(&target, Permissions::from_mode(0o555)).unwrap();
    let mut setpriv = Command::new("setpriv");
    // Root writes where it likes, unless that right is taken away.
    setpriv.arg("--bounding-set=-dac_override").arg(env!("CARGO_BIN_EXE_book"));
    let is_root = fs::write(target.join("probe"), "").is_ok();
    _ = fs::remove_file(target.join("probe"));
    let output =
        if is_root { in_the_kata(setpriv, &kata, &["build"]).output().unwrap() } else { book(&kata, &["build"]) };
    fails(&output, 1, &["cannot write", "target", "Permission denied", "CARGO_TARGET_DIR"]);
    fs::set_permissions(&target, Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_port_in_use_is_an_error() {
    let kata = kata();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    fails(&book(&kata, &["serve", "--port", &port]), 1, &[&port, "in use", "--port 0"]);
}

#[test]
fn what_is_no_command_is_answered_with_those_there_are() {
    let kata = kata();
    for arguments in [&["bulid"][..], &["--port"], &["--port", "65536"], &["build", "all"], &["output", "--chekc"]] {
        fails(&book(&kata, arguments), 2, &["Usage", "--check"]);
    }
    assert!(book(&kata, &["serve", "--help"]).status.success());
}

#[test]
fn a_page_that_is_not_there_cannot_be_opened() {
    fails(&book(&kata(), &["--port", "0", "--page", "three.html"]), 1, &["three.html"]);
}

/// A server, ended with the test.
struct Server(Child, String);

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn serve(kata: &TempDir) -> Server {
    let mut child = command(kata, &["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("The walkthrough: http://").unwrap().trim_end_matches('/');
    Server(child, address.to_owned())
}

fn get(server: &Server, path: &str) -> String {
    let mut stream = TcpStream::connect(&server.1).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.1).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_page_is_served_as_its_sources_are_now() {
    let kata = kata();
    let server = serve(&kata);
    assert!(get(&server, "/two.html").contains("Ask the kernel."));
    write(&kata, "hint.md", "Ask a second process.\n");
    assert!(get(&server, "/two.html").contains("Ask a second process."));
    fs::remove_file(kata.path().join("hint.md")).unwrap();
    let answer = get(&server, "/two.html");
    assert!(answer.starts_with("HTTP/1.1 500 ") && answer.contains("../../hint.md"), "{answer}");
}

#[test]
fn the_server_is_there_for_this_machine_alone() {
    let kata = kata();
    let server = serve(&kata);
    let port: u16 = server.1.strip_prefix("127.0.0.1:").unwrap().parse().unwrap();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let listens = tables.iter().flat_map(|table| table.lines()).filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (local, _, state) = (words.next()?, words.next()?, words.next()?);
        (state == "0A" && local.ends_with(&format!(":{port:04X}"))).then_some(local)
    });
    assert_eq!(listens.collect::<Vec<_>>(), [format!("{:08X}:{port:04X}", u32::from_ne_bytes([127, 0, 0, 1]))]);
}

#[test]
fn progress_is_shown_on_pages_and_nowhere_else() {
    let kata = kata();
    write(&kata, "progress.txt", "key done 0a\n");
    let server = serve(&kata);
    assert!(get(&server, "/").contains("<meta name=\"kata-progress\" content=\"key=done\">"));
    assert!(!page(&kata, "index.html").contains("kata-progress"));
}
