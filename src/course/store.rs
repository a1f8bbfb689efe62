//! Writing to the learner's files: never half, and never over something that is not kept elsewhere.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::course::starter::{self, Files};
use crate::course::{Course, Lesson};
use crate::trouble::{self, Trouble};

/// Replaces a file as a whole: a reader sees the old bytes or the new ones.
pub fn replace(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let new = path.with_file_name(name);
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(bytes.as_ref())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&new, path)).inspect_err(|_| _ = fs::remove_file(&new))
}

/// Writes `bytes` unless the file holds them already, so that its modification time, by which cargo goes, stays.
/// Whether it was written.
pub fn update(path: &Path, bytes: impl AsRef<[u8]>) -> Result<bool, Trouble> {
    if fs::read(path).is_ok_and(|old| old == bytes.as_ref()) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| replace(path, bytes))
        .map_err(|error| trouble::file("write", path, &error))?;
    Ok(true)
}

/// Makes `folder` hold these Rust files and no others. The paths written or removed.
pub fn mirror(folder: &Path, files: &Files) -> Result<Vec<PathBuf>, Trouble> {
    let mut changed = Vec::new();
    for (path, bytes) in files {
        if update(&folder.join(path), bytes)? {
            changed.push(folder.join(path));
        }
    }
    for (path, _) in starter::read_files(folder)? {
        if !files.iter().any(|(kept, _)| *kept == path) {
            let path = folder.join(path);
            fs::remove_file(&path).map_err(|error| trouble::file("remove", &path, &error))?;
            changed.push(path);
        }
    }
    Ok(changed)
}

/// The folder `.kata`, which git does not see.
pub fn hidden(course: &Course) -> Result<PathBuf, Trouble> {
    let folder = course.root.join(".kata");
    fs::create_dir_all(&folder)
        .and_then(|()| match fs::exists(folder.join(".gitignore")) {
            Ok(true) => Ok(()),
            _ => replace(&folder.join(".gitignore"), "*\n"),
        })
        .map_err(|error| trouble::file("write", &folder, &error))?;
    Ok(folder)
}

/// Copies the learner's files of a lesson to a separate folder below `.kata/kept`, which git does not see. That folder,
/// from the kata's root.
pub fn keep(course: &Course, lesson: &Lesson) -> Result<PathBuf, Trouble> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |error: io::Error| trouble::file("write", &path, &error)
    };
    let kept = hidden(course)?.join("kept");
    fs::create_dir_all(&kept).map_err(failed(&kept))?;
    for number in 1.. {
        let folder = PathBuf::from(format!(".kata/kept/{}-{number}", lesson.folder));
        let target = course.root.join(&folder);
        match fs::create_dir(&target) {
            Ok(()) => {
                for (path, bytes) in starter::read_files(&course.dir(lesson).join("src"))? {
                    update(&target.join(path), &bytes)?;
                }
                return Ok(folder);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(&target)(error)),
        }
    }
    unreachable!("the numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_holds_what_it_was_given_and_writes_only_what_differs() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("stray.rs"), "mine").unwrap();
        fs::write(dir.path().join(".lib.rs.swp"), b"an editor's \xff").unwrap();
        let files = vec![("bin/writer.rs".into(), b"fn main() {}".into()), ("lib.rs".into(), b"mod \xff;".into())];
        assert_eq!(mirror(dir.path(), &files).unwrap().len(), 3);
        assert_eq!(starter::read_files(dir.path()).unwrap(), files);
        assert_eq!(mirror(dir.path(), &files).unwrap(), [] as [PathBuf; 0]);
        assert!(dir.path().join(".lib.rs.swp").exists());
    }

    #[test]
    fn nothing_kept_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let lesson = Lesson { number: 2, name: "b".into(), folder: "02_b".into(), ..Lesson::default() };
        let course = Course { root: dir.path().to_path_buf(), lessons: vec![lesson.clone()] };
        let source = dir.path().join("lessons/02_b/src");
        fs::create_dir_all(&source).unwrap();
        for (text, folder) in [("one", ".kata/kept/02_b-1"), ("two", ".kata/kept/02_b-2")] {
            fs::write(source.join("lib.rs"), text).unwrap();
            assert_eq!(keep(&course, &lesson).unwrap(), Path::new(folder));
            assert_eq!(fs::read_to_string(dir.path().join(folder).join("lib.rs")).unwrap(), text);
        }
    }
}
