//! What a person reads of a report.

use std::{
    fmt::{self, Display, Formatter},
    process::ExitStatus,
};

use super::{
    ending::{Ending, Panic},
    harmless::{harmless, in_one_line},
    held::{Held, When},
    place::Place,
    printed::Printed,
    record::Report,
    tables::table,
};
use crate::process::{ending, signal_name};

impl Display for Report {
    /// The head, what happened, and the evidence; for a test that did not fail, one line. Ends with a line end.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.head())?;
        for line in self.story() {
            writeln!(f, "{line}")?;
        }
        f.write_str(&self.evidence())?;
        self.again().map_or(Ok(()), |again| write!(f, "\nAgain with the same numbers: {again}\n"))
    }
}

impl Report {
    /// The first line: how the test ended, and its name.
    pub fn head(&self) -> String {
        let test = in_one_line(&self.test);
        match &self.ending {
            Ending::Passed => format!("passed: {test}"),
            Ending::Skipped(reason) => format!("kata: skipped {test}: {}", in_one_line(reason)),
            Ending::NotRun(reason) => format!("kata: not run: {test}: {}", in_one_line(reason)),
            ending => format!("{}: {test}", ending.kind().map_or("failed", |kind| kind.words())),
        }
    }

    /// What happened, line by line: where, what was expected and found, where to look.
    pub fn story(&self) -> Vec<String> {
        let lines = match &self.ending {
            Ending::Passed | Ending::Skipped(_) | Ending::NotRun(_) => Vec::new(),
            Ending::Failed(panic) => panicked(panic),
            Ending::Crashed { signal, address, cause, panics } => {
                let at = address.map(|address| format!(" at address {address:#x}")).unwrap_or_default();
                let mut lines = vec![format!("{} ({signal}){at}: {cause}", signal_name(*signal))];
                for panic in panics {
                    lines.push("before that it panicked:".to_owned());
                    lines.append(&mut panicked(panic));
                }
                lines
            }
            Ending::OutOfTime { after } => {
                let after = after.as_secs_f64();
                vec![format!("it had not ended after {after} s, and was killed with all it had started")]
            }
            Ending::EndedEarly(status) => ended_early(*status),
            Ending::LeftRunning => vec![
                "every check passed, but what the code started still ran when it was done; it has been killed".into(),
                "look: is every child waited for?".into(),
            ],
            Ending::Garbled(why) => vec![
                format!("the test's process wrote to a descriptor of the sandbox: {why}"),
                "look: does the code write to descriptors that it did not open?".into(),
            ],
            Ending::Unsupervised(why) => {
                format!("the sandbox cannot run it: {why}").lines().map(str::to_owned).collect()
            }
        };
        lines.iter().map(|line| in_one_line(line)).collect()
    }

    /// What the story says without the places: what was asked, expected and found, and where to look.
    pub fn message(&self) -> Vec<String> {
        let is_place = |line: &String| line.strip_prefix("at ").is_some_and(|place| place.parse::<Place>().is_ok());
        self.story().into_iter().filter(|line| !is_place(line)).collect()
    }

    /// The command that runs a test that failed again with the same numbers.
    pub fn again(&self) -> Option<String> {
        let supervised = self.kind().is_some() && !matches!(self.ending, Ending::Unsupervised(_));
        let (seed, package, test) = (self.seed, &self.package, &self.test);
        supervised.then(|| in_one_line(&format!("KATA_SEED={seed:#x} cargo test -p {package} {test}")))
    }

    /// What the kernel held, who ran, and who printed what; each part after an empty line.
    pub fn evidence(&self) -> String {
        let mut text = String::new();
        match &self.ending {
            Ending::Passed | Ending::Skipped(_) | Ending::NotRun(_) | Ending::Unsupervised(_) => return text,
            Ending::OutOfTime { .. } => text += &self.waiting("Who was waiting for what:"),
            Ending::LeftRunning => text += &self.waiting("What was still running:"),
            _ => {}
        }
        let held = if let Ending::Failed(panic) = &self.ending { Some(&panic.held) } else { self.held.as_ref() };
        if let Some(held) = held {
            text += &self.held_at(held);
        }
        harmless(&(text + &printed(&self.printed)))
    }

    fn waiting(&self, title: &str) -> String {
        let mut text = format!("\n{title}\n");
        for process in &self.alive {
            let (name, pid, threads) = (&process.name, process.pid, process.threads.join("; another thread "));
            text += &format!("  {}\n", in_one_line(&format!("[{name} {pid}] {threads}")));
        }
        text
    }

    fn held_at(&self, held: &Held) -> String {
        let when = match held.when {
            When::Then => "at that moment",
            When::AfterDeath => "after its death",
            When::AfterEnd => "after its end",
        };
        let head = format!("\nWhat the kernel held {when}");
        let rows = match held.segments() {
            Ok(rows) => rows,
            Err(error) => return format!("{head}: {error}\n"),
        };
        // A decoy that nobody has touched says nothing.
        if rows.iter().all(|row| row.id == held.decoy && row.lpid == 0) {
            return format!("{head}: no segment but a decoy of the sandbox\n");
        }
        let mut text = format!("{head} (from /proc/sysvipc/shm):\n{}", table(self, held, &rows));
        for mapping in held.mappings() {
            let (start, end, id, permissions) = (mapping.start, mapping.end, mapping.id, mapping.permissions);
            text += &format!("  attached in the test: segment {id} at {start:#x}-{end:#x} {permissions}\n");
        }
        text
    }
}

fn panicked(panic: &Panic) -> Vec<String> {
    let place = panic.place.iter().map(|place| format!("at {place}"));
    place.chain(panic.message.lines().map(str::to_owned)).collect()
}

fn ended_early(status: ExitStatus) -> Vec<String> {
    vec![
        format!("its process ended ({}) in the middle of the test", ending(status)),
        "look: does the code call std::process::exit, or a C function that does?".into(),
    ]
}

fn printed(printed: &Printed) -> String {
    if printed.lines.is_empty() {
        return String::new();
    }
    let mut text = "\nWho printed what:\n".to_owned();
    for (index, line) in printed.lines.iter().enumerate() {
        if printed.left_out > 0 && index == Printed::END {
            text += "  ... (lines left out) ...\n";
        }
        let line = format!("[{} {}] {}{}", line.speaker, line.pid, line.how.mark(), line.text);
        text += &format!("  {}\n", in_one_line(&line));
    }
    text
}
