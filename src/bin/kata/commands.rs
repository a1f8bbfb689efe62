//! The learner's commands. Each finds, runs, and hands its text to the edge.

use std::fs;
use std::io::{self, IsTerminal};
use std::os::unix::process::ExitStatusExt;

use crate::board;
use crate::cargo;
use crate::check::Following;
use crate::child::Stopped;
use crate::course::{Course, Lesson};
use crate::exchange;
use crate::facts;
use crate::format::Format;
use crate::judge::{self, Judged};
use crate::material;
use crate::paint::Paint;
use crate::progress::{self, Progress, Standing};
use crate::starter::{self, Reading};
use crate::trouble::{self, Trouble, cannot};
use crate::verdict::Verdict;
use crate::wording::{WIDTH, readable};
use crate::{Answer, ask, emit, warn};

/// `kata`: the board, and the current lesson's check.
pub fn home(course: &Course, paint: Paint) -> Result<Answer, Trouble> {
    let progress = Progress::load(&course.root);
    let (standings, current) = progress::board(course, &progress)?;
    emit(&board::greeting(paint));
    emit(&(board::board(course, &standings, current, paint) + "\n"));
    check_current(course, &standings, current, paint)
}

/// `kata list`
pub fn list(course: &Course, format: Format, paint: Paint) -> Result<Answer, Trouble> {
    let progress = Progress::load(&course.root);
    let (standings, current) = progress::board(course, &progress)?;
    match format {
        Format::Text => emit(&board::board(course, &standings, current, paint)),
        Format::Json => emit(&format!("{}\n", facts::board(course, &standings, current))),
    }
    Ok(Answer::Yes)
}

/// `kata check [LESSON]`
pub fn check(course: &Course, asked: Option<&str>, paint: Paint) -> Result<Answer, Trouble> {
    if let Some(asked) = asked {
        return check_one(course, course.lesson(asked)?, paint);
    }
    let progress = Progress::load(&course.root);
    let (standings, current) = progress::board(course, &progress)?;
    check_current(course, &standings, current, paint)
}

/// Checks the current lesson; without one there is nothing left to do.
fn check_current(
    course: &Course,
    standings: &[Standing],
    current: Option<usize>,
    paint: Paint,
) -> Result<Answer, Trouble> {
    if let Some(current) = current {
        return check_one(course, &course.lessons[current], paint);
    }
    let partial = standings.iter().filter(|standing| **standing == Standing::Partial).count();
    emit(&board::all_done(course, partial, paint));
    Ok(if partial == 0 { Answer::Yes } else { Answer::No })
}

/// `kata check --all`: a line a lesson, then the first that fails.
pub fn check_all(course: &Course, paint: Paint) -> Result<Answer, Trouble> {
    let width = course.lessons.iter().map(|lesson| lesson.name.len()).max().unwrap_or(0);
    let mut first = None;
    let mut kept = Ok(());
    for lesson in &course.lessons {
        let Judged { verdict, kept: noted } = judged(course, lesson, paint)?;
        kept = kept.and(noted);
        emit(&board::summary(lesson, &verdict, width, paint));
        if first.is_none() && !matches!(verdict, Verdict::Passed(_)) {
            first = Some((lesson, verdict));
        }
    }
    match &first {
        None => emit(&format!("\n{}", board::all_done(course, 0, paint))),
        Some((lesson, verdict)) => {
            emit(&format!("\n{}", judge::scene(course, lesson, verdict, paint)?.verdict(verdict)))
        }
    }
    warn_unless(kept);
    Ok(if first.is_none() { Answer::Yes } else { Answer::No })
}

/// `kata check [LESSON | --all] --format json`: the same checks, the same exit code.
pub fn check_for_scripts(course: &Course, asked: Option<&str>, all: bool) -> Result<Answer, Trouble> {
    let (standings, current) = progress::board(course, &Progress::load(&course.root))?;
    let lessons: Vec<_> = match asked {
        Some(asked) => vec![course.lesson(asked)?],
        None if all => course.lessons.iter().collect(),
        None => current.map(|current| &course.lessons[current]).into_iter().collect(),
    };
    // Where nothing is left to check, the answer is what was noted.
    let mut passes = !lessons.is_empty() || !standings.contains(&Standing::Partial);
    let (mut checks, mut kept) = (Vec::new(), Ok(()));
    for lesson in lessons {
        let Judged { verdict, kept: noted } = judged(course, lesson, Paint::Plain)?;
        kept = kept.and(noted);
        passes &= matches!(verdict, Verdict::Passed(_));
        checks.push(facts::check(&judge::scene(course, lesson, &verdict, Paint::Plain)?, &verdict));
    }
    emit(&format!("{}\n", facts::checks(passes, checks)));
    warn_unless(kept);
    Ok(if passes { Answer::Yes } else { Answer::No })
}

fn check_one(course: &Course, lesson: &Lesson, paint: Paint) -> Result<Answer, Trouble> {
    let Judged { verdict, kept } = judged(course, lesson, paint)?;
    emit(&judge::scene(course, lesson, &verdict, paint)?.verdict(&verdict));
    warn_unless(kept);
    Ok(if let Verdict::Passed(_) = verdict { Answer::Yes } else { Answer::No })
}

fn warn_unless(kept: io::Result<()>) {
    if let Err(error) = kept {
        warn(&format!("your progress could not be kept in progress.txt: {error}"));
    }
}

fn judged(course: &Course, lesson: &Lesson, paint: Paint) -> Result<Judged, Trouble> {
    let _waiting = Waiting::start(lesson, paint);
    judge::judge(course, lesson, paint == Paint::Colored, Following::default())
}

/// On a terminal, a line that says what is going on until there is more to say. In words it stays.
struct Waiting;

impl Waiting {
    fn start(lesson: &Lesson, paint: Paint) -> Option<Self> {
        if !io::stderr().is_terminal() || !io::stdout().is_terminal() {
            return None;
        }
        if paint == Paint::Words {
            eprintln!("  building and running {}", lesson.name);
            return None;
        }
        eprint!("  building and running {} ...", lesson.name);
        Some(Self)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        eprint!("\r\x1b[K");
    }
}

/// `kata next`: the lesson that comes next, and its task. Marks nothing.
pub fn next(course: &Course, paint: Paint) -> Result<Answer, Trouble> {
    let (standings, current) = progress::board(course, &Progress::load(&course.root))?;
    let Some(lesson) = current.map(|current| &course.lessons[current]) else {
        let partial = standings.iter().filter(|standing| **standing == Standing::Partial).count();
        emit(&board::all_done(course, partial, paint));
        return Ok(Answer::Yes);
    };
    let task = fs::read_to_string(course.dir(lesson).join("README.md")).unwrap_or_default();
    let title = task.lines().find_map(|line| line.strip_prefix("# ")).map(str::to_owned);
    let title = title.unwrap_or_else(|| format!("{} · {}: {}", lesson.number, lesson.name, lesson.idea));
    let title = if paint == Paint::Words { title.replace(" · ", ", ") } else { title };
    emit(&format!("{}\n\n", paint.bold(&title)));
    emit(&paint.row("read", &format!("lessons/{}/README.md", lesson.folder)));
    emit(&paint.row("check", &paint.cyan(&format!("cargo kata check {}", lesson.name))));
    Ok(Answer::Yes)
}

/// `kata book [LESSON]`: hands over to the package `book`, which lives as long as the reader wants it.
pub fn book(course: &Course, asked: Option<&str>, open: bool) -> Result<Answer, Trouble> {
    let lesson = match asked {
        Some(asked) => Some(course.lesson(asked)?),
        None => progress::board(course, &Progress::load(&course.root))?.1.map(|current| &course.lessons[current]),
    };
    let page = lesson.map_or("index.html".to_owned(), |lesson| format!("lessons/{}.html", lesson.folder));
    let mut cargo = cargo::book(&course.root, &page);
    cargo.args(open.then_some("--open"));
    match cargo.status() {
        // Ctrl-C is how a reader ends it.
        Ok(status) if status.success() || status.signal().is_some() => Ok(Answer::Yes),
        Ok(_) => Err(cannot("the walkthrough could not be shown", "What was said above tells why.")),
        Err(error) => Err(trouble::program("cargo", cargo::INSTALL, Stopped::NotStarted(error))),
    }
}

/// `kata hint [LESSON [LEVEL]]`
pub fn hint(course: &Course, lesson: &Lesson, level: usize, paint: Paint) -> Result<Answer, Trouble> {
    let hints = material::hints(course, lesson)?;
    let hint = material::hint(lesson, &hints, level)?;
    let head = format!("{}, hint {level} of {}: {}", lesson.name, hints.len(), hint.title);
    emit(&format!("{}\n\n{}\n", paint.bold(&head), hint.text));
    if level < hints.len() {
        let deeper = paint.cyan(&format!("cargo kata hint {} {}", lesson.name, level + 1));
        emit(&format!("\n{}", paint.row("deeper", &deeper).trim_start()));
    }
    Ok(Answer::Yes)
}

/// `kata reset LESSON`
pub fn reset(course: &Course, asked: &str, yes: bool) -> Result<Answer, Trouble> {
    let lesson = course.lesson(asked)?;
    if exchange::is_untouched(course, lesson)? {
        emit(&format!("Lesson {} is as it was when you got it.\n", lesson.name));
        return Ok(Answer::Yes);
    }
    let question = format!("Reset lessons/{}/src? What you wrote is kept in .kata.", lesson.folder);
    let (follows, command) =
        (format!("lesson {} stays as it is", lesson.name), format!("kata reset {} --yes", lesson.name));
    if !yes && !ask::agreed(&question, &follows, &command)? {
        emit("Nothing was changed.\n");
        return Ok(Answer::No);
    }
    let (said, kept) = exchange::reset(course, lesson)?;
    emit(&said);
    warn_unless(kept);
    Ok(Answer::Yes)
}

/// `kata solution [LESSON] [--apply]`: the code, then why it is as it is.
pub fn solution(course: &Course, lesson: &Lesson, apply: bool, paint: Paint) -> Result<Answer, Trouble> {
    if apply {
        let solution = starter::generate(&course.root, &course.solution(lesson), Reading::Solution)?;
        emit(&exchange::put(course, lesson, &solution)?);
        emit(&format!("next     cargo kata check {}  then it counts as done\n", lesson.name));
        return Ok(Answer::Yes);
    }
    emit(&material::solution(course, lesson, paint)?);
    if let Some(why) = material::why(course, lesson) {
        emit(&format!("{}\n\n{}\n", paint.bold("Why"), readable(&why, WIDTH)));
    }
    Ok(Answer::Yes)
}
