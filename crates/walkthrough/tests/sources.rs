//! Inclusions are read as mdBook reads them, and faulty ones are found; and the kata's own walkthrough is read.

use std::fs;
use std::path::Path;

use rstest::rstest;

use walkthrough::include::{Part, Piece, inclusions};
use walkthrough::{SRC, Sources};

#[rstest]
#[case("{{#include a.rs}}", "a.rs", Part::Whole)]
#[case("{{ #include a.rs }}", "a.rs", Part::Whole)]
#[case("{{#include a.rs:create}}", "a.rs", Part::Anchor("create"))]
#[case("{{#include a.rs:3}}", "a.rs", Part::Lines(3, 3))]
#[case("{{#include a.rs:3:}}", "a.rs", Part::Lines(3, usize::MAX))]
#[case("{{#include a.rs::5}}", "a.rs", Part::Lines(1, 5))]
#[case("{{#rustdoc_include a.rs:3:5}}", "a.rs", Part::Lines(3, 5))]
#[case("{{#include a.md:b:report}}", "a.md", Part::Mistake("b", Piece::Report))]
#[case("{{#include a.md:b:mistake}}", "a.md", Part::Mistake("b", Piece::Mistake))]
#[case("{{#include a.md:report}}", "a.md", Part::Anchor("report"))]
#[case("{{#include ../output/a.md:b}}", "../output/a.md", Part::Session("b", None))]
#[case("{{#include ../output/a.md:b:c}}", "../output/a.md", Part::Session("b", Some("c")))]
#[case("{{#include ../output/a.md:b:report}}", "../output/a.md", Part::Session("b", Some("report")))]
#[case("{{#include ../output/a.md}}", "../output/a.md", Part::Session("", None))]
fn is_read(#[case] text: &str, #[case] path: &str, #[case] part: Part) {
    let found: Vec<_> = inclusions(text).map(|found| (found.path, found.part)).collect();
    assert_eq!(found, [(path, part)]);
}

#[rstest]
#[case("\\{{#include a.rs}}")]
#[case("{{#title A title}}")]
#[case("{{#include}}")]
#[case("{{ no braces behind")]
fn leaves_alone_what_is_none(#[case] text: &str) {
    assert_eq!(inclusions(text).count(), 0);
}

#[rstest]
#[case("// ANCHOR: a\nx\n// ANCHOR_END: a\n", "a", Ok("x"))]
#[case("// ANCHOR: a todo!(\"b\")\nx\n// ANCHOR: c\ny\n// ANCHOR_END: c\n// ANCHOR_END: a", "a", Ok("x\ny"))]
#[case("// ANCHOR: ab\nx\n// ANCHOR_END: ab\n", "a", Err("the anchor is not there"))]
#[case("// ANCHOR: a\nx\n", "a", Err("the anchor does not end"))]
#[case("// ANCHOR: a\nx\n// ANCHOR_END: a\n// ANCHOR: a\n", "a", Err("the anchor begins 2 times and ends 1 times"))]
#[case("// ANCHOR: a\n\n// ANCHOR_END: a\n", "a", Err("nothing is there"))]
fn finds_an_anchor_that_begins_and_ends_once(#[case] file: &str, #[case] name: &str, #[case] part: Result<&str, &str>) {
    assert_eq!(Part::Anchor(name).of(file), part.map(str::to_owned).map_err(str::to_owned));
}

#[rstest]
#[case(Part::Whole, "x\n", Ok("x"))]
#[case(Part::Whole, "", Err("nothing is there"))]
#[case(Part::Whole, "# ANCHOR: a\nx\n", Err("its anchor would be shown: # ANCHOR: a"))]
#[case(Part::Lines(2, 3), "a\nb\nc\nd\n", Ok("b\nc"))]
#[case(Part::Lines(2, 9), "a\nb\n", Err("it has fewer than 9 lines"))]
fn finds_lines_without_anchors(#[case] part: Part, #[case] file: &str, #[case] found: Result<&str, &str>) {
    assert_eq!(part.of(file), found.map(str::to_owned).map_err(str::to_owned));
}

const MISTAKES: &str = "\
## one

Wrong.

```diff
@@ fn a @@
 ## two
```

````text
failed: a

## two
```
````

## two

Wrong too.
";

#[rstest]
#[case("one", Piece::Mistake, Ok("Wrong.\n\n```diff\n@@ fn a @@\n ## two\n```"))]
#[case("one", Piece::Report, Ok("failed: a\n\n## two\n```"))]
#[case("two", Piece::Mistake, Ok("Wrong too."))]
#[case("two", Piece::Report, Err("its report is not written down yet"))]
#[case("three", Piece::Report, Err("it has no section `## three`; it has `one`, `two`"))]
fn finds_a_piece_of_a_mistake(#[case] name: &str, #[case] piece: Piece, #[case] found: Result<&str, &str>) {
    assert_eq!(Part::Mistake(name, piece).of(MISTAKES), found.map(str::to_owned).map_err(str::to_owned));
}

const SESSIONS: &str = "\
## one

```console
$ ls
a
```

## two

Needs: root

```console
# ANCHOR: ls
$ ls
# ANCHOR_END: ls
$ id
```

## three

```sh
ls
```
";

#[rstest]
#[case("one", None, Ok("$ ls\na"))]
#[case("two", Some("ls"), Ok("$ ls"))]
#[case("two", Some("id"), Err("the anchor is not there"))]
#[case("two", None, Ok("$ ls\n$ id"))]
#[case("one", Some("ls"), Err("the anchor is not there"))]
#[case("three", None, Err("its line 21: three: a session is a block ```console, and this one is ```sh"))]
#[case("four", None, Err("it has no section `## four`; it has `one`, `two`, `three`"))]
#[case("", None, Err("name one of its sessions: `PAGE.md:NAME`"))]
fn finds_a_session_or_an_excerpt(#[case] name: &str, #[case] excerpt: Option<&str>, #[case] found: Result<&str, &str>) {
    assert_eq!(Part::Session(name, excerpt).of(SESSIONS), found.map(str::to_owned).map_err(str::to_owned));
}

/// A kata in small, with one chapter.
fn faults(chapter: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("book/src/SUMMARY.md", "# Summary\n\n- [One](one.md)\n"),
        ("book/src/one.md", chapter),
        ("lessons/01_key/src/lib.rs", "// ANCHOR: a\nmine\n// ANCHOR_END: a\n"),
        ("lessons/01_key/hints.md", "a hint"),
        ("lessons/01_key/README.md", "two\nlines\n"),
    ] {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Sources::read(dir.path()).unwrap().faults
}

#[rstest]
#[case("{{#include ../../lessons/01_key/hints.md}}", None)]
#[case("{{#include missing.md}}", Some("No such file"))]
#[case("- in a list\n  {{#include ../../lessons/01_key/hints.md}}", None)]
#[case("- in a list\n  {{#include ../../lessons/01_key/README.md}}", Some("first line"))]
#[case("{{#include ../../lessons/01_key/src/lib.rs:a}}", Some("not ours to show"))]
#[case("{{#include ../../../etc/passwd}}", Some("outside"))]
#[case("{{#include one.md}}", Some("includes itself"))]
fn refuses_what_is_not_to_be_shown(#[case] text: &str, #[case] fault: Option<&str>) {
    match (faults(text).as_slice(), fault) {
        ([], None) => {}
        ([one], Some(fault)) => assert!(one.contains(fault) && one.starts_with("book/src/one.md"), "{one}"),
        (faults, _) => panic!("{faults:?}"),
    }
}

#[test]
fn a_fault_names_the_line_of_the_inclusion() {
    let faults = faults("# One\n\n{{#include a.md}} {{#include b.md}}\n");
    let missing = "No such file or directory (os error 2)";
    let expected = ["a.md", "b.md"].map(|name| format!("book/src/one.md:3: {{{{#include {name}}}}}: {missing}"));
    assert_eq!(faults, expected);
}

#[test]
fn misses_a_chapter_that_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join(SRC)).unwrap();
    fs::write(dir.path().join(SRC).join("SUMMARY.md"), "- [Gone](gone.md)\n").unwrap();
    assert!(Sources::read(dir.path()).unwrap().faults[0].starts_with("book/src/SUMMARY.md: gone.md: No such file"));
}

/// The builder goes by these to tell whether the built book is older than its sources.
#[test]
fn the_book_is_made_of_what_it_includes_and_never_of_the_learners_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = Sources::read(&root).unwrap().files(&root).unwrap();
    let paths = ["book/book.toml", "book/theme/kata.js", "book/src/SUMMARY.md", "solutions/02_shmget/src/lib.rs"];
    for path in paths {
        assert!(files.contains(Path::new(path)), "{path} is missing");
    }
    let learners = files.iter().filter(|path| path.starts_with("lessons") && path.iter().any(|part| part == "src"));
    assert_eq!(learners.count(), 0);
}

const QUESTION: &str = "\
Before.

<div class=\"question\">

What does `shmget` say
in the end (S2)?

- [ ] Nothing
  at all

  It says something.

- [x] `EEXIST`

  Right.

```console
- [ ] printed, and no choice
```

</div>

After.
";

#[test]
fn a_question_becomes_radio_buttons_and_a_fold_with_every_reply() {
    let [question] = &walkthrough::questions::read(QUESTION)[..] else { panic!("there is one") };
    let choices: Vec<_> =
        question.choices.iter().map(|choice| (choice.right, choice.text.as_str(), choice.reply.trim())).collect();
    assert_eq!(choices, [(false, "Nothing at all", "It says something."), (true, "`EEXIST`", "Right.")]);
    assert_eq!((question.line, question.asks.trim()), (3, "What does `shmget` say\nin the end (S2)?"));

    let html = walkthrough::questions::expand(QUESTION, Path::new("lessons/02_shmget.md"));
    let labels = html.matches("<label><input type=\"radio\" name=\"q-02_shmget-1\"> ").count();
    let replies = (html.matches("class=\"reply correct\"").count(), html.matches("class=\"reply incorrect\"").count());
    assert_eq!((labels, replies), (2, (1, 1)));
    assert!(html.starts_with("Before.\n\n") && html.ends_with("After.\n"), "{html}");
    // What is told after any answer is there once.
    assert_eq!(html.matches("- [ ] printed, and no choice").count(), 1);
}

#[test]
fn a_question_in_a_listing_is_none() {
    let text = format!("````markdown\n{QUESTION}````\n");
    assert_eq!(walkthrough::questions::read(&text), []);
    assert_eq!(walkthrough::questions::expand(&text, Path::new("a.md")), text);
}
