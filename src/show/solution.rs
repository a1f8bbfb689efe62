//! A lesson's solution as text: alone, and beside the learner's files, as a difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::course::starter::{self, Files, Reading};
use crate::course::{Course, Lesson};
use crate::show::difference::unified;
use crate::show::spoken;
use crate::text::line::raw;
use crate::text::style::Stylize;
use crate::text::{Line, Span};
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
/// The learner's are shown as they are. What rustfmt would make the same is the same.
pub fn difference(course: &Course, lesson: &Lesson) -> Result<Vec<Line>, Trouble> {
    let solution = starter::generate(&course.root, &course.solution(lesson), Reading::Solution)?;
    let mut own = starter::read_files(&course.dir(lesson).join("src"))?;
    for (path, bytes) in &mut own {
        if let Some((_, solved)) = solution.iter().find(|(other, _)| other == path)
            && is_formatted_as(&course.root, bytes, solved)
        {
            bytes.clone_from(solved);
        }
    }
    Ok(differences(lesson, &own, &solution))
}

/// Whether the code is this one, as the solution's is read: without anchors, and as rustfmt prints it.
fn is_formatted_as(root: &Path, bytes: &[u8], solved: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).map(starter::without_anchors);
    text.is_ok_and(|text| starter::formatted(root, text).is_ok_and(|formatted| formatted == solved))
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

/// Code in lines of at most `width` characters as far as its comments go: a comment goes on in the next line behind its
/// own `//`, so that none of its words is taken for code. A line may be one of a difference.
pub fn comments_wrapped(lines: Vec<Line>, width: usize) -> Vec<Line> {
    let mut wrapped = Vec::new();
    for line in lines {
        let [span] = &line.spans[..] else {
            wrapped.push(line);
            continue;
        };
        let parts = comment_wrapped(&span.content, width).into_iter();
        let mut parts = parts.map(|part| Line::from([Span { content: part, ..span.clone() }]).unspoken());
        wrapped.extend(parts.next().map(|first| Line { spoken: line.spoken, ..first }));
        wrapped.extend(parts);
    }
    wrapped
}

fn comment_wrapped(line: &str, width: usize) -> Vec<String> {
    let mark = line.len() - line.trim_start_matches(['+', '-']).len().max(line.len().saturating_sub(1));
    let indent = line[mark..].len() - line[mark..].trim_start().len() + mark;
    let signs = line[indent..].len() - line[indent..].trim_start_matches(['/', '!']).len();
    let words = line[indent + signs..].trim_start();
    // What a list's item says goes on below it, and not below its mark.
    let item = if words.starts_with("- ") { 2 } else { 0 };
    if !line[indent..].starts_with("//") || line.chars().count() <= width {
        return vec![line.to_owned()];
    }
    let head = format!("{} ", &line[..indent + signs]);
    let mut lines = vec![head.clone()];
    for word in words.split(' ') {
        let last = lines.last_mut().expect("there is a line");
        let begun = last.len() > head.len() + item;
        if begun && last.chars().count() + 1 + word.chars().count() > width {
            lines.push(format!("{head}{:item$}{word}", ""));
        } else {
            *last += if last.len() > head.len() { " " } else { "" };
            *last += word;
        }
    }
    lines
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

    #[test]
    fn a_long_comment_goes_on_behind_its_own_slashes() {
        let wrapped = |line: &str| {
            let lines = comments_wrapped(vec![Line::raw(line)], 20);
            lines.iter().map(Line::to_string).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(
            wrapped("    // SAFETY: shmget takes integers"),
            "    // SAFETY:\n    // shmget takes\n    // integers"
        );
        assert_eq!(wrapped("+/// one two three four five"), "+/// one two three\n+/// four five");
        assert_eq!(wrapped("//! - `EEXIST`: the key is taken"), "//! - `EEXIST`: the\n//!   key is taken");
        assert_eq!(wrapped("// unbreakable_unbreakable"), "// unbreakable_unbreakable");
        assert_eq!(wrapped("- // a - b of a minus\u{2011}line"), "- // a - b of a\n- // minus\u{2011}line");
        // Code is left to the terminal, which breaks it where it ends.
        for code in ["let url = \"https://a.b/c d e f\";", "fn create(key: key_t, size: usize) {"] {
            assert_eq!(wrapped(code), code);
        }
    }

    #[test]
    fn what_is_wrapped_is_said_once() {
        let line = Line::from(["+// one two three".green()]).spoken("solution: // one two three");
        let wrapped = comments_wrapped(vec![line], 12);
        assert_eq!(Paint::Plain.text(&wrapped), "+// one two\n+// three\n");
        assert_eq!(Paint::Words.text(&wrapped), "solution: // one two three\n");
        assert_eq!(wrapped[1].spans[0], "+// three".green());
    }
}
