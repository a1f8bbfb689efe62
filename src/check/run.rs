//! One test binary: run as cargo runs it, its results read.

use std::cell::RefCell;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kata::report::{Told, Unreadable};
use kata::runner::{Listener, confine};

use crate::check::libtest;
use crate::check::verdict::Results;
use crate::course::Lesson;
use crate::process::child::{self, End, Follow, Stop};
use crate::trouble::{self, Trouble, cannot};

/// The sandbox gives every test 10 s and ends what hangs; this is for a test binary that is stuck itself.
const DEADLINE: Duration = Duration::from_secs(300);
/// The same, if no test has come to its end for so long: a test that hangs outside of any sandbox.
const QUIET: Duration = Duration::from_secs(17);

/// What happens while a lesson is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// What cargo says while it builds.
    Building(String),
    /// It is built; these tests run now, in the order of their file.
    Running(Vec<String>),
    /// A test came to its end; whether it passed.
    Ended { name: String, passed: bool },
    /// The first test that failed, as soon as that is known; it need not be the first in the file.
    Failed(Box<kata::report::Report>),
}

/// Who follows a check while it runs.
#[derive(Clone, Copy, Default)]
pub struct Following<'a> {
    /// What ends it, with [`Trouble::Unwanted`].
    pub stop: Option<&'a Stop>,
    pub told: Option<&'a dyn Fn(News)>,
}

impl Following<'_> {
    pub fn tell(self, news: News) {
        if let Some(told) = self.told {
            told(news);
        }
    }
}

/// One test binary, about to be run as cargo runs it.
pub struct Run<'a> {
    pub binary: &'a Path,
    /// The folder it runs in: its package's.
    pub dir: &'a Path,
    pub lesson: &'a Lesson,
    /// The test file.
    pub source: &'a Path,
    /// The lesson's programs, by the names that its tests know.
    pub programs: Vec<(String, PathBuf)>,
    /// The sandbox's numbers; drawn anew when there is none.
    pub seed: Option<&'a str>,
    /// A test's name: it alone is run, or all of its cases.
    pub only: Option<&'a str>,
    pub following: Following<'a>,
}

impl Run<'_> {
    /// Runs it and reads what it says.
    pub fn results(&self) -> Result<Results, Trouble> {
        let follow = Follow { stop: self.following.stop, quiet: Some(QUIET), ..Follow::default() };
        let list = self.start(self.command(&["--list", "--format", "terse"]), follow)?;
        if !matches!(list.end, End::Exited(_)) {
            let died = format!("was killed, because it had not listed its tests after {} s", QUIET.as_secs());
            return Ok(Results { died: Some(died), ..Results::default() });
        }
        let mut names = libtest::names(&String::from_utf8_lossy(&list.stdout));
        if let Some(only) = self.only {
            let cases = format!("{only}::");
            names.retain(|name| name == only || name.starts_with(&cases));
            if names.is_empty() {
                return Ok(Results::default());
            }
        }
        let source =
            std::fs::read_to_string(self.source).map_err(|error| trouble::file("read", self.source, &error))?;
        libtest::in_file_order(&mut names, &source);
        self.following.tell(News::Running(names.clone()));

        let mut arguments = vec!["--color", "never"];
        if self.only.is_some() {
            arguments.push("--exact");
            arguments.extend(names.iter().map(String::as_str));
        }
        let listener = Listener::new().map_err(|error| cannot(format!("no tests can be listened to: {error}"), ""))?;
        let ears = RefCell::new(Ears { listener, told: Vec::new(), unreadable: None, failed: false });
        let stdout = |line: &str| {
            // A test hands its report over before libtest prints its line.
            if let Some(failed) = ears.borrow_mut().listen() {
                self.following.tell(News::Failed(failed));
            }
            if let Some((name, passed)) = libtest::result_line(line, &names) {
                self.following.tell(News::Ended { name: name.to_owned(), passed });
            }
        };
        let mut command = self.command(&arguments);
        ears.borrow().listener.listen_to(&mut command);
        let follow = Follow { stop: self.following.stop, stdout: Some(&stdout), stderr: None, quiet: Some(QUIET) };
        let finished = self.start(command, follow)?;
        let stdout = String::from_utf8_lossy(&finished.stdout);
        let (told, unreadable) = ears.into_inner().finish();
        let mut results = libtest::read(&names, &stdout, &told);
        results.died = match finished.end {
            End::OutOfTime => Some(format!("was still running after {} s, and was killed", DEADLINE.as_secs())),
            End::Quiet => Some(format!("was killed, because no test came to its end for {} s", QUIET.as_secs())),
            End::Exited(status) => match (status.signal(), status.code()) {
                (Some(signal), _) => Some(format!("was killed by signal {signal}")),
                // Of one that prints more than is kept the last line is not known.
                (None, Some(code)) if !libtest::has_result(&stdout) && finished.stdout.len() < child::KEPT => {
                    Some(format!("ended with exit code {code} before its last line"))
                }
                // libtest says 101 when a test failed, and nothing else is known of.
                (None, Some(0)) => None,
                (None, Some(101)) if results.first_failure().is_some() || results.not_run() > 0 => None,
                (None, code) => Some(format!("ended with exit code {}", code.unwrap_or_default())),
            },
        };
        let unreadable = unreadable.map(|why| format!("left a report that cannot be read: {why}"));
        results.died = results.died.or(unreadable);
        Ok(results)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.binary);
        command.args(arguments).current_dir(self.dir);
        command.env("CARGO_PKG_NAME", &self.lesson.name).env("CARGO_MANIFEST_DIR", self.dir);
        // The report names its place; forty frames of libtest's would hide it.
        command.env("RUST_BACKTRACE", "0").env_remove("RUST_LIB_BACKTRACE");
        for (name, path) in &self.programs {
            command.env(OsString::from(format!("CARGO_BIN_EXE_{name}")), path);
        }
        if let Some(seed) = self.seed {
            command.env("KATA_SEED", seed);
        }
        command
    }

    fn start(&self, mut command: Command, follow: Follow<'_>) -> Result<child::Finished, Trouble> {
        confine(&mut command);
        child::followed(&mut command, b"", DEADLINE, follow)
            .map_err(|stopped| trouble::program(&self.binary.display().to_string(), "", stopped))
    }
}

/// What is heard of the tests beside what libtest prints.
struct Ears {
    listener: Listener,
    told: Vec<Told>,
    unreadable: Option<Unreadable>,
    /// Whether a failure was heard of.
    failed: bool,
}

impl Ears {
    /// Hears what was told meanwhile; the first failure.
    fn listen(&mut self) -> Option<Box<kata::report::Report>> {
        let heard = self.listener.heard();
        let from = self.told.len();
        self.keep(heard);
        let failed = self.told[from..].iter().find_map(|told| match told {
            Told::Report(report) if report.kind().is_some() => Some(report.clone()),
            _ => None,
        });
        failed.filter(|_| !std::mem::replace(&mut self.failed, true))
    }

    fn keep(&mut self, heard: Vec<Result<Told, Unreadable>>) {
        for heard in heard {
            match heard {
                Ok(told) => self.told.push(told),
                Err(why) => self.unreadable = self.unreadable.or(Some(why)),
            }
        }
    }

    /// Everything, now that the tests have ended.
    fn finish(mut self) -> (Vec<Told>, Option<Unreadable>) {
        let rest = self.listener.finish();
        self.keep(rest);
        (self.told, self.unreadable)
    }
}
