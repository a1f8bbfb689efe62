//! The walkthrough as a whole: what it includes is there, every page is in the table of contents, figures are
//! described in words, no link is dead.
//!
//! mdBook builds without a word where a file is missing, an anchor does not end, or a link leads nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::slice;

use crate::findings::Findings;
use crate::rules::files;
use crate::tables;
use shm_kata::course::{Course, Lesson};
use shm_kata::trouble::{self, Trouble};
use walkthrough::include::{Anchor, anchor};
use walkthrough::markdown::{fences, headings, links};
use walkthrough::questions::Question;
use walkthrough::sections::Fault;
use walkthrough::sessions::{OUTPUT, Session};
use walkthrough::{Chapter, SRC, Sources, normal};

/// The walkthrough.
pub struct Book {
    pub sources: Sources,
    /// The folders of the lessons that have no chapter.
    pub missing: Vec<String>,
}

impl Book {
    /// Reads it, with the chapters of lessons that the table of contents does not name: so that nothing else is said of
    /// them that is not so.
    pub fn read(course: &Course) -> Result<Self, Trouble> {
        let summary = course.root.join(SRC).join("SUMMARY.md");
        let mut sources = Sources::read(&course.root).map_err(|error| trouble::file("read", &summary, &error))?;
        let mut missing = Vec::new();
        for lesson in &course.lessons {
            let path = PathBuf::from(format!("lessons/{}.md", lesson.folder));
            let listed = sources.chapters.iter().any(|chapter| chapter.path == path);
            match fs::read_to_string(course.root.join(tables::chapter(lesson))) {
                Ok(text) if !listed => sources.add(&course.root, path, text),
                Ok(_) => {}
                Err(_) => missing.push(lesson.folder.clone()),
            }
        }
        Ok(Self { sources, missing })
    }

    /// The lesson's chapter.
    pub fn chapter(&self, lesson: &Lesson) -> Option<&Chapter> {
        let path = format!("lessons/{}.md", lesson.folder);
        self.sources.chapters.iter().find(|chapter| chapter.path == Path::new(&path))
    }

    /// Whether a chapter includes this part of a file.
    fn includes(&self, path: &Path, name: &str) -> bool {
        let mut all = self.sources.chapters.iter().flat_map(|chapter| &chapter.included);
        all.any(|included| included.path == path && included.anchor.as_deref() == Some(name))
    }
}

/// The rules that go beyond one lesson.
///
/// # Errors
/// If a folder of the book cannot be read.
pub fn check(course: &Course, book: &Book, findings: &mut Findings) -> Result<(), Trouble> {
    faults(course, book, findings);
    for folder in &book.missing {
        findings.problem(format!("{SRC}/lessons/{folder}.md"), "the chapter is missing");
    }
    let pages = files_below(course, SRC, ".md")?;
    for page in pages.iter().filter(|page| !page.ends_with("SUMMARY.md")) {
        if !book.sources.chapters.iter().any(|chapter| Path::new(SRC).join(&chapter.path) == **page) {
            findings.problem(page.display(), format!("is not in the table of contents, {SRC}/SUMMARY.md"));
        }
    }
    for chapter in &book.sources.chapters {
        let place = format!("{SRC}/{}", chapter.path.display());
        // What could not be included is told already.
        let told = book.sources.faults.iter().any(|fault| fault.starts_with(&place));
        if !told && fences(&chapter.expanded).iter().any(|fence| fence.trim().is_empty()) {
            findings.problem(place, "has an empty listing");
        }
    }
    findings.add(pages.len(), "pages");
    // What no page includes can be told when all pages are there.
    if book.missing.is_empty() {
        sessions(course, book, findings)?;
        figures(course, &book.sources, &files_below(course, &format!("{SRC}/figures"), ".html")?, findings);
    }
    for chapter in &book.sources.chapters {
        questions(chapter, findings);
    }
    dead_links(course, book, findings);
    Ok(())
}

/// What the sources themselves are told for. A file that is missing is one cause, however often it is included.
fn faults(course: &Course, book: &Book, findings: &mut Findings) {
    let mut missing = BTreeSet::new();
    for fault in &book.sources.faults {
        let (place, what) = fault.split_once(": ").unwrap_or(("book", fault));
        if what.ends_with("(os error 2)") {
            let file = what.split_once("#include ").and_then(|(_, rest)| rest.split([':', '}']).next());
            let file = file.map_or(what, |file| file.trim_start_matches("../"));
            let chapter = book.missing.iter().any(|folder| what.starts_with(&format!("lessons/{folder}.md: ")));
            if chapter || files::is_told(course, file) || !missing.insert(file) {
                continue;
            }
        }
        // What is wrong in a file of sessions is told there, once.
        if !(what.contains("output/") && what.contains("}}: its line ")) {
            findings.problem(place, what);
        }
    }
}

/// A page's sessions are in the file of its name, or with those of its neighbours in the file of their folder's name. What
/// no page shows is forgotten soon.
fn sessions(course: &Course, book: &Book, findings: &mut Findings) -> Result<(), Trouble> {
    for path in files_below(course, OUTPUT, "")? {
        let name = path.file_name().unwrap_or_default();
        let named = |page: &Path| page.file_stem() == path.file_stem();
        if !book.sources.chapters.iter().any(|chapter| chapter.path.ancestors().any(named)) {
            let what =
                format!("has the name of no page: the sessions of FOLDER/PAGE.md are in {OUTPUT}/PAGE.md or FOLDER.md");
            findings.problem(path.display(), what);
            continue;
        }
        let text = fs::read_to_string(course.root.join(&path)).unwrap_or_default();
        let (sessions, faults) = walkthrough::sessions::read(&text);
        for Fault { line, what } in faults {
            findings.problem(format!("{}:{line}", path.display()), what);
        }
        findings.add(sessions.len(), "sessions");
        // A page that names a session wrongly is told so, and shows by that which one nothing includes.
        let inclusion = format!("output/{}:", name.display());
        if book.sources.faults.iter().any(|fault| fault.contains(&inclusion)) {
            continue;
        }
        for Session { name, line, text, .. } in &sessions {
            if book.includes(&path, name) {
                continue;
            }
            // A page may show its excerpts instead.
            let begins = text.lines().filter_map(anchor).filter_map(|end| match end {
                Anchor::Begin(excerpt) => Some(format!("{name}:{excerpt}")),
                Anchor::End(_) => None,
            });
            let excerpts: Vec<_> = begins.collect();
            let parts = if excerpts.is_empty() { slice::from_ref(name) } else { &excerpts[..] };
            for part in parts.iter().filter(|part| !book.includes(&path, part)) {
                findings.problem(format!("{}:{line}", path.display()), format!("no page includes `{part}`"));
            }
        }
    }
    Ok(())
}

/// Each figure is in one place, described in words, and with a drawing and a sentence for each of its states. A chapter may do without
/// one, or send its readers to another chapter's: `[the picture](02_shmget.md#picture)`. The page for printing holds all
/// chapters, where an id may stand once.
fn figures(course: &Course, book: &Sources, figures: &[PathBuf], findings: &mut Findings) {
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
        for id in attributes(&text, "id") {
            if let Some(other) = seen.insert(id.to_owned(), path) {
                problem(format!("the id {id} is also in {}", other.display()));
            }
        }
        for used in attributes(&text, "href").filter_map(|link| link.strip_prefix('#')) {
            if !attributes(&text, "id").any(|id| id == used) {
                problem(format!("uses #{used}, which it does not draw"));
            }
        }
        let stepper = text.contains("class=\"kata-figure stepper\"");
        let words: &[&str] = match (stepper, text.contains("<svg")) {
            (true, _) => &["aria-label=\"", "<figcaption>"],
            (false, true) => &["<title ", "<desc ", "role=\"img\"", "<figcaption>"],
            (false, false) => &["aria-label=\"", "<figcaption>"],
        };
        for part in words.iter().filter(|part| !text.contains(**part)) {
            problem(format!("has no {part}"));
        }
        let states: Vec<_> = text.split("<li>").skip(1).collect();
        for (state, number) in states.iter().zip(1..).filter(|_| stepper) {
            for part in ["<svg ", "aria-hidden=\"true\"", "<p>"] {
                if state.matches(part).count() != 1 {
                    problem(format!("S{number} needs one drawing, <svg aria-hidden=\"true\">, and one sentence, <p>"));
                    break;
                }
            }
        }
        if stepper && states.len() < 2 {
            problem("a stepper has at least two states, <li>".to_owned());
        }
        findings.count("figures");
    }
}

/// What an attribute of this name says, wherever it stands.
fn attributes<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let begin = format!(" {name}=\"");
    let found: Vec<_> = text.split(&begin).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    found.into_iter()
}

/// A page that teaches asks two to four questions, one of them before the figure that answers it. Each has one right
/// answer, and a reply to every choice.
fn questions(chapter: &Chapter, findings: &mut Findings) {
    let place = format!("{SRC}/{}", chapter.path.display());
    let questions = walkthrough::questions::read(&chapter.text);
    // A page that is missing, and told, is empty.
    let teaches = ["lessons", "concepts", "scheduler.md"].iter().any(|begin| chapter.path.starts_with(begin))
        && !chapter.text.is_empty();
    if teaches && !(2..=4).contains(&questions.len()) {
        findings.problem(
            &place,
            format!("asks {} questions, <div class=\"question\">; two to four are needed", questions.len()),
        );
    }
    let line = |what| chapter.text.lines().position(|line| line.contains(what)).map(|at| at + 1);
    let figure = line("/figures/").or_else(|| line("<figure "));
    if let (true, Some(figure)) = (teaches, figure)
        && !questions.iter().any(|question| question.line < figure)
    {
        findings
            .problem(&place, "asks nothing before its figure: a reader who has chosen an answer looks more closely");
    }
    for Question { line, asks, choices, .. } in &questions {
        let mut problem = |what: String| findings.problem(format!("{place}:{line}"), what);
        let right = choices.iter().filter(|choice| choice.right).count();
        if asks.trim().is_empty() || !(2..=4).contains(&choices.len()) || right != 1 {
            let choices = choices.len();
            problem(format!(
                "a question asks, and has two to four choices, one of them right, `- [x]`: {choices}, {right}"
            ));
        }
        for choice in choices.iter().filter(|choice| choice.reply.trim().is_empty()) {
            problem(format!("no reply to those who choose: {}", choice.text));
        }
    }
    findings.add(questions.len(), "questions");
}

/// Names of fragments are those that mdBook gives to headings.
fn dead_links(course: &Course, book: &Book, findings: &mut Findings) {
    let chapters = &book.sources.chapters;
    let pages: BTreeMap<_, BTreeSet<_>> =
        chapters.iter().map(|chapter| (chapter.path.as_path(), headings(&chapter.expanded))).collect();
    for chapter in chapters {
        for link in links(&chapter.expanded) {
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            if path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let folder = chapter.path.parent().unwrap_or(Path::new(""));
            let target = if path.is_empty() { Some(chapter.path.clone()) } else { normal(&folder.join(path)) };
            let alive = match target.as_deref().and_then(|target| pages.get(target)) {
                Some(ids) => fragment.is_empty() || ids.contains(fragment),
                None => {
                    target.is_some_and(|target| fragment.is_empty() && course.root.join(SRC).join(&target).is_file())
                }
            };
            if !alive {
                findings.problem(format!("{SRC}/{}", chapter.path.display()), format!("the link {link} leads nowhere"));
            }
        }
    }
}

/// The files below a folder that end so, from the root.
fn files_below(course: &Course, folder: &str, end: &str) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    let path = course.root.join(folder);
    for entry in fs::read_dir(&path).map_err(|error| trouble::file("read", &path, &error))?.flatten() {
        let name = format!("{folder}/{}", entry.file_name().display());
        if entry.path().is_dir() {
            found.append(&mut files_below(course, &name, end)?);
        } else if name.ends_with(end) {
            found.push(PathBuf::from(name));
        }
    }
    found.sort();
    Ok(found)
}
