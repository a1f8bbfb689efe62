//! One lesson: built by one call of cargo, its test binary run, a verdict.

use std::path::PathBuf;

use crate::check::built::{self, Built};
use crate::check::cargo::{self, Build, Diagnostic};
use crate::check::run::{Following, News, Run};
use crate::check::verdict::{Errors, Outcome, Verdict};
use crate::course::{Course, Lesson};
use crate::process::child::Follow;
use crate::trouble::{Trouble, cannot};

/// Builds the lesson and runs its tests.
pub fn check(course: &Course, lesson: &Lesson, colored: bool, following: Following<'_>) -> Result<Verdict, Trouble> {
    let arguments = ["test", "--no-run", "--package", &lesson.name, "--test", &lesson.name];
    let said = |line: &str| following.tell(News::Building(line.trim().to_owned()));
    let follow = Follow { stop: following.stop, stderr: Some(&said), ..Follow::default() };
    let texts = built::texts(course, lesson)?;
    let mut build = cargo::build(&course.root, &arguments, colored, follow)?;
    let built = Built::load(course);
    if built.remove_doubtful(&build, &texts)? {
        build = cargo::build(&course.root, &arguments, colored, follow)?;
    }
    // What is saved while cargo builds may be in the build or not.
    match built::texts(course, lesson)? == texts {
        true => built.note(&build, &texts),
        false => drop(built),
    }
    if !build.complete {
        return errors(course, build).map(Verdict::DoesNotCompile);
    }
    let dir = course.dir(lesson);
    let binary = build.executables.iter().find(|executable| executable.kind == "test" && executable.package == dir);
    let binary = binary.ok_or_else(|| cannot(format!("cargo built no tests for lesson {}", lesson.name), ""))?;
    let programs = build.executables.iter().filter(|executable| executable.kind == "bin");
    let run = Run {
        binary: &binary.path,
        dir: &dir,
        lesson,
        source: &course.root.join(lesson.test_file()),
        programs: programs.map(|program| (program.name.clone(), program.path.clone())).collect(),
        seed: None,
        only: None,
        following,
    };
    let mut results = run.results()?;
    let own = build.diagnostics.into_iter().filter(|diagnostic| diagnostic.package == dir);
    results.warnings = own.filter(is_warning).map(|diagnostic| diagnostic.rendered).collect();
    enough(results.verdict())
}

/// No verdict where most tests were skipped: what the few others show is too little, even for a part.
fn enough(verdict: Verdict) -> Result<Verdict, Trouble> {
    let Verdict::Partial(results) = &verdict else { return Ok(verdict) };
    let mut reasons = results.tests.iter().filter_map(|test| match &test.outcome {
        Outcome::Skipped(reason) => Some(reason),
        _ => None,
    });
    let (all, skipped, reason) = (results.tests.len(), reasons.clone().count(), reasons.next_back());
    if skipped * 2 <= all {
        return Ok(verdict);
    }
    let what = format!(
        "{skipped} of {all} tests can show nothing on this machine, so that there is no verdict:\n{}",
        reason.map_or("", String::as_str)
    );
    Err(cannot(what, "What to change is said by: cargo kata doctor"))
}

fn is_warning(diagnostic: &Diagnostic) -> bool {
    // The last one counts the others.
    !diagnostic.error
        && !diagnostic.rendered.contains("warnings emitted")
        && !diagnostic.rendered.contains("warning emitted")
}

/// The errors of the first lesson that has some; errors elsewhere are the kata's own.
fn errors(course: &Course, build: Build) -> Result<Errors, Trouble> {
    let errors = || build.diagnostics.iter().filter(|diagnostic| diagnostic.error);
    let broken = course.lessons.iter().find(|lesson| errors().any(|error| error.package == course.dir(lesson)));
    let told = |package: Option<PathBuf>| {
        let ours = errors().filter(|error| package.as_ref().is_none_or(|package| error.package == *package));
        let ours = ours.filter(|error| !error.rendered.contains("aborting due to")).cloned();
        ours.map(|error| Diagnostic { rendered: error.rendered.trim_end().to_owned(), ..error }).collect::<Vec<_>>()
    };
    match broken {
        Some(lesson) => Ok(Errors { lesson: lesson.name.clone(), errors: told(Some(course.dir(lesson))) }),
        None => {
            let all: Vec<_> = told(None).into_iter().map(|error| error.rendered).collect();
            Err(cannot(
                format!("what the lessons rest on does not compile:\n{}", all.join("\n\n")),
                "Has the kata itself been edited? `git status` shows it.",
            ))
        }
    }
}
