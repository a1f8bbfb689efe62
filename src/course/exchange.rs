//! Other files in the place of the learner's: nothing of the learner's is lost, and it is said how it comes back.

use std::io;
use std::path::{Path, PathBuf};

use crate::course::progress::Progress;
use crate::course::starter::{self, Files, Reading};
use crate::course::store;
use crate::course::{Course, Lesson};
use crate::trouble::Trouble;

/// Whether the lesson's files are those that it began with.
pub fn is_untouched(course: &Course, lesson: &Lesson) -> Result<bool, Trouble> {
    Ok(starter::read_files(&course.dir(lesson).join("src"))? == starter(course, lesson)?)
}

/// The lesson as it began, and no longer one that passed. What was done, and whether the progress could be kept.
pub fn reset(course: &Course, lesson: &Lesson) -> Result<(String, io::Result<()>), Trouble> {
    let said = put(course, lesson, &starter(course, lesson)?)?;
    let mut progress = Progress::load(&course.root);
    progress.note(&lesson.name, None);
    Ok((said, progress.save()))
}

/// Puts `files` in the place of the learner's. What was done, where the learner's are now and how they come back.
pub fn put(course: &Course, lesson: &Lesson, files: &Files) -> Result<String, Trouble> {
    let src = course.dir(lesson).join("src");
    let own = starter::read_files(&src)?;
    let kept = if own == starter(course, lesson)? || own == *files { None } else { Some(store::keep(course, lesson)?) };
    let changed = store::mirror(&src, files)?;
    let within = |path: &PathBuf| path.strip_prefix(&course.root).unwrap_or(path).display().to_string();
    let mut said: String = changed.iter().map(|path| format!("wrote    {}\n", within(path))).collect();
    said += &match kept {
        Some(kept) => {
            // The command works where it is read: in the root, or in a lesson's folder.
            let here = std::env::current_dir().is_ok_and(|here| here == course.root);
            let from = |path: PathBuf| quoted(&if here { path } else { course.root.join(path) });
            let src = from(format!("lessons/{}/src/", lesson.folder).into());
            let all = if own.len() == 1 { from(kept.join(&own[0].0)) } else { format!("-r {}", from(kept.join("."))) };
            format!("yours    {}\n\nTo get your code back: cp {all} {src}\n", kept.display())
        }
        None if changed.is_empty() => "Nothing to change.\n".to_owned(),
        None => "kept     nothing: you had not changed the starter\n".to_owned(),
    };
    Ok(said)
}

/// The path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if plain { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

fn starter(course: &Course, lesson: &Lesson) -> Result<Files, Trouble> {
    starter::generate(&course.root, &course.solution(lesson), Reading::Starter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_a_shell_would_read_more_than_a_path() {
        assert_eq!(quoted(Path::new(".kata/kept/01_key-1/lib.rs")), ".kata/kept/01_key-1/lib.rs");
        assert_eq!(quoted(Path::new("/home/ada/Ada's code")), r"'/home/ada/Ada'\''s code'");
    }
}
