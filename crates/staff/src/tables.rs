//! The lists of lessons in README.md and in the book. The folders, chapters and cards say what is in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::findings::Findings;
use shm_kata::course::starter;
use shm_kata::course::{Course, Lesson};
use shm_kata::trouble::{self, Trouble};

/// A file from the root, and what it should hold, or why that cannot be said.
type List = (PathBuf, Result<String, String>);

/// Every list that is there, as it should read.
///
/// # Errors
/// If a file is there and cannot be read.
pub fn lists(course: &Course) -> Result<Vec<List>, Trouble> {
    let mut lists = Vec::new();
    for (path, list) in [
        ("README.md", readme as fn(&Course, &str) -> Result<String, String>),
        ("book/src/SUMMARY.md", summary),
        ("book/src/teachers.md", times),
    ] {
        let file = course.root.join(path);
        if file.exists() {
            let text = fs::read_to_string(&file).map_err(|error| trouble::file("read", &file, &error))?;
            lists.push((PathBuf::from(path), list(course, &text)));
        }
    }
    Ok(lists)
}

/// The command that writes them.
pub const SYNC: &str = "cargo kata dev sync";

/// Compares the lists below `folder`, or beside it if it is empty, with what they should be.
///
/// # Errors
/// If a file is there and cannot be read.
pub fn check(course: &Course, folder: &str, findings: &mut Findings) -> Result<(), Trouble> {
    for (path, list) in lists(course)? {
        if path.parent() != Some(Path::new(folder)) {
            continue;
        }
        match list {
            Err(wrong) => findings.problem(path.display(), wrong),
            Ok(list) if fs::read_to_string(course.root.join(&path)).is_ok_and(|is| is == list) => {
                findings.count("lists of lessons");
            }
            Ok(_) => findings.problem(path.display(), format!("does not list the lessons as they are: {SYNC}")),
        }
    }
    Ok(())
}

const BEGIN: &str = "<!-- lessons: `cargo kata dev sync` writes these lines -->\n";
const END: &str = "<!-- end of lessons -->\n";

/// The table between the two marks, and the number of lessons in the picture of the screen.
fn readme(course: &Course, text: &str) -> Result<String, String> {
    let parts = text.split_once(BEGIN).and_then(|(above, rest)| Some((above, rest.split_once(END)?)));
    let Some((above, (_, below))) = parts else {
        return Err(format!("has no table of lessons between `{}` and `{}`", BEGIN.trim_end(), END.trim_end()));
    };
    let mut table = "\n| # | lesson | one idea | you write |\n|---|---|---|---|\n".to_owned();
    for lesson in &course.lessons {
        let Lesson { number, name, .. } = lesson;
        // Of a solution that is missing nothing can be said, and its absence is told elsewhere.
        let row = format!("| `{name}` |");
        let is = text.lines().find(|line| line.contains(&row)).and_then(|line| line.split(" | ").nth(3));
        let work = to_write(course, lesson).or(is.map(|cell| cell.trim_end_matches(" |").to_owned()));
        table += &format!("| {number} {row} {} | {} |\n", lesson.idea_within(), work.unwrap_or_default());
    }
    let below = below.split('\n').map(|line| match line.split_once(" of ") {
        Some((before, rest)) if before.ends_with(|c: char| c.is_ascii_digit()) && rest.ends_with(" done") => {
            format!("{before} of {} done", course.lessons.len())
        }
        _ => line.to_owned(),
    });
    Ok(format!("{above}{BEGIN}{table}\n{END}{}", below.collect::<Vec<_>>().join("\n")))
}

/// What a learner writes: functions, and programs in the place of their `run`; nothing where there is no solution.
fn to_write(course: &Course, lesson: &Lesson) -> Option<String> {
    let programs: Vec<_> = lesson.programs.iter().map(|name| format!("`{name}`")).collect();
    let files = starter::read_files(&course.solution(lesson).join("src")).unwrap_or_default();
    if files.is_empty() {
        return None;
    }
    let mut functions: Vec<String> = Vec::new();
    for text in files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)) {
        let blanks = starter::blanks(&text, &text).into_iter().map(|(name, _)| name);
        functions.extend(blanks.filter(|name| programs.is_empty() || name != "run").map(|name| format!("`{name}`")));
    }
    let functions = functions.join(", ");
    Some(match (functions.as_str(), &programs[..]) {
        (_, []) => functions,
        ("", [one]) => format!("the program {one}"),
        ("", many) => format!("the programs {}", many.join(", ")),
        (_, [one]) => format!("{functions}, and the program {one}"),
        (_, many) => format!("{functions}, and the programs {}", many.join(", ")),
    })
}

/// The title of the lesson's chapter.
pub fn title(course: &Course, lesson: &Lesson) -> Option<String> {
    let text = fs::read_to_string(course.root.join(chapter(lesson))).ok()?;
    text.lines().next()?.strip_prefix("# ").map(str::to_owned)
}

/// The lesson's chapter, from the root.
pub fn chapter(lesson: &Lesson) -> String {
    format!("book/src/lessons/{}.md", lesson.folder)
}

/// The minutes that the lesson's card gives.
pub fn minutes(course: &Course, lesson: &Lesson) -> Option<u32> {
    let card = fs::read_to_string(course.dir(lesson).join("README.md")).ok()?;
    card.lines().find_map(|line| line.strip_prefix("About ")?.split_once(" minutes")?.0.parse().ok())
}

/// Every lesson whose chapter has a title is listed by it, behind the lesson before.
fn summary(course: &Course, text: &str) -> Result<String, String> {
    let rows = course.lessons.iter().filter_map(|lesson| {
        let to = format!("](lessons/{}.md)", lesson.folder);
        Some((format!("- [{}{to}", title(course, lesson)?), Box::new(move |line: &str| line.ends_with(&to)) as Is))
    });
    listed(text, rows.collect())
}

/// Minutes in a group, and those of them in which the teacher talks. What a teacher wrote stays; a lesson that is not listed is
/// given half as much again as its card says, in steps of five.
fn times(course: &Course, text: &str) -> Result<String, String> {
    let row = |name: &str| {
        let cells = text.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
        cells.into_iter().find(|cells| cells.len() == 5 && cells[1].split_once(' ').is_some_and(|(_, is)| is == name))
    };
    let mut rows = Vec::new();
    for Lesson { number, name, .. } in &course.lessons {
        let lesson = course.lesson(name).map_err(|_| format!("there is no lesson {name}"))?;
        let is: Is = Box::new({
            let name = name.clone();
            move |line: &str| {
                line.split('|').nth(1).and_then(|cell| cell.trim().split_once(' ')).is_some_and(|(_, is)| is == name)
            }
        });
        match (row(name), minutes(course, lesson)) {
            (Some(cells), _) => rows.push((format!("| {number} {name} | {} | {} |", cells[2], cells[3]), is)),
            (None, Some(minutes)) => {
                rows.push((format!("| {number} {name} | {} | 5 |", (minutes * 3).div_ceil(10) * 5), is));
            }
            (None, None) => {}
        }
    }
    let text = listed(text, rows)?;
    let numbers = |column: usize| {
        let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with(TOGETHER));
        rows.filter_map(|row| row.split('|').nth(column)?.trim().parse::<u32>().ok()).sum::<u32>()
    };
    let (all, talking) = (numbers(2), numbers(3));
    let total = format!("{TOGETHER} | {all} | {talking} |");
    if !text.lines().any(|line| line.starts_with(TOGETHER)) {
        return Err(format!("the table of times has no last row `{total}`"));
    }
    let lines = text.lines().map(|line| if line.starts_with(TOGETHER) { &total } else { line });
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

const TOGETHER: &str = "| together";

/// Whether a line is the row of a lesson.
type Is = Box<dyn Fn(&str) -> bool>;

/// `text` with each row in the place of the line that it belongs to, or else behind the row before it.
fn listed(text: &str, rows: Vec<(String, Is)>) -> Result<String, String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut last = None;
    for (row, is) in rows {
        let place = match (lines.iter().position(|line| is(line)), last) {
            (Some(place), _) => {
                lines[place] = row;
                place
            }
            (None, Some(last)) => {
                lines.insert(last + 1, row);
                last + 1
            }
            (None, None) => return Err(format!("has no line of the first lesson, such as `{row}`")),
        };
        last = Some(place);
    }
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}
