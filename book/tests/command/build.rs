//! On a bad day it says what is wrong, ends, and leaves the last good book where it was.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::{book, in_the_kata, kata, page, said, write};

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

/// mdBook knows no such inclusion, and would show nothing.
#[test]
fn a_page_shows_a_mistake_and_its_report() {
    let kata = kata();
    let mistake = "## late\n\nToo *late*.\n\n```diff\n-now\n+then\n```\n\n```text\nfailed: it_is_in_time\n```\n";
    write(&kata, "mistakes.md", mistake);
    let text = "{{#include ../../mistakes.md:late:mistake}}\n\n{{#include ../../mistakes.md:late:report}}\n";
    write(&kata, "book/src/two.md", text);
    builds(&kata, "Built ");
    let page = page(&kata, "two.html");
    for part in ["<em>late</em>", "<code class=\"language-diff\">-now\n+then", "<p>failed: it_is_in_time</p>"] {
        assert!(page.contains(part), "the page has no {part}: {page}");
    }
    write(&kata, "mistakes.md", &mistake.replace("## late", "## soon"));
    fails(&book(&kata, &["build"]), 1, &["book/src/two.md", "mistakes.md:late:report", "it has no section `## late`"]);
}

/// mdBook would look for an anchor.
#[test]
fn a_page_shows_a_session_or_an_excerpt() {
    let kata = kata();
    let sessions = "\
## one

```console
$ ls
hint.md
```

## two

```console
# ANCHOR: id
$ id -u
0
# ANCHOR_END: id
$ pwd
```
";
    write(&kata, "book/output/two.md", sessions);
    let text =
        "```console\n{{#include ../output/two.md:one}}\n```\n\n```console\n{{#include ../output/two.md:two:id}}\n```\n";
    write(&kata, "book/src/two.md", text);
    builds(&kata, "Built ");
    let page = page(&kata, "two.html");
    for part in ["<code class=\"language-console\">$ ls\nhint.md\n</code>", "console\">$ id -u\n0\n</code>"] {
        assert!(page.contains(part), "the page has no {part}: {page}");
    }
    write(&kata, "book/output/two.md", &sessions.replace("## one", "## un"));
    fails(
        &book(&kata, &["build"]),
        1,
        &["book/src/two.md:2: ", "output/two.md:one}}: it has no section `## one`; it has `un`, `two`"],
    );
    write(&kata, "book/output/two.md", &sessions.replace("## one", "## two"));
    fails(&book(&kata, &["build"]), 1, &["book/src/two.md:6: ", "its line 8: two sections are named `two`"]);
}

/// Nothing is built or run for what cannot be found.
#[test]
fn sessions_that_cannot_be_run_are_named() {
    let kata = kata();
    write(&kata, "book/output/one.md", "## a\n\n```console\n$ ls\n```\n\n## b\n\n```console\n$ id\n```\n");
    write(&kata, "book/output/two.md", "# Two\n\n## c\n\n## d\n\n```sh\nls\n```\n");
    let faults = ["book/output/two.md:3: c: its commands are missing", "book/output/two.md:7: d: a session is a block"];
    for arguments in [&["output"][..], &["output", "one", "two:c"], &["output", "--check", "two.md"]] {
        fails(&book(&kata, arguments), 1, &faults);
    }
    fails(&book(&kata, &["output", "tow"]), 1, &["there is no book/output/tow.md; the pages are one, two"]);
    fails(&book(&kata, &["output", "one:c"]), 1, &["book/output/one.md has no section `## c`; it has a, b"]);
    assert!(!kata.path().join("target").exists());
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
