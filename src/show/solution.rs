//! A lesson's solution as text: alone, and beside the learner's files, as a difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::course::starter::{self, Files, Reading};
use crate::course::{Course, Lesson};
use crate::show::difference::unified;
use crate::show::spoken;
use crate::text::Line;
use crate::text::line::raw;
use crate::text::style::Stylize;
use crate::trouble::Trouble;

/// The solution's code. What was given from the start, the learner has already.
pub fn code(course: &Course, lesson: &Lesson) -> Result<Vec<Line>, Trouble> {
    let of = |reading| starter::generate(&course.root, &course.solution(lesson), reading);
    let (solution, starter) = (of(Reading::Solution)?, of(Reading::Starter)?);
    let mut text = Vec::new();
    for (path, bytes) in solution.iter().filter(|file| !starter.contains(file)) {
        let name = format!("// lessons/{}/src/{}", lesson.folder, path.display());
        text.extend([Line::from([name.dim()]), Line::default()]);
        text.extend(raw(&String::from_utf8_lossy(bytes)).chain([Line::default()]));
    }
    Ok(text)
}

/// What differs between the learner's files and the solution; nothing when nothing does.
///
/// Both sides are read without anchors and as rustfmt prints them, so that what differs is the code.
pub fn difference(course: &Course, lesson: &Lesson) -> Result<Vec<Line>, Trouble> {
    let solution = starter::generate(&course.root, &course.solution(lesson), Reading::Solution)?;
    let own = comparable(&course.root, starter::read_files(&course.dir(lesson).join("src"))?);
    Ok(differences(lesson, &own, &solution))
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
fn differences(lesson: &Lesson, own: &Files, solution: &Files) -> Vec<Line> {
    let mut pairs: BTreeMap<&PathBuf, [Option<&[u8]>; 2]> = BTreeMap::new();
    for (side, files) in [own, solution].into_iter().enumerate() {
        for (path, bytes) in files {
            pairs.entry(path).or_default()[side] = Some(bytes);
        }
    }
    let mut text = Vec::new();
    for (path, [own, solution]) in pairs {
        let read = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let hunks = unified(&read(own), &read(solution));
        if hunks.is_empty() && own.is_some() == solution.is_some() {
            continue;
        }
        let name = |folder: &str, bytes: Option<&[u8]>| match bytes {
            Some(_) => format!("{folder}/{}/src/{}", lesson.folder, path.display()),
            None => "/dev/null".to_owned(),
        };
        let words = format!("lessons/{}/src/{}", lesson.folder, path.display());
        text.push(Line::from([format!("--- {}", name("lessons", own)).bold()]).spoken(words));
        text.push(Line::from([format!("+++ {}", name("solutions", solution)).bold()]).unspoken());
        text.extend(hunks.lines().map(painted));
    }
    text
}

fn painted(line: &str) -> Line {
    let painted = match line.as_bytes().first() {
        Some(b'-') => line.red(),
        Some(b'+') => line.green(),
        Some(b'@') => line.cyan(),
        _ => line.into(),
    };
    Line::from([painted]).spoken(spoken::difference(line).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::paint::Paint;

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
        let lines = differences(&lesson, &files(&["a.rs", "c.rs"]), &files(&["a.rs", "b.rs"]));
        assert_eq!(Paint::Plain.text(&lines), expected);
    }
}
