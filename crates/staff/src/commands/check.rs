//! `kata dev check`: everything that the kata promises about its lessons, or about one of them.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::findings::show;
use crate::parts::Wish;
use crate::scratch::{Kind, Package, Scratch};
use crate::{generated, packages, rules, style};
use shm_kata::course::{Course, Lesson};
use shm_kata::exit::Answer;
use shm_kata::out::warn;
use shm_kata::show::paint::Paint;
use shm_kata::trouble::Trouble;

/// The parts, in the order in which they are done: the cheap ones first.
const PARTS: [&str; 8] = ["sync", "lessons", "book", "starters", "solutions", "variants", "mistakes", "style"];

/// The parts that build and run.
const KINDS: [(&str, Kind); 4] = [
    ("starters", Kind::Starter),
    ("solutions", Kind::Solution),
    ("variants", Kind::Variant),
    ("mistakes", Kind::Mistake),
];

pub fn definition() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("check")
        .about("Check the lessons themselves")
        .arg(Arg::new("lesson").value_name("LESSON").help("This lesson alone, all of it"))
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("PART")
                .action(ArgAction::Append)
                .value_parser(PossibleValuesParser::new(PARTS))
                .help("This part alone"),
        )
        .arg(flag("bless", "Write down what the mistakes' failures say now"))
        .arg(flag("deny-skips", "Take a test that skips for a failure"))
        .after_help(
            "sync       starters, manifests and the solutions' Cargo.lock are what `dev sync` writes\n\
             lessons    cards, hints, tests and the list in README.md are there and whole\n\
             book       chapters, figures, what they include, links, lists of lessons\n\
             starters   compile without a warning, and every test stops at a blank\n\
             solutions  compile without a warning, and pass\n\
             variants   pass; two a lesson\n\
             mistakes   are caught by the test that they name, as written down; five a lesson\n\
             style      cargo fmt and cargo clippy have nothing to say",
        )
}

pub fn run(course: &Course, matches: &ArgMatches, paint: Paint) -> Result<Answer, Trouble> {
    let one = matches.get_one::<String>("lesson").map(|asked| course.lesson(asked)).transpose()?;
    let asked = Asked {
        course,
        one,
        lessons: one.map_or_else(|| course.lessons.iter().collect(), |one| vec![one]),
        only: matches.get_many::<String>("only").unwrap_or_default().map(String::as_str).collect(),
        wish: Wish { bless: matches.get_flag("bless"), deny_skips: matches.get_flag("deny-skips") },
        paint,
    };
    let mut problems = 0;
    if asked.wants("sync") {
        problems += show("sync", &generated::check(course, &asked.lessons)?, paint);
    }
    let synced = problems == 0;
    if asked.wants("lessons") {
        problems += show("lessons", &rules::lessons(course, &asked.lessons)?, paint);
    }
    if asked.wants("book") {
        problems += show("book", &rules::book(course, &asked.lessons)?, paint);
    }
    match asked.built(synced) {
        Ok(more) => problems += more,
        // It follows from what is told above.
        Err(Trouble::Cannot { what, .. }) if problems > 0 => {
            let what: Vec<_> = what.lines().take(2).collect();
            warn(&format!("the other parts wait until this is mended: {}", what.join(" ")));
        }
        Err(trouble) => return Err(trouble),
    }
    Ok(if problems == 0 { Answer::Yes } else { Answer::No })
}

/// What is to be checked.
struct Asked<'a> {
    course: &'a Course,
    /// The one lesson that was named.
    one: Option<&'a Lesson>,
    /// That one, or all.
    lessons: Vec<&'a Lesson>,
    /// The parts, or none for all.
    only: Vec<&'a str>,
    wish: Wish,
    paint: Paint,
}

impl Asked<'_> {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// The parts that build, with one call of cargo for all kinds of packages; returns how many problems they have.
    fn built(&self, synced: bool) -> Result<usize, Trouble> {
        let mut problems = 0;
        let kinds: Vec<_> = KINDS.into_iter().filter(|(part, _)| self.wants(part)).collect();
        if !kinds.is_empty() {
            let scratch = Scratch::write(self.course)?;
            let ours = |package: &&Package| {
                self.lessons.contains(&&package.lesson) && kinds.iter().any(|(_, kind)| package.kind == *kind)
            };
            let packages: Vec<_> = scratch.packages.iter().filter(ours).collect();
            let build = scratch.build(&packages)?;
            let mut ran = packages::run(&scratch, &packages, &build);
            for (part, kind) in kinds {
                let (these, others) = ran.into_iter().partition(|(package, _)| package.kind == kind);
                ran = others;
                let found = packages::examine(self.course, &self.lessons, &scratch, kind, these, &build, self.wish)?;
                problems += show(part, &found, self.paint);
            }
        }
        if self.wants("style") {
            problems += show("style", &style::check(self.course, self.one, synced)?, self.paint);
        }
        Ok(problems)
    }
}
