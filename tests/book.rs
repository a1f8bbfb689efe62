//! The walkthrough says what the kata is: what it includes is there, every lesson has its chapter, and no link is dead.
//!
//! mdBook builds without a word where a file is missing, an anchor does not end, or a link leads nowhere.

#[path = "support/inclusions.rs"]
mod inclusion;
#[path = "support/markdown.rs"]
mod markdown;
#[path = "../book/builder/sources/mod.rs"]
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rstest::rstest;

use markdown::{fences, headings, links, plain};
use sources::include::{Anchor, anchor};
use sources::{Chapter, SRC, Sources, normal};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn book() -> &'static Sources {
    static BOOK: LazyLock<Sources> = LazyLock::new(|| Sources::read(root()).unwrap());
    &BOOK
}

/// `01_key`, `02_shmget`, ...
fn lessons() -> Vec<String> {
    let folders = fs::read_dir(root().join("lessons")).unwrap();
    let mut names: Vec<_> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn chapter(lesson: &str) -> &'static Chapter {
    let path = format!("lessons/{lesson}.md");
    let chapter = book().chapters.iter().find(|chapter| chapter.path == Path::new(&path));
    chapter.unwrap_or_else(|| panic!("the table of contents has no {path}"))
}

/// The files below a folder that end so, from the kata's root.
fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}")) {
        let entry = entry.unwrap();
        let path = Path::new(folder).join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(path.to_str().unwrap(), end));
        } else if path.to_str().unwrap().ends_with(end) {
            found.push(path);
        }
    }
    found
}

fn none(faults: &[String], what: &str) {
    assert!(faults.is_empty(), "{what}:\n  {}", faults.join("\n  "));
}

/// Whether a chapter includes this.
fn is_included(path: &str, name: Option<&str>) -> bool {
    let all = book().chapters.iter().flat_map(|chapter| &chapter.included);
    all.into_iter().any(|included| included.path == Path::new(path) && included.anchor.as_deref() == name)
}

#[test]
fn everything_that_is_included_is_there() {
    none(&book().faults, "the sources are not whole");
}

/// The builder goes by these to tell whether the built book is older than its sources.
#[test]
fn the_book_is_made_of_what_it_includes_and_never_of_the_learners_files() {
    let files = book().files(root()).unwrap();
    let paths = ["book/book.toml", "book/theme/kata.js", "book/src/SUMMARY.md", "solutions/02_shmget/src/lib.rs"];
    for path in paths {
        assert!(files.contains(Path::new(path)), "{path} is missing");
    }
    let learners = files.iter().filter(|path| path.starts_with("lessons") && path.iter().any(|part| part == "src"));
    assert_eq!(learners.count(), 0);
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let listed: BTreeSet<_> = book().chapters.iter().map(|chapter| Path::new(SRC).join(&chapter.path)).collect();
    let pages = files(SRC, ".md").into_iter().filter(|path| !path.ends_with("SUMMARY.md"));
    assert_eq!(pages.collect::<BTreeSet<_>>(), listed, "left the pages, right the table of contents");
}

#[test]
fn every_lesson_has_its_chapter_its_figure_its_task_its_three_hints_and_its_why() {
    let mut faults = Vec::new();
    for lesson in lessons() {
        let included = &chapter(&lesson).included;
        let mut wanted = vec![
            (format!("{SRC}/figures/{lesson}.html"), None),
            (format!("lessons/{lesson}/README.md"), Some("task".to_owned())),
        ];
        let why = format!("solutions/{lesson}/why.md");
        let text = fs::read_to_string(root().join(&why)).unwrap();
        let anchors = text.lines().filter_map(anchor).filter_map(|end| match end {
            Anchor::Begin(name) => Some(name.to_owned()),
            Anchor::End(_) => None,
        });
        let mut anchors: Vec<_> = anchors.map(Some).collect();
        if anchors.is_empty() {
            anchors.push(None);
        }
        wanted.extend(anchors.into_iter().map(|anchor| (why.clone(), anchor)));
        wanted.extend((1..=3).map(|n| (format!("lessons/{lesson}/hints.md"), Some(format!("hint{n}")))));
        for (path, anchor) in wanted {
            if !included.iter().any(|part| part.path == Path::new(&path) && part.anchor == anchor) {
                faults.push(format!("lessons/{lesson}.md does not include {path}:{}", anchor.unwrap_or_default()));
            }
        }
    }
    none(&faults, "chapters lack");
}

/// The title over a hint is the author's in both places, and a copy can differ.
#[test]
fn a_hint_has_the_title_that_the_runner_shows() {
    for lesson in lessons() {
        let hints = fs::read_to_string(root().join(format!("lessons/{lesson}/hints.md"))).unwrap();
        for title in hints.lines().filter_map(|line| line.strip_prefix("## ")) {
            assert!(chapter(&lesson).text.contains(&format!("<summary>{title}</summary>")), "{lesson}: {title}");
        }
    }
}

#[test]
fn every_lesson_has_two_predictions_and_three_mistakes() {
    for lesson in lessons() {
        let chapter = chapter(&lesson);
        let predict = chapter.text.split("\n## Predict\n").nth(1).and_then(|rest| rest.split("\n## ").next());
        let questions = predict.unwrap_or_default().matches("<details>").count();
        assert!(questions >= 2, "{lesson} asks for {questions} predictions");
        let file = format!("solutions/{lesson}/mistakes.md");
        let mistakes = chapter.included.iter().filter(|part| part.path == Path::new(&file));
        let mistakes: BTreeSet<_> = mistakes.filter_map(|part| part.anchor.as_deref()).collect();
        assert!(mistakes.len() >= 3, "{lesson} shows {mistakes:?}");
    }
}

#[test]
fn every_blank_of_a_solution_is_shown() {
    let mut faults = Vec::new();
    for path in files("solutions", ".rs").iter().filter(|path| path.iter().any(|part| part == "src")) {
        let path = path.to_str().unwrap();
        let text = fs::read_to_string(root().join(path)).unwrap();
        let blanks = text.lines().filter(|line| line.contains("todo!")).filter_map(anchor);
        for blank in blanks {
            let Anchor::Begin(name) = blank else { continue };
            if !is_included(path, Some(name)) {
                faults.push(format!("{path}:{name}"));
            }
        }
    }
    none(&faults, "no chapter shows");
}

/// The task and the hints of a lesson are one text for the runner and the book; so are figures and sessions for those
/// who draw or run them. What no page shows is forgotten soon.
#[rstest]
#[case::figures("book/src/figures", ".html")]
#[case::sessions("book/output", ".txt")]
fn nothing_lies_about_unused(#[case] folder: &str, #[case] end: &str) {
    let included: BTreeSet<_> =
        book().chapters.iter().flat_map(|chapter| &chapter.included).map(|included| &included.path).collect();
    let unused = files(folder, end).into_iter().filter(|path| !included.contains(path));
    none(&unused.map(|path| path.display().to_string()).collect::<Vec<_>>(), "no page includes");
}

#[test]
fn every_anchor_of_a_session_is_shown() {
    for path in files("book/output", ".txt") {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        for name in text.lines().filter_map(anchor).filter_map(|end| match end {
            Anchor::Begin(name) => Some(name),
            Anchor::End(_) => None,
        }) {
            assert!(is_included(path.to_str().unwrap(), Some(name)), "no page includes {}:{name}", path.display());
        }
    }
}

/// The page for printing holds all chapters, where an id may stand once.
#[test]
fn every_figure_stands_in_one_place_and_its_ids_are_its_own() {
    let mut seen = BTreeMap::new();
    for path in files("book/src/figures", ".html") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let places = book().chapters.iter().flat_map(|chapter| &chapter.included).filter(|part| part.path == path);
        assert_eq!(places.count(), 1, "{name} is included");
        let text = fs::read_to_string(root().join(&path)).unwrap();
        assert!(text.lines().all(|line| !line.trim().is_empty()), "{name}: an empty line ends an HTML block");
        for id in text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(seen.insert(id.to_owned(), name.to_owned()), None, "{id} in {name}");
        }
        for part in ["<title ", "<desc ", "role=\"img\"", "<figcaption>"] {
            assert!(text.contains(part), "{name} has no {part}");
        }
    }
}

#[test]
fn a_stepper_has_a_sentence_for_each_state() {
    for path in files("book/src/figures", ".html") {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        let sentences = text.matches("<li>").count();
        let steps = text.split("data-step=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let states: BTreeSet<usize> =
            steps.flat_map(|steps| steps.trim_end_matches('+').split(' ')).map(|step| step.parse().unwrap()).collect();
        assert_eq!(states, (1..=sentences).collect(), "{}: left the states drawn, right those told", path.display());
        assert_eq!(text.contains("stepper"), sentences > 0, "{}", path.display());
    }
}

#[test]
fn no_listing_is_empty() {
    for chapter in &book().chapters {
        for fence in fences(&chapter.expanded) {
            assert!(!fence.trim().is_empty(), "{}: an empty listing", chapter.path.display());
        }
    }
}

/// Names of fragments are those that mdBook gives to headings.
#[test]
fn no_link_is_dead() {
    let pages: BTreeMap<_, BTreeSet<_>> =
        book().chapters.iter().map(|chapter| (chapter.path.as_path(), headings(&chapter.expanded))).collect();
    let mut faults = Vec::new();
    for chapter in &book().chapters {
        for link in links(&chapter.expanded) {
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            if path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let folder = chapter.path.parent().unwrap();
            let target = if path.is_empty() { Some(chapter.path.clone()) } else { normal(&folder.join(path)) };
            let alive = match target.as_deref().and_then(|target| Some((target, pages.get(target)?))) {
                Some((_, ids)) => fragment.is_empty() || ids.contains(fragment),
                None => target.is_some_and(|target| fragment.is_empty() && root().join(SRC).join(&target).is_file()),
            };
            if !alive {
                faults.push(format!("{}: {link}", chapter.path.display()));
            }
        }
    }
    none(&faults, "dead links");
}

/// A chapter is read in 10 to 15 minutes: its own words, without listings, answers, hints and the teachers' box.
#[test]
fn a_chapter_is_neither_a_note_nor_a_treatise() {
    for lesson in lessons() {
        let words = plain(&chapter(&lesson).text).split_whitespace().count();
        assert!((400..=700).contains(&words), "{lesson} has {words} words");
    }
}
