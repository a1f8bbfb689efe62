//! The kata's own walkthrough, as the builder sees it.

use std::path::Path;

use walkthrough::Sources;

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
