//! What a person reads when a test did not pass.

use std::{
    borrow::Cow,
    fmt::{self, Display, Formatter, Write},
    process::ExitStatus,
    time::Duration,
};

use libc::{c_int, pid_t};

use super::{
    body::{SPEAKER, SPEAKER_END},
    channel::Panic,
    spawn::{self, signal_name},
};
use crate::{
    kernel::{self, Mapping, Segment},
    process::Process,
};

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
                writeln!(f, ": {}", cause_of(*signal, *fault))?;
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

    fn held(&self, f: &mut Formatter<'_>, segments: &str, maps: &str, when: &str, peers: &Peers) -> fmt::Result {
        write!(f, "\nWhat the kernel held {when}")?;
        let rows = match kernel::parse_segments(segments) {
            Ok(rows) => rows,
            Err(error) => return writeln!(f, ": {error}"),
        };
        // A decoy that nobody has touched says nothing.
        if rows.iter().all(|row| row.id == self.decoy && row.lpid == 0) {
            return writeln!(f, ": no segment but a decoy of the sandbox");
        }
        writeln!(f, " (as `ipcs -m` shows it):")?;
        f.write_str(&table(&rows.iter().map(|row| self.row(row, peers)).collect::<Vec<_>>()))?;
        let mapped = maps.lines().filter_map(|line| kernel::parse_mapping("maps", line).transpose());
        for mapping in mapped.flatten() {
            let Mapping { start, end, permissions, id, .. } = mapping;
            writeln!(f, "  attached in the test: segment {id} at {start:#x}-{end:#x} {permissions}")?;
        }
        Ok(())
    }

    fn row(&self, segment: &Segment, peers: &Peers) -> [String; 9] {
        let who = |pid: pid_t| match (pid, self.role_of(pid, peers)) {
            (0, _) => "-".to_owned(),
            (pid, Some(role)) => format!("{pid} {role}"),
            (pid, None) => pid.to_string(),
        };
        let mut status = Vec::new();
        if segment.marked_for_removal {
            status.push("dest");
        }
        if segment.locked {
            status.push("locked");
        }
        if segment.id == self.decoy {
            status.push("(a decoy)");
        }
        [
            format!("{:#010x}", segment.key),
            segment.id.to_string(),
            segment.uid.to_string(),
            format!("{:03o}", segment.mode),
            segment.size.to_string(),
            segment.nattch.to_string(),
            who(segment.cpid),
            who(segment.lpid),
            status.join(" "),
        ]
    }

    fn role_of(&self, pid: pid_t, peers: &Peers) -> Option<String> {
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

/// A bad address, and why the kernel refused it (`SEGV_MAPERR`, `SEGV_ACCERR`; sigaction(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: c_int,
    pub(super) address: u64,
}

/// What a signal usually comes from in this kata.
fn cause_of(signal: c_int, fault: Option<Fault>) -> &'static str {
    const NEAR: u64 = 1 << 16;
    const TOP: u64 = u64::MAX - NEAR;
    /// `<asm-generic/siginfo.h>`; libc does not name it.
    const SEGV_ACCERR: c_int = 2;
    match (signal, fault) {
        (libc::SIGSEGV, Some(Fault { address: TOP.., .. })) => {
            "that is (void *) -1, with which shmat reports an error: compare with it before you use the address"
        }
        (libc::SIGSEGV, Some(Fault { address: ..NEAR, .. })) => {
            "that is a null pointer, a few bytes behind one, or a small number (an id?) taken for an address"
        }
        (libc::SIGSEGV, Some(Fault { code: SEGV_ACCERR, .. })) => {
            "it is mapped, but not for this access: a store through an attachment for reading alone?"
        }
        (libc::SIGSEGV, Some(_)) => "nothing is mapped there: detached already, or behind the segment's last page?",
        (libc::SIGSEGV, None) => {
            "the kernel names no address: it was none at all (bytes taken for a pointer?), or the signal was sent"
        }
        (libc::SIGBUS, _) => "the address is mapped and has nothing behind it: a file shorter than its mapping",
        (libc::SIGABRT, _) => {
            "an abort: a panic while another one unwinds (in a Drop?), a stack that overflowed (it says so below), or memory that was freed twice"
        }
        (libc::SIGKILL, _) => "killed from outside; when memory runs out, the kernel does that",
        (libc::SIGXFSZ, _) => "it wrote more than 64 MiB: a loop that prints without an end?",
        (libc::SIGSYS, _) => "a system call that this machine's sandbox forbids",
        (libc::SIGILL, _) => "an instruction that does not exist: unreachable_unchecked, or a jump into data",
        (libc::SIGPIPE, _) => "it wrote to a pipe that nobody reads any more",
        _ => "nothing in this kata sends it; a kill from outside?",
    }
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

/// Columns as wide as their widest cell; numbers to the right would be nicer, and harder to scan beside names.
fn table(rows: &[[String; 9]]) -> String {
    let head = ["key", "id", "owner", "perms", "bytes", "nattch", "creator", "last", "status"].map(str::to_owned);
    let width = |column: usize| rows.iter().chain([&head]).map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for row in [&head].into_iter().chain(rows) {
        let mut line = String::from(" ");
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, " {cell:width$} ");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
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

    #[test]
    fn a_bad_address_tells_what_it_is() {
        let cause = |code, address| cause_of(libc::SIGSEGV, Some(Fault { code, address }));
        assert!(cause(1, u64::MAX).contains("(void *) -1"));
        assert!(cause(1, 8).contains("null"));
        assert!(cause(1, 0x7f00_0000_0000).contains("nothing is mapped"));
        assert!(cause(2, 0x7f00_0000_0000).contains("reading alone"));
        assert!(cause_of(libc::SIGSEGV, None).contains("no address"));
    }
}
