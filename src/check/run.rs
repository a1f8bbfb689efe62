//! One test binary: run as cargo runs it, its report read.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::check::libtest;
use crate::check::verdict::Report;
use crate::course::Lesson;
use crate::process::child::{self, End, Follow, Stop};
use crate::trouble::{self, Trouble};

/// The sandbox gives every test 10 s, and several run at once; this is for a test binary that is stuck itself.
const DEADLINE: Duration = Duration::from_secs(120);

/// What happens while a lesson is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// What cargo says while it builds.
    Building(String),
    /// It is built; these tests run now, in the order of their file.
    Running(Vec<String>),
    /// A test came to its end; whether it passed.
    Ended { name: String, passed: bool },
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
    pub fn report(&self) -> Result<Report, Trouble> {
        let list = self.start(&["--list", "--format", "terse"], None)?;
        let mut names = libtest::names(&String::from_utf8_lossy(&list.stdout));
        if let Some(only) = self.only {
            let cases = format!("{only}::");
            names.retain(|name| name == only || name.starts_with(&cases));
            if names.is_empty() {
                return Ok(Report::default());
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
        let stdout = |line: &str| {
            if let Some((name, passed)) = libtest::result_line(line, &names) {
                self.following.tell(News::Ended { name: name.to_owned(), passed });
            }
        };
        let finished = self.start(&arguments, Some(&stdout))?;
        let stdout = String::from_utf8_lossy(&finished.stdout);
        let mut report = libtest::read(&names, &stdout, &String::from_utf8_lossy(&finished.stderr));
        report.died = match finished.end {
            End::OutOfTime => Some(format!("was still running after {} s, and was killed", DEADLINE.as_secs())),
            End::Exited(status) => match (status.signal(), status.code()) {
                (Some(signal), _) => Some(format!("was killed by signal {signal}")),
                // Of one that prints more than is kept the last line is not known.
                (None, Some(code)) if !libtest::has_result(&stdout) && finished.stdout.len() < child::KEPT => {
                    Some(format!("ended with exit code {code} before its last line"))
                }
                // libtest says 101 when a test failed, and nothing else is known of.
                (None, Some(0)) => None,
                (None, Some(101)) if report.first_failure().is_some() => None,
                (None, code) => Some(format!("ended with exit code {}", code.unwrap_or_default())),
            },
        };
        Ok(report)
    }

    fn start(&self, arguments: &[&str], stdout: Option<&dyn Fn(&str)>) -> Result<child::Finished, Trouble> {
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
        child::followed(&mut command, b"", DEADLINE, Follow { stop: self.following.stop, stdout, stderr: None })
            .map_err(|stopped| trouble::program(&self.binary.display().to_string(), "", stopped))
    }
}
