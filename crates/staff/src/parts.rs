//! The parts of `dev check` that build and run: starters, solutions, variants, mistakes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::findings::Findings;
use crate::mistakes::REFUSES_EVERYTHING;
use crate::scratch::{Kind, Origin, Package, Scratch};
use crate::{mistakes, snapshot};
use shm_kata::check::cargo::Build;
use shm_kata::check::verdict::{Failure, Outcome, Results, Test};
use shm_kata::course::lesson_tests::{goal_of, goals_of_tests};
use shm_kata::course::material::GOALS;
use shm_kata::course::store;
use shm_kata::course::{Course, Lesson};
use shm_kata::show::difference::difference;
use shm_kata::trouble::{self, Trouble};

/// What is asked of the parts.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Write the reports into `mistakes.md` instead of comparing them.
    pub bless: bool,
    pub deny_skips: bool,
}

/// Every test of a starter fails at a `todo!`, or `starter-passes.txt` says why it does not; nothing warns.
pub fn starter(
    course: &Course,
    scratch: &Scratch,
    package: &Package,
    results: &Results,
    wish: Wish,
    findings: &mut Findings,
) {
    let listed = listed(course, &package.lesson, findings);
    for test in &results.tests {
        if let (Outcome::Skipped(reason), false) = (&test.outcome, wish.deny_skips) {
            findings.note(format!("skipped {}: {}: {reason}", package.label(), test.name));
            continue;
        }
        let own = format!("{}/", package.folder);
        let stops = match &test.outcome {
            Outcome::Failed(failure) => failure.blank().is_some_and(|blank| blank.place.path.starts_with(&own)),
            _ => false,
        };
        let label = || format!("{}: {}", package.label(), test.name);
        match (stops, listed.contains_key(&test.name)) {
            (true, false) => findings.count("tests stop at a blank"),
            (false, true) => findings.count("have a reason not to"),
            (true, true) => findings.problem(label(), "stops at a blank, so starter-passes.txt need not list it"),
            (false, false) => {
                let said = scratch.as_the_learner_sees(package, &story(test));
                findings.problem(
                    label(),
                    format!("does not stop at a blank, and starter-passes.txt has no reason for it\n{said}"),
                );
            }
        }
    }
    for name in listed.keys().filter(|name| !results.tests.iter().any(|test| test.name == **name)) {
        findings.problem(package.label(), format!("starter-passes.txt lists {name}, which is no test"));
    }
}

/// `NAME: why` a line.
fn listed(course: &Course, lesson: &Lesson, findings: &mut Findings) -> BTreeMap<String, String> {
    let path = course.solution(lesson).join("starter-passes.txt");
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut listed = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(": ").filter(|(_, why)| !why.trim().is_empty()) {
            Some((name, why)) => _ = listed.insert(name.to_owned(), why.to_owned()),
            None => findings
                .problem(format!("{}/starter-passes.txt", lesson.folder), format!("`{line}` is not `TEST: why`")),
        }
    }
    listed
}

/// Every test passes.
pub fn right(scratch: &Scratch, package: &Package, results: &Results, wish: Wish, findings: &mut Findings) {
    for test in &results.tests {
        match &test.outcome {
            Outcome::Passed => {}
            Outcome::Skipped(reason) if wish.deny_skips => {
                findings.problem(format!("{}: {}", package.label(), test.name), format!("skipped: {reason}"));
            }
            Outcome::Skipped(reason) => findings.note(format!("skipped {}: {}: {reason}", package.label(), test.name)),
            Outcome::Failed(_) | Outcome::NotRun(_) | Outcome::Missing => {
                let said = scratch.as_the_learner_sees(package, &story(test));
                findings.problem(format!("{}: {}", package.label(), test.name), said);
            }
        }
    }
    if results.tests.is_empty() {
        findings.problem(package.label(), "has no test");
    }
    findings.count("pass");
}

/// The test named fails, as the sandbox reports it and as `mistakes.md` has it.
pub fn mistake(
    scratch: &Scratch,
    package: &Package,
    results: &Results,
    wish: Wish,
    findings: &mut Findings,
) -> Result<(), Trouble> {
    let (Some(origin), Some(named)) = (&package.origin, package.caught_by()) else { return Ok(()) };
    if results.tests.is_empty() {
        findings.problem(package.label(), format!("names {named}, which is no test of the lesson"));
        return Ok(());
    }
    let Some((_, failure)) = results.first_failure() else {
        match results
            .tests
            .iter()
            .find_map(|test| if let Outcome::Skipped(why) = &test.outcome { Some(why) } else { None })
        {
            Some(why) if !wish.deny_skips => findings.note(format!("{}: {named} skipped: {why}", package.label())),
            _ => findings.problem(package.label(), format!("is not caught by {named}")),
        }
        return Ok(());
    };
    let Failure::Reported(failure) = failure else {
        findings.problem(package.label(), format!("{named} fails outside of a sandbox:\n{}", failure.text()));
        return Ok(());
    };
    if results.fallback.is_some() {
        // The table then shows this machine's segments too, so that no two machines' reports agree.
        findings.count("caught, in reports that cannot be compared (not isolated)");
        return Ok(());
    }
    compare(scratch, package, origin, failure, wish, findings)
}

/// Each goal of the card has a test that fails although nothing is wrong but that every call is refused: one in which a
/// call has to succeed.
pub fn goals(course: &Course, package: &Package, results: &Results, findings: &mut Findings) -> Result<(), Trouble> {
    let goals = goals_of_tests(course, &package.lesson)?;
    let failing = results.tests.iter().filter(|test| matches!(test.outcome, Outcome::Failed(_)));
    let shown: BTreeSet<_> = failing.filter_map(|test| goal_of(&goals, &test.name)).collect();
    for goal in 1..=GOALS {
        if shown.contains(&goal) {
            findings.count("goals have a test in which a call succeeds");
        } else {
            findings.problem(
                package.label(),
                format!("no test of goal {goal} fails: it needs one in which a call succeeds"),
            );
        }
    }
    Ok(())
}

fn compare(
    scratch: &Scratch,
    package: &Package,
    origin: &Origin,
    failure: &kata::report::Report,
    wish: Wish,
    findings: &mut Findings,
) -> Result<(), Trouble> {
    let found = snapshot::normalized(&scratch.as_the_learner_sees(package, &snapshot::told(failure)));
    if wish.bless {
        // Another mistake's report may have been written since the file was read.
        let text = fs::read_to_string(&origin.file).map_err(|error| trouble::file("read", &origin.file, &error))?;
        let written = match mistakes::with_report(&text, &origin.name, &found) {
            Some(text) => store::update(&origin.file, &text)?,
            None => false,
        };
        findings.count(if written { "written down anew" } else { "caught as written down" });
        return Ok(());
    }
    match &origin.report {
        Some(expected) if *expected == found => findings.count("caught as written down"),
        Some(expected) => {
            let lines = difference(expected, &found);
            findings.problem(package.label(), format!("its failure reads otherwise than written down:\n{lines}"));
        }
        None => {
            findings.problem(package.label(), format!("its failure is not written down (--bless does that):\n{found}"))
        }
    }
    Ok(())
}

/// What a lesson must have: five mistakes, each with a test of its own, and two variants.
pub fn enough(lesson: &Lesson, scratch: &Scratch, kind: Kind, findings: &mut Findings) {
    let own = |package: &&Package| package.lesson == *lesson && package.kind == kind;
    let packages: Vec<_> = scratch.packages.iter().filter(own).collect();
    if kind == Kind::Variant {
        if packages.len() < 2 {
            let place = format!("solutions/{}/variants.md", lesson.folder);
            findings.problem(place, format!("has {} variants; two are needed", packages.len()));
        }
        return;
    }
    if !packages.iter().any(|package| package.refuses_everything()) {
        let what =
            format!("has no `## {REFUSES_EVERYTHING}`, which shows that each goal has a test in which a call succeeds");
        findings.problem(format!("solutions/{}/mistakes.md", lesson.folder), what);
    }
    let named: Vec<_> = packages.iter().filter_map(|package| package.caught_by()).collect();
    let alone: BTreeSet<_> =
        named.iter().filter(|name| named.iter().filter(|other| other == name).count() == 1).collect();
    if alone.len() < 5 {
        let what = format!("{} mistakes have a test to themselves; five are needed", alone.len());
        findings.problem(format!("solutions/{}/mistakes.md", lesson.folder), what);
    }
}

/// Whether the package was built, and without a warning where a learner would see one.
pub fn compiles(scratch: &Scratch, package: &Package, build: &Build, findings: &mut Findings) -> bool {
    let said = package.diagnostics(build);
    let errors = said.iter().any(|diagnostic| diagnostic.error);
    let tested = matches!(package.kind, Kind::Starter | Kind::Solution);
    if errors || (tested && !said.is_empty()) {
        let rendered: Vec<_> = said.iter().map(|diagnostic| diagnostic.rendered.as_str()).collect();
        let what = match package.kind {
            _ if errors => "does not compile",
            Kind::Starter => {
                "compiles with warnings: what only a blank uses stands between `// ANCHOR: solution` and \
                 `// ANCHOR_END: solution`, and a todo! names every argument"
            }
            _ => "compiles with warnings",
        };
        let rendered = scratch.as_the_learner_sees(package, &rendered.concat());
        findings.problem(package.label(), format!("{what}\n{rendered}"));
    }
    !errors
}

/// Why there is no test program although its source compiles.
pub fn not_built(package: &Package) -> String {
    let Lesson { name, folder, .. } = &package.lesson;
    let manifest = fs::read_to_string(package.dir.join("Cargo.toml")).unwrap_or_default();
    if manifest.contains(&format!("[[test]]\nname = \"{name}\"\n")) {
        "was not built: what it rests on does not compile".to_owned()
    } else {
        format!("has no tests: solutions/{folder}/Cargo.toml has no [[test]] with name = \"{name}\"")
    }
}

fn story(test: &Test) -> String {
    match &test.outcome {
        Outcome::Passed => "it passes".to_owned(),
        Outcome::Skipped(reason) => format!("skipped: {reason}"),
        Outcome::Failed(failure) => failure.text(),
        Outcome::NotRun(reason) => format!("not run: {reason}"),
        Outcome::Missing => "it never reported".to_owned(),
    }
}
