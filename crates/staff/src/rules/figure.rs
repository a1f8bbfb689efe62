//! The figures: each in one place, described in words, and with a sentence for each of its states.
//!
//! A chapter may do without one, or send its readers to another chapter's: `[the picture](02_shmget.md#picture)`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::findings::Findings;
use shm_kata::course::Course;
use walkthrough::Sources;

/// The page for printing holds all chapters, where an id may stand once.
pub fn check(course: &Course, book: &Sources, figures: &[PathBuf], findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for path in figures {
        let text = fs::read_to_string(course.root.join(path)).unwrap_or_default();
        let mut problem = |what: String| findings.problem(path.display(), what);
        let places = book.chapters.iter().flat_map(|chapter| &chapter.included).filter(|part| part.path == *path);
        match places.count() {
            1 => {}
            0 => problem("no page includes it".to_owned()),
            many => problem(format!("is included {many} times; a second chapter links to the first one's #picture")),
        }
        if text.lines().any(|line| line.trim().is_empty()) {
            problem("has an empty line, which ends an HTML block".to_owned());
        }
        for id in text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if let Some(other) = seen.insert(id.to_owned(), path) {
                problem(format!("the id {id} is also in {}", other.display()));
            }
        }
        for part in ["<title ", "<desc ", "role=\"img\"", "<figcaption>"] {
            if !text.contains(part) {
                problem(format!("has no {part}"));
            }
        }
        let sentences = text.matches("<li>").count();
        let steps = text.split("data-step=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let steps = steps.flat_map(|steps| steps.trim_end_matches('+').split(' ').map(str::parse));
        match steps.collect::<Result<BTreeSet<usize>, _>>() {
            Ok(states) if states == (1..=sentences).collect() => {}
            Ok(states) => problem(format!("draws the states {states:?} and has {sentences} sentences, <li>")),
            Err(_) => problem("a data-step is no list of numbers".to_owned()),
        }
        if text.contains("stepper") != (sentences > 0) {
            problem("the class `stepper` and the list of its states go together".to_owned());
        }
        findings.count("figures");
    }
}
