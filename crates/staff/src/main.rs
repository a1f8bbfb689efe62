//! `staff`, for authors: starters from solutions, and the lessons themselves put to the test.
//!
//! The runner starts it for `kata dev ...`; no learner compiles it.

mod findings;
mod manifest;
mod mistakes;
mod overlay;
mod parts;
mod patch;
mod scratch;
mod sections;
mod snapshot;
mod style;
mod variants;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use findings::Findings;
use parts::Wish;
use scratch::{Kind, Package, Scratch};
use shm_kata::check::cargo::Build;
use shm_kata::course::starter::{self, Reading};
use shm_kata::course::store;
use shm_kata::course::{Course, Lesson};
use shm_kata::exit::{self, Answer};
use shm_kata::out::emit;
use shm_kata::show::paint::{Mark, Paint};
use shm_kata::text::style::Stylize;
use shm_kata::trouble::Trouble;

fn main() -> ExitCode {
    exit::code(run(&definition().get_matches()))
}

fn run(matches: &ArgMatches) -> Result<Answer, Trouble> {
    let root = matches.get_one::<PathBuf>("root").cloned();
    let course = Course::find(root.or_else(|| std::env::var_os("KATA_ROOT").map(PathBuf::from)).as_deref())?;
    match matches.subcommand() {
        Some(("sync", _)) => sync(&course),
        Some(("check", matches)) => check(&course, matches, Paint::of_stdout()),
        other => unreachable!("clap knows no such command: {other:?}"),
    }
}

/// The parts of `check`, in the order in which they are done.
const PARTS: [&str; 6] = ["sync", "starters", "solutions", "variants", "mistakes", "style"];

fn definition() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("staff")
        .bin_name("kata dev")
        .about("For authors of lessons")
        .subcommand_required(true)
        .arg(
            Arg::new("root")
                .long("root")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .global(true)
                .help("The kata, when it is not the current directory or above it"),
        )
        .subcommand(Command::new("sync").about("Write the starters that the solutions generate into lessons/*/src"))
        .subcommand(
            Command::new("check")
                .about("Check the lessons themselves")
                .arg(Arg::new("lesson").value_name("LESSON").help("This lesson alone"))
                .arg(
                    Arg::new("only")
                        .long("only")
                        .value_name("PART")
                        .action(ArgAction::Append)
                        .value_parser(PossibleValuesParser::new(PARTS))
                        .help("This part alone"),
                )
                .arg(flag("bless", "Write down what the mistakes' failures say now"))
                .arg(flag("deny-skips", "Take a test that skips for a failure")),
        )
}

/// `kata dev sync`: the starters that the solutions generate.
fn sync(course: &Course) -> Result<Answer, Trouble> {
    let mut written = 0;
    for lesson in &course.lessons {
        let starter = starter::generate(&course.root, &course.solution(lesson), Reading::Starter)?;
        for path in store::mirror(&course.dir(lesson).join("src"), &starter)? {
            emit(&format!("wrote  {}\n", path.strip_prefix(&course.root).unwrap_or(&path).display()));
            written += 1;
        }
    }
    if written == 0 {
        emit("The starters are what the solutions generate.\n");
    }
    Ok(Answer::Yes)
}

/// `kata dev check`
fn check(course: &Course, matches: &ArgMatches, paint: Paint) -> Result<Answer, Trouble> {
    let only: Vec<_> = matches.get_many::<String>("only").unwrap_or_default().map(String::as_str).collect();
    let lesson = matches.get_one::<String>("lesson").map(|asked| course.lesson(asked)).transpose()?;
    let wish = Wish { bless: matches.get_flag("bless"), deny_skips: matches.get_flag("deny-skips") };
    let wanted = |part: &str| only.is_empty() || only.contains(&part);
    let mut problems = 0;
    if wanted("sync") {
        problems += show("sync", &in_sync(course, lesson)?, paint);
    }
    let kinds = [
        ("starters", Kind::Starter),
        ("solutions", Kind::Solution),
        ("variants", Kind::Variant),
        ("mistakes", Kind::Mistake),
    ];
    let kinds: Vec<_> = kinds.into_iter().filter(|(part, _)| wanted(part)).collect();
    if !kinds.is_empty() {
        let scratch = Scratch::write(course)?;
        let ours = |package: &&Package| lesson.is_none_or(|lesson| package.lesson == *lesson);
        let packages: Vec<_> = scratch.packages.iter().filter(ours).collect();
        let packages: Vec<_> =
            packages.into_iter().filter(|package| kinds.iter().any(|(_, kind)| package.kind == *kind)).collect();
        let build = scratch.build(&packages)?;
        for (part, kind) in kinds {
            let packages: Vec<_> = packages.iter().copied().filter(|package| package.kind == kind).collect();
            problems += show(part, &examine(course, lesson, &scratch, kind, &packages, &build, wish)?, paint);
        }
    }
    if wanted("style") && lesson.is_none() {
        problems += show("style", &style::check(course)?, paint);
    }
    Ok(if problems == 0 { Answer::Yes } else { Answer::No })
}

/// The committed starters are what the solutions generate.
fn in_sync(course: &Course, only: Option<&Lesson>) -> Result<Findings, Trouble> {
    let mut findings = Findings::default();
    for lesson in course.lessons.iter().filter(|lesson| only.is_none_or(|only| only == *lesson)) {
        let starter = starter::generate(&course.root, &course.solution(lesson), Reading::Starter)?;
        if starter::read_files(&course.dir(lesson).join("src"))? == starter {
            findings.count("starters are what the solutions generate");
        } else {
            findings
                .problem(format!("lessons/{}/src", lesson.folder), "is not what the solution generates: kata dev sync");
        }
    }
    Ok(findings)
}

/// Runs the packages of one kind, as many at a time as there are processors, and judges each.
fn examine(
    course: &Course,
    lesson: Option<&Lesson>,
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
                findings.problem(package.label(), "was not built: what it rests on does not compile");
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
    let wanted = |one: &Lesson| lesson.is_none_or(|only| only == one);
    for broken in scratch.broken.iter().filter(|broken| broken.kind == kind && wanted(&broken.lesson)) {
        findings.problem(&broken.place, &broken.what);
    }
    if matches!(kind, Kind::Mistake | Kind::Variant) {
        for lesson in course.lessons.iter().filter(|lesson| wanted(lesson)) {
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

/// Prints what a part found; returns how many problems.
fn show(part: &str, findings: &Findings, paint: Paint) -> usize {
    let counts = findings.counts.iter().map(|(what, count)| format!("{count} {what}"));
    let counts: Vec<_> = counts.chain((!findings.found.is_empty()).then(|| findings.found.clone())).collect();
    let problems = findings.problems.len();
    let mark = paint.spans(&[if problems == 0 { Mark::Fine } else { Mark::Mend }.span()]);
    let mut text = format!("{mark} {part:10} {}", counts.join(", "));
    text += &match problems {
        0 => "\n".to_owned(),
        1 => "  1 problem\n".to_owned(),
        _ => format!("  {problems} problems\n"),
    };
    for note in &findings.notes {
        text += &format!("    {note}\n");
    }
    for (place, what) in &findings.problems {
        text += &format!("\n  {}\n", paint.spans(&[place.as_str().bold()]));
        for line in what.trim_end().lines() {
            text += &format!("    {line}\n");
        }
    }
    emit(&(text + if problems > 0 { "\n" } else { "" }));
    problems
}
