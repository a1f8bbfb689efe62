//! `kata check`: a lesson's tests, once; and what `kata` alone does without a terminal.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use clap::{ArgMatches, Command};

use super::context::{Context, Entry, asked, flag, format, lesson_or_current, prose, wants_json};
use crate::check::judge::{Judgement, judge};
use crate::check::verdict::{Parts, Verdict};
use crate::check::{Following, News};
use crate::course::progress::{Board, Standing};
use crate::course::{Course, Lesson};
use crate::exit::Answer;
use crate::out::{Waiting, emit, meanwhile, warn};
use crate::show::paint::Paint;
use crate::show::{Scene, board, facts, outcome};
use crate::trouble::Trouble;

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("check")
        .about("Run the tests of a lesson, once")
        .arg(lesson_or_current())
        .arg(flag("all", "Check every lesson, and show the first failure").conflicts_with("lesson"))
        .after_help("`kata check --help` shows examples and explains the JSON.")
        .after_long_help(HELP)
        .arg(format())
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let (course, paint) = (context.course()?, context.paint);
    match (wants_json(matches), matches.get_flag("all")) {
        (true, all) => for_scripts(course, asked(matches), all),
        (false, true) => all(course, paint),
        (false, false) => match asked(matches) {
            Some(asked) => one(course, course.lesson(asked)?, paint),
            None => current(course, paint),
        },
    }
}

/// `kata` without a terminal: the board, and the current lesson's check.
pub fn home(context: &Context) -> Result<Answer, Trouble> {
    let (course, paint) = (context.course()?, context.paint);
    emit(&paint.text(&board::greeting()));
    emit(&(paint.text(&board::board(course, &Board::read(course)?)) + "\n"));
    current(course, paint)
}

/// Checks the current lesson; without one there is nothing left to do.
fn current(course: &Course, paint: Paint) -> Result<Answer, Trouble> {
    let board = Board::read(course)?;
    if let Some(current) = board.current {
        return one(course, &course.lessons[current], paint);
    }
    let partial = board.count(Standing::Partial);
    emit(&paint.text(&board::all_done(course, partial)));
    Ok(if partial == 0 { Answer::Yes } else { Answer::No })
}

fn one(course: &Course, lesson: &Lesson, paint: Paint) -> Result<Answer, Trouble> {
    let (judgement, shown) = judged(course, lesson, paint, true)?;
    emit(&paint.text(&Scene { width: prose(), ..Scene::new(course, &judgement) }.after(shown.as_deref()).verdict()));
    warn_of(judgement.unkept.as_deref());
    Ok(answer(passes(&judgement)))
}

/// A line a lesson, then the first that fails.
fn all(course: &Course, paint: Paint) -> Result<Answer, Trouble> {
    let width = course.lessons.iter().map(|lesson| lesson.name.len()).max().unwrap_or(0);
    let mut first: Option<(Judgement, Option<String>)> = None;
    let mut unkept = None;
    for lesson in &course.lessons {
        let (judgement, shown) = judged(course, lesson, paint, first.is_none())?;
        emit(&paint.text(&[board::summary(lesson, &judgement.verdict, width)]));
        unkept = unkept.or(judgement.unkept.clone());
        match &mut first {
            // What comes next is known when all are checked.
            Some((first, _)) => first.board = judgement.board,
            None if !passes(&judgement) => first = Some((judgement, shown)),
            None => {}
        }
    }
    let rest = match &first {
        None => board::all_done(course, 0),
        Some((first, shown)) => Scene { width: prose(), ..Scene::new(course, first) }.after(shown.as_deref()).verdict(),
    };
    emit(&format!("\n{}", paint.text(&rest)));
    warn_of(unkept.as_deref());
    Ok(answer(first.is_none()))
}

/// With `--format json`: the same checks, the same exit code.
fn for_scripts(course: &Course, asked: Option<&str>, all: bool) -> Result<Answer, Trouble> {
    let board = Board::read(course)?;
    let lessons: Vec<_> = match asked {
        Some(asked) => vec![course.lesson(asked)?],
        None if all => course.lessons.iter().collect(),
        None => board.current.map(|current| &course.lessons[current]).into_iter().collect(),
    };
    // Where nothing is left to check, the answer is what was noted.
    let nothing = lessons.is_empty() && board.count(Standing::Partial) > 0;
    let judged = lessons.into_iter().map(|lesson| judge(course, lesson, false, Following::default()));
    let judgements = judged.collect::<Result<Vec<_>, Trouble>>()?;
    let passes = !nothing && judgements.iter().all(passes);
    let checks = judgements.iter().map(|judgement| facts::check(course, judgement)).collect();
    emit(&format!("{}\n", facts::checks(passes, checks)));
    warn_of(judgements.iter().find_map(|judgement| judgement.unkept.as_deref()));
    Ok(answer(passes))
}

/// The judgement, and the name of the test whose report was printed while others still ran, if one was.
fn judged(course: &Course, lesson: &Lesson, paint: Paint, early: bool) -> Result<(Judgement, Option<String>), Trouble> {
    let waiting = Waiting::start(&format!("building and running {}", lesson.name), paint == Paint::Words);
    let (sender, news) = mpsc::channel();
    thread::scope(|scope| {
        let shown = early.then(|| scope.spawn(|| show_early(waiting.as_ref(), news, paint)));
        let told = move |news| {
            if let News::Failed(_) | News::Running(_) = news {
                _ = sender.send(news);
            }
        };
        let judgement = judge(course, lesson, paint == Paint::Colored, Following { stop: None, told: Some(&told) })?;
        // Nothing more can be heard of.
        drop(told);
        Ok((judgement, shown.and_then(|shown| shown.join().unwrap_or_default())))
    })
}

/// Shows the first failure while other tests still run, unless they end as soon: a test that hangs takes a while. The name
/// of the test that it showed. Of tests that take long and do not fail it says on a terminal why that may be.
fn show_early(waiting: Option<&Waiting>, news: Receiver<News>, paint: Paint) -> Option<String> {
    let News::Running(_) = news.recv().ok()? else { return None };
    let failed = news.recv_timeout(outcome::LONG).or_else(|error| match error {
        RecvTimeoutError::Timeout => {
            meanwhile(waiting, "", outcome::SLOW);
            news.recv().map_err(RecvTimeoutError::from)
        }
        RecvTimeoutError::Disconnected => Err(error),
    });
    let News::Failed(report) = failed.ok()? else { return None };
    if news.recv_timeout(Duration::from_secs(1)) != Err(RecvTimeoutError::Timeout) {
        return None;
    }
    let name = report.test.clone();
    let said = outcome::failure(&name, &Parts::of(&report), Vec::new(), prose());
    meanwhile(waiting, &paint.text(&said), "other tests still run");
    Some(name)
}

fn passes(judgement: &Judgement) -> bool {
    matches!(judgement.verdict, Verdict::Passed(_))
}

fn answer(passes: bool) -> Answer {
    if passes { Answer::Yes } else { Answer::No }
}

fn warn_of(unkept: Option<&str>) {
    if let Some(error) = unkept {
        warn(&format!("your progress could not be kept in progress.txt: {error}"));
    }
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata check           Checks your current lesson.
  cargo kata check 3         Checks lesson 3. Its name or folder does as well.
  cargo kata check --all     Prints a line for each lesson, then the first failure.

--format json prints {\"passes\": ..., \"checks\": [...]}. passes is true if the exit code is 0. checks has one object for
each lesson that was checked, and none if all lessons have passed. These fields' names will not change:
  number, name              the lesson's number and name
  verdict                   passed; partial: every test passed that can run on this machine; failed;
                            does-not-compile
  tests                     the tests in the order of their file, each with
    name                    its name, as cargo test knows it
    outcome                 passed; skipped; failed; not-run: an earlier test hung and used up the time;
                            missing: the test program ended before it told the result
    reason                  why it was skipped or not run, or null
    failure                 null, or
      kind                  how it failed: failed, crashed, timed-out, ended-early, left-running or garbled;
                            bare: it panicked outside of the sandbox
      at                    {path, line} of the failure, or null
      blank                 {path, line, task} of the todo! that stopped it, or null
      text                  the report, with the table of segments and the line that runs the test again
  died                      how the test program ended, if it did not print its last line, or null
  fallback                  why the tests did not run in their own namespaces, or null
  warnings                  how many warnings the compiler has for the lesson
  errors                    the compiler's errors, if the lesson does not compile
  blocking                  {lesson, how}: the earlier lesson that must be solved first, or null. How:
                            does-not-compile, blank (one of its todo! was reached), changed or not-yet
  guide                     null, or for the first failure: open, the PATH:LINE to work on; test, its {path, line};
                            about, what the test teaches
Paths begin at the kata's root.

Exit codes: 0 every lesson checked passes, 1 one of them fails or is partial, 2 a lesson could not be checked; standard
error says why.";
