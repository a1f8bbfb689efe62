//! Packages of the scratch workspace: all of them run, several at a time, and those of one kind judged: starters,
//! solutions, variants or mistakes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::findings::Findings;
use crate::parts::{self, Wish};
use crate::scratch::{Kind, Package, Scratch};
use shm_kata::check::cargo::Build;
use shm_kata::check::verdict::Results;
use shm_kata::course::{Course, Lesson};
use shm_kata::trouble::Trouble;

/// What came of a package's tests; `None` if it was not built.
pub type Ran<'a> = (&'a Package, Result<Option<Results>, Trouble>);

/// Runs the tests of the packages. The last of them start first: mistakes come last, and some of theirs wait for seconds.
pub fn run<'a>(scratch: &Scratch, packages: &[&'a Package], build: &Build) -> Vec<Ran<'a>> {
    let last_first: Vec<_> = packages.iter().rev().copied().collect();
    let mut ran: Vec<Ran> = parallel(&last_first, |package| (*package, scratch.run(package, build)));
    ran.reverse();
    ran
}

/// Judges the packages of one kind that ran; a lesson among `lessons` must also have enough of them.
///
/// # Errors
/// If a test program could not be started, or a report cannot be written down.
pub fn examine(
    course: &Course,
    lessons: &[&Lesson],
    scratch: &Scratch,
    kind: Kind,
    ran: Vec<Ran>,
    build: &Build,
    wish: Wish,
) -> Result<Findings, Trouble> {
    let mut findings = Findings::default();
    for (package, results) in ran {
        let compiles = parts::compiles(scratch, package, build, &mut findings);
        let Some(mut results) = results? else {
            if compiles {
                findings.problem(package.label(), parts::not_built(package));
            }
            continue;
        };
        if let Some(died) = &results.died {
            findings.problem(package.label(), format!("the test program {died}"));
        }
        match kind {
            Kind::Starter => parts::starter(course, scratch, package, &results, wish, &mut findings),
            Kind::Solution | Kind::Variant => parts::right(scratch, package, &results, wish, &mut findings),
            Kind::Mistake if package.refuses_everything() => {
                parts::goals(course, package, &results, &mut findings)?;
                let named = package.caught_by().unwrap_or_default();
                results.tests.retain(|test| test.name == named || test.name.starts_with(&format!("{named}::")));
                parts::mistake(scratch, package, &results, wish, &mut findings)?;
            }
            Kind::Mistake => parts::mistake(scratch, package, &results, wish, &mut findings)?,
        }
    }
    for broken in scratch.broken.iter().filter(|broken| broken.kind == kind && lessons.contains(&&broken.lesson)) {
        findings.problem(&broken.place, &broken.what);
    }
    if matches!(kind, Kind::Mistake | Kind::Variant) {
        for lesson in lessons {
            parts::enough(lesson, scratch, kind, &mut findings);
        }
    }
    Ok(findings)
}

/// Applies `work` to each item, on one thread more than there are processors, because some of the work is waiting; the
/// results are in the items' order.
fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) + 1;
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((index, item)) = items.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = work(item);
                    results.lock().expect("no worker panics").push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no worker panics");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
