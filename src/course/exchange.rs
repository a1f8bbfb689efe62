//! Other files in the place of the learner's: nothing of the learner's is lost, and it is said how it comes back.

use std::io;
use std::path::PathBuf;

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
            let kept = kept.display();
            let all = if own.len() == 1 { format!("{kept}/{}", own[0].0.display()) } else { format!("-r {kept}/.") };
            format!("yours    {kept}\nback     cp {all} lessons/{}/src/\n", lesson.folder)
        }
        None if changed.is_empty() => "Nothing to change.\n".to_owned(),
        None => "kept     nothing: the starter was untouched\n".to_owned(),
    };
    Ok(said)
}

fn starter(course: &Course, lesson: &Lesson) -> Result<Files, Trouble> {
    starter::generate(&course.root, &course.solution(lesson), Reading::Starter)
}
