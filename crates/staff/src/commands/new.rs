//! `kata dev new`: every file of a new lesson, from templates, so that it is red at its blank at once.

use std::fs;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};

use crate::undo::Undo;
use crate::{generated, templates};
use shm_kata::course::starter::formatted;
use shm_kata::course::{Course, Lesson};
use shm_kata::exit::Answer;
use shm_kata::out::emit;
use shm_kata::process::signals;
use shm_kata::trouble::{Trouble, cannot};

pub fn definition() -> Command {
    Command::new("new")
        .about("Begin a new lesson: every file of it, from templates")
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("Its name, and its package's: one word in lower case"),
        )
        .arg(
            Arg::new("idea")
                .value_name("IDEA")
                .required(true)
                .help("Its one idea, in a few words: \"a segment has an owner\""),
        )
        .after_help(
            "It becomes the last lesson. Its starter fails at its blank, as `cargo kata check NAME` shows; what the\n\
             author still has to write `cargo kata dev check NAME` says, a line each.",
        )
}

pub fn run(course: &Course, matches: &ArgMatches) -> Result<Answer, Trouble> {
    let text = |name: &str| matches.get_one::<String>(name).map(|text| text.trim()).unwrap_or_default();
    let lesson = lesson(course, text("name"), text("idea"))?;
    let written = write(course, &lesson)?;
    for path in &written {
        emit(&format!("wrote  {path}\n"));
    }
    let Lesson { number, name, .. } = &lesson;
    emit(&format!(
        "\nLesson {number}, {name}, is there, and red at its blank:  cargo kata check {name}\n\
         What you still have to write, a line each:  cargo kata dev check {name}\n"
    ));
    Ok(Answer::Yes)
}

/// The lesson that is to be, or why it cannot.
fn lesson(course: &Course, name: &str, idea: &str) -> Result<Lesson, Trouble> {
    let refused = |what: String, advice: &str| Err(cannot(format!("{what}; nothing was written"), advice));
    if let Some(why) = unfit(name) {
        return refused(format!("`{name}` cannot be a lesson's name: {why}"), "Such as: owner, readonly, torn_read");
    }
    if let Some(taken) = taken(course, name) {
        return refused(format!("`{name}` cannot be a lesson's name: {taken}"), "");
    }
    let number = course.lessons.iter().map(|lesson| lesson.number + 1).max().unwrap_or(1);
    if number > 99 {
        return refused("folders have two digits, and number 99 is there".to_owned(), "");
    }
    if let Some(why) = not_an_idea(idea) {
        return refused(format!("`{idea}` cannot be a lesson's idea: {why}"), "Such as: \"a segment has an owner\"");
    }
    let mut chars = idea.chars();
    let idea: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    Ok(templates::lesson(number, name, &idea))
}

/// Keywords of Rust, crates that a test or a solution has in scope anyway, and folders that cargo keeps for itself.
const RESERVED: [&str; 62] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "bench",
    "benches",
    "bin",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "main",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "tests",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "use",
    "virtual",
    "where",
];

/// Why no package of this repository can be called so.
fn unfit(name: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let ends_well = name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with('_') && !name.contains("__");
    if !ends_well || !name.chars().all(plain) {
        Some("it is a word in snake_case, of a-z, 0-9 and _, and begins with a letter".to_owned())
    } else if name.len() > LONGEST {
        Some(format!("it has {} letters, and the list of lessons has room for {LONGEST}", name.len()))
    } else if RESERVED.contains(&name) || matches!(name, "while" | "yield") {
        Some("Rust or cargo keeps this word for itself".to_owned())
    } else {
        None
    }
}

const LONGEST: usize = 12;

/// Who has the name already.
fn taken(course: &Course, name: &str) -> Option<String> {
    if let Some(lesson) = course.lessons.iter().find(|lesson| lesson.name == name) {
        return Some(format!("lesson {} is called so", lesson.number));
    }
    if let Some(lesson) = course.lessons.iter().find(|lesson| lesson.programs.iter().any(|one| one == name)) {
        return Some(format!("a program of lesson {} is called so", lesson.number));
    }
    for lock in ["Cargo.lock", "solutions/Cargo.lock"] {
        let text = fs::read_to_string(course.root.join(lock)).unwrap_or_default();
        let mut packages = text.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        if packages.any(|package| package.replace('-', "_") == name) {
            return Some(format!("{lock} has a package that is called so"));
        }
    }
    let ends = format!("_{name}");
    for folder in ["lessons", "solutions"] {
        let entries = fs::read_dir(course.root.join(folder)).into_iter().flatten().flatten();
        let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        if let Some(found) =
            names.find(|found| found.strip_suffix(&ends).is_some_and(|number| number.parse::<u32>().is_ok()))
        {
            return Some(format!("there is a folder {folder}/{found}"));
        }
    }
    None
}

/// Why this cannot stand in a manifest, in a table and behind the lesson's name.
fn not_an_idea(idea: &str) -> Option<&'static str> {
    if idea.is_empty() {
        Some("it is empty")
    } else if idea.chars().count() > 60 {
        Some("it is longer than 60 characters, the room beside the lesson's name")
    } else if idea.contains(|c: char| c.is_control() || matches!(c, '"' | '\\' | '|' | '@')) {
        Some("it is one line, without quotes, backslashes, bars and @")
    } else if idea.ends_with('.') {
        Some("a full stop is put where it is needed")
    } else {
        None
    }
}

/// Writes the templates, and what is generated from them; on an error, nothing is left of it.
fn write(course: &Course, lesson: &Lesson) -> Result<Vec<String>, Trouble> {
    // From here on a Ctrl-C ends the command only after it has cleaned up.
    signals::watch();
    let mut undo = Undo::default();
    let mut written = Vec::new();
    for (path, text) in templates::files(lesson) {
        let place = course.root.join(&path);
        if place.exists() {
            return Err(cannot(
                format!("{path} is there already; nothing was written"),
                "Move it away, or take another name.",
            ));
        }
        let bytes = if path.ends_with(".rs") { formatted(&course.root, text)? } else { text.into_bytes() };
        undo.write(&place, bytes)?;
        written.push(path);
        interrupted()?;
    }
    let generated = ["Cargo.toml", "src/lib.rs"].map(|file| PathBuf::from("lessons").join(&lesson.folder).join(file));
    let shared = ["README.md", "book/src/SUMMARY.md", "book/src/teachers.md", "Cargo.lock", "solutions/Cargo.lock"];
    for path in generated.into_iter().chain(shared.map(PathBuf::from)) {
        undo.remember(&course.root.join(path))?;
    }
    let mut grown = course.clone();
    grown.lessons.push(lesson.clone());
    let made = generated::write(&grown, &[lesson])?;
    written.extend(made.iter().map(|path| path.display().to_string()));
    if course.root.join("Cargo.lock").exists() {
        generated::locked(&course.root, &[])?.map_err(|said| cannot(said, "Nothing was written."))?;
        written.push("Cargo.lock".to_owned());
    }
    interrupted()?;
    undo.keep();
    Ok(written)
}

fn interrupted() -> Result<(), Trouble> {
    signals::caught().map_or(Ok(()), |signal| Err(Trouble::Interrupted(signal)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Owner")]
    #[case("7owner")]
    #[case("torn-read")]
    #[case("torn__read")]
    #[case("_owner")]
    #[case("")]
    #[case("../owner")]
    #[case("größe")]
    #[case("core")]
    #[case("test")]
    #[case("match")]
    #[case("yield")]
    #[case("a_word_that_is_too_long")]
    fn a_name_that_no_package_can_have_is_refused(#[case] name: &str) {
        assert!(unfit(name).is_some());
    }

    #[rstest]
    #[case("owner")]
    #[case("torn_read")]
    #[case("x86")]
    fn a_name_that_one_can_have_is_not(#[case] name: &str) {
        assert_eq!(unfit(name), None);
    }

    #[rstest]
    #[case("")]
    #[case("it has \"quotes\"")]
    #[case("two\nlines")]
    #[case("a | b")]
    #[case("A sentence.")]
    #[case("an idea that has so many words in it that no list of lessons has room for it")]
    fn an_idea_that_a_list_cannot_hold_is_refused(#[case] idea: &str) {
        assert!(not_an_idea(idea).is_some());
    }
}
