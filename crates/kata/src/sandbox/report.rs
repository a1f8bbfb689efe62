//! What a person reads when a test did not pass.

use std::{
    borrow::Cow,
    fmt::{self, Display, Formatter},
    process::ExitStatus,
    time::Duration,
};

use libc::{c_int, pid_t};

use super::{
    body::{SPEAKER, SPEAKER_END},
    cause::{Fault, cause_of},
    channel::Panic,
    spawn::{self, signal_name},
};
use crate::process::Process;

/// The names of the programs that a test ran, by pid.
pub(super) type Peers = Vec<(pid_t, String)>;

/// How a test's process ended.
#[derive(Debug)]
pub(super) enum Ending {
    Passed,
    Skipped(String),
    Failed {
        panic: Panic,
        peers: Peers,
    },
    Crashed {
        signal: c_int,
        fault: Option<Fault>,
        panics: Vec<Panic>,
        peers: Peers,
    },
    OutOfTime {
        peers: Peers,
    },
    /// The process ended without the token: the test did not run to its end.
    EndedEarly {
        status: ExitStatus,
        peers: Peers,
    },
    /// The test passed, and something that it started goes on.
    Outlived {
        peers: Peers,
    },
    /// What the body reported makes no sense.
    Garbled(String),
}

/// What the kernel held, as text from `/proc`.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) segments: String,
    pub(super) maps: String,
}

/// Everything that the supervisor found out. Its `Display` is the report; the first line is for the test's thread.
pub(super) struct Findings<'a> {
    pub(super) test: &'a str,
    pub(super) package: &'a str,
    pub(super) seed: u64,
    pub(super) deadline: Duration,
    pub(super) body: pid_t,
    pub(super) decoy: c_int,
    pub(super) ending: Ending,
    /// What ran when the supervisor looked, and what it did.
    pub(super) alive: Vec<(Process, Vec<String>)>,
    pub(super) held: Held,
    pub(super) output: Vec<u8>,
}

/// The first line of a report.
pub(super) const PASSED: &str = "passed";
pub(super) const SKIPPED: &str = "skipped ";
pub(super) const FAILED: &str = "failed";

impl Display for Findings<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.ending {
            Ending::Passed => writeln!(f, "{PASSED}"),
            Ending::Skipped(reason) => writeln!(f, "{SKIPPED}{}", reason.replace('\n', " ")),
            ending => {
                writeln!(f, "{FAILED}")?;
                self.failure(f, ending)
            }
        }
    }
}

impl Findings<'_> {
    fn failure(&self, f: &mut Formatter<'_>, ending: &Ending) -> fmt::Result {
        let test = self.test;
        match ending {
            Ending::Passed | Ending::Skipped(_) => Ok(()),
            Ending::Failed { panic, peers } => {
                writeln!(f, "failed: {test}")?;
                write_panic(f, panic)?;
                self.held(f, &panic.segments, &panic.maps, "at that moment", peers)?;
                self.rest(f)
            }
            Ending::Crashed { signal, fault, panics, peers } => {
                writeln!(f, "crashed: {test}")?;
                write!(f, "{} ({signal})", signal_name(*signal))?;
                if let Some(Fault { address, .. }) = fault {
                    write!(f, " at address {address:#x}")?;
                }
                let said = panics.iter().map(|panic| panic.message.as_str());
                let output = String::from_utf8_lossy(&self.output);
                let said = said.chain([&*output]).collect::<Vec<_>>().join("\n");
                writeln!(f, ": {}", cause_of(*signal, *fault, &said))?;
                for panic in panics {
                    writeln!(f, "before that it panicked:")?;
                    write_panic(f, panic)?;
                }
                self.held(f, &self.held.segments, "", "after its death", peers)?;
                self.rest(f)
            }
            Ending::OutOfTime { peers } => {
                writeln!(f, "out of time: {test}")?;
                writeln!(
                    f,
                    "it had not ended after {} s, and was killed with all it had started",
                    self.deadline.as_secs_f64()
                )?;
                self.alive(f, "Who was waiting for what:", peers)?;
                self.held(f, &self.held.segments, &self.held.maps, "at that moment", peers)?;
                self.rest(f)
            }
            Ending::EndedEarly { status, peers } => {
                writeln!(f, "ended early: {test}")?;
                writeln!(f, "its process ended ({}) in the middle of the test", spawn::ending(*status))?;
                writeln!(f, "look: does the code call std::process::exit, or a C function that does?")?;
                self.held(f, &self.held.segments, "", "after its end", peers)?;
                self.rest(f)
            }
            Ending::Outlived { peers } => {
                writeln!(f, "left running: {test}")?;
                writeln!(
                    f,
                    "every check passed, but what the code started still ran when it was done; it has been killed"
                )?;
                writeln!(f, "look: is every child waited for?")?;
                self.alive(f, "What was still running:", peers)?;
                self.held(f, &self.held.segments, "", "at that moment", peers)?;
                self.rest(f)
            }
            Ending::Garbled(error) => {
                writeln!(f, "garbled: {test}")?;
                writeln!(f, "the test's process wrote to a descriptor of the sandbox: {error}")?;
                writeln!(f, "look: does the code write to descriptors that it did not open?")?;
                self.rest(f)
            }
        }
    }

    fn alive(&self, f: &mut Formatter<'_>, title: &str, peers: &Peers) -> fmt::Result {
        writeln!(f, "\n{title}")?;
        for (process, activity) in &self.alive {
            let name = self.role_of(process.pid, peers).unwrap_or_else(|| process.name.clone());
            writeln!(f, "  [{name} {}] {}", process.pid, activity.join("; another thread "))?;
        }
        Ok(())
    }

    pub(super) fn role_of(&self, pid: pid_t, peers: &Peers) -> Option<String> {
        if pid == self.body {
            return Some("test".to_owned());
        }
        if pid == std::process::id().cast_signed() {
            return Some("sandbox".to_owned());
        }
        peers.iter().find(|(peer, _)| *peer == pid).map(|(_, name)| name.clone())
    }

    /// Who printed what, and how to see it again.
    fn rest(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let output = String::from_utf8_lossy(&self.output);
        let lines = spoken(&output, self.test, self.body);
        if !lines.is_empty() {
            writeln!(f, "\nWho printed what:")?;
            for line in shortened(&lines) {
                writeln!(f, "  {}", harmless(line))?;
            }
        }
        writeln!(
            f,
            "\nAgain with the same numbers: KATA_SEED={:#x} cargo test -p {} {}",
            self.seed, self.package, self.test
        )
    }
}

fn write_panic(f: &mut Formatter<'_>, panic: &Panic) -> fmt::Result {
    if !panic.at.is_empty() {
        writeln!(f, "at {}", panic.at)?;
    }
    for line in panic.message.lines() {
        writeln!(f, "{}", harmless(line))?;
    }
    Ok(())
}

/// A line that does nothing to a terminal but stand there.
fn harmless(line: &str) -> String {
    line.chars()
        .map(|c| if c.is_control() && c != '\t' { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}

/// The lines of the body's output, each with its speaker.
fn spoken(output: &str, test: &str, body: pid_t) -> Vec<String> {
    let announcement = format!("test {test} ... ");
    let mut lines = Vec::new();
    for line in output.lines() {
        // libtest announces the test without ending the line.
        let line = line.strip_prefix(&announcement).unwrap_or(line);
        // A program's line may follow one of the test that has no end yet.
        let (own, program) = line.split_once(SPEAKER).map_or((line, None), |(own, program)| (own, Some(program)));
        if !own.is_empty() && own != "running 1 test" {
            lines.push(format!("[test {body}] {}", cut(own)));
        }
        if let Some((speaker, text)) = program.and_then(|program| program.split_once(SPEAKER_END)) {
            lines.push(format!("[{speaker}] {}", cut(text)));
        }
    }
    lines
}

/// The beginning of a line that is too long to read.
fn cut(line: &str) -> Cow<'_, str> {
    const LENGTH: usize = 500;
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => Cow::Owned(format!("{}... and {} bytes more", &line[..end], line.len() - end)),
        None => Cow::Borrowed(line),
    }
}

/// At most 41 lines: the first 20, how many are left out, and the last 20.
fn shortened(lines: &[String]) -> Vec<&str> {
    const END: usize = 20;
    let (first, rest) = lines.split_at(lines.len().min(END));
    let (middle, last) = rest.split_at(rest.len().saturating_sub(END));
    let left_out = (!middle.is_empty()).then_some("... (lines left out) ...");
    first.iter().map(String::as_str).chain(left_out).chain(last.iter().map(String::as_str)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_speaker() {
        let output = format!("\nrunning 1 test\ntest a ... half{SPEAKER}writer 7{SPEAKER_END}Hello\nmine\n");
        assert_eq!(spoken(&output, "a", 5), ["[test 5] half", "[writer 7] Hello", "[test 5] mine"]);
    }

    #[test]
    fn a_long_output_keeps_its_ends() {
        let lines: Vec<String> = (0..100).map(|line| line.to_string()).collect();
        let short = shortened(&lines);
        assert_eq!((short.len(), short[0], short[19], short[21], short[40]), (41, "0", "19", "80", "99"));
        assert!(short[20].contains("left out"));
        assert_eq!(shortened(&lines[..40]), lines[..40]);
    }
}
