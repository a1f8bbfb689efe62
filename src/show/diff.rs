//! The learner's files beside the solution's, as a difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::course::starter::{self, Files, Reading};
use crate::course::{Course, Lesson};
use crate::show::difference::unified;
use crate::show::paint::Paint;
use crate::show::spoken;
use crate::trouble::Trouble;

/// What differs between the learner's files and the solution; nothing when nothing does.
///
/// Both sides are read without anchors and as rustfmt prints them, so that what differs is the code.
pub fn text(course: &Course, lesson: &Lesson, paint: Paint) -> Result<String, Trouble> {
    let solution = starter::generate(&course.root, &course.solution(lesson), Reading::Solution)?;
    let own = comparable(&course.root, starter::read_files(&course.dir(lesson).join("src"))?);
    Ok(differences(lesson, &own, &solution, paint))
}

/// The files as the solution's are read. What rustfmt does not take stays as it is.
fn comparable(root: &Path, mut files: Files) -> Files {
    for (_, bytes) in &mut files {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let text = starter::without_anchors(text);
        *bytes = starter::formatted(root, text.clone()).unwrap_or_else(|_| text.into_bytes());
    }
    files
}

/// A unified difference for each file that differs.
fn differences(lesson: &Lesson, own: &Files, solution: &Files, paint: Paint) -> String {
    let mut pairs: BTreeMap<&PathBuf, [Option<&[u8]>; 2]> = BTreeMap::new();
    for (side, files) in [own, solution].into_iter().enumerate() {
        for (path, bytes) in files {
            pairs.entry(path).or_default()[side] = Some(bytes);
        }
    }
    let mut text = String::new();
    for (path, [own, solution]) in pairs {
        let read = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let hunks = unified(&read(own), &read(solution));
        if hunks.is_empty() && own.is_some() == solution.is_some() {
            continue;
        }
        if paint == Paint::Words {
            text += &format!("lessons/{}/src/{}\n{}", lesson.folder, path.display(), spoken::difference(&hunks));
            continue;
        }
        let name = |folder: &str, bytes: Option<&[u8]>| match bytes {
            Some(_) => format!("{folder}/{}/src/{}", lesson.folder, path.display()),
            None => "/dev/null".to_owned(),
        };
        text += &paint.bold(&format!("--- {}\n+++ {}\n", name("lessons", own), name("solutions", solution)));
        text += &hunks.lines().map(|line| format!("{}\n", painted(line, paint))).collect::<String>();
    }
    text
}

fn painted(line: &str, paint: Paint) -> String {
    match line.as_bytes().first() {
        Some(b'-') => paint.red(line),
        Some(b'+') => paint.green(line),
        Some(b'@') => paint.cyan(line),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_one_side_lacks_is_told() {
        let lesson = Lesson { number: 1, name: "key".into(), folder: "01_key".into(), ..Lesson::default() };
        let files = |names: &[&str]| names.iter().map(|name| (PathBuf::from(name), b"x\n".to_vec())).collect::<Files>();
        let expected = "\
--- /dev/null
+++ solutions/01_key/src/b.rs
@@ -0,0 +1,1 @@
+x
--- lessons/01_key/src/c.rs
+++ /dev/null
@@ -1,1 +0,0 @@
-x
";
        let text = differences(&lesson, &files(&["a.rs", "c.rs"]), &files(&["a.rs", "b.rs"]), Paint::Plain);
        assert_eq!(text, expected);
    }
}
