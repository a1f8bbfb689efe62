//! The packages of one kind, starters or solutions or variants or mistakes: run as many at a time as there are
//! processors, and each judged.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::findings::Findings;
use crate::parts::{self, Wish};
use crate::scratch::{Kind, Package, Scratch};
use shm_kata::check::cargo::Build;
use shm_kata::course::{Course, Lesson};
use shm_kata::trouble::Trouble;

/// Runs the packages and judges each; a lesson among `lessons` must also have enough of them.
///
/// # Errors
/// If a test program cannot be started, or a report not be written down.
pub fn examine(
    course: &Course,
    lessons: &[&Lesson],
    scratch: &Scratch,
    kind: Kind,
    packages: &[&Package],
    build: &Build,
    wish: Wish,
) -> Result<Findings, Trouble> {
    let mut findings = Findings::default();
    let reports = parallel(packages, |package| scratch.run(package, build));
    for (package, report) in packages.iter().zip(reports) {
        let compiles = parts::compiles(scratch, package, build, &mut findings);
        let Some(report) = report? else {
            if compiles {
                findings.problem(package.label(), parts::not_built(package));
            }
            continue;
        };
        if let Some(died) = &report.died {
            findings.problem(package.label(), format!("the test program {died}"));
        }
        match kind {
            Kind::Starter => parts::starter(course, scratch, package, &report, wish, &mut findings),
            Kind::Solution | Kind::Variant => parts::right(scratch, package, &report, wish, &mut findings),
            Kind::Mistake => parts::mistake(scratch, package, &report, wish, &mut findings)?,
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

/// Applies `work` to each item, on as many threads as there are processors; the results are in the items' order.
fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
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
