//! What a person reads of a report.

use std::fmt::{self, Display, Formatter};

use super::{
    harmless::{harmless, in_one_line},
    printed::Printed,
    record::{Ending, Held, Panic, Report, When},
    tables::table,
};
use crate::process::ending;

/// Before the command of [`Report::again`].
pub const AGAIN: &str = "Run this test again with the same random values:";

impl Display for Report {
    /// The head, what happened, and the evidence; for a test that did not fail, one line. Ends with a line end.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.head())?;
        for line in self.story() {
            writeln!(f, "{line}")?;
        }
        f.write_str(&self.evidence())?;
        self.again().map_or(Ok(()), |again| write!(f, "\n{AGAIN} {again}\n"))
    }
}

impl Report {
    /// The first line: how the test ended, and its name; that of a failure as a sentence.
    pub fn head(&self) -> String {
        let test = in_one_line(&self.test);
        match &self.ending {
            Ending::Passed => format!("passed: {test}"),
            Ending::Skipped(reason) => format!("kata: skipped {test}: {}", in_one_line(reason)),
            Ending::NotRun(reason) => format!("kata: not run: {test}: {}", in_one_line(reason)),
            ending => format!("{}: {}", ending.kind().map_or("failed", |kind| kind.words()), sentence(&test)),
        }
    }

    /// What happened, line by line: what was asked, expected and found, where to look, and the place in the source.
    pub fn story(&self) -> Vec<String> {
        self.told(true)
    }

    /// What the story says without the places: what was asked, expected and found, and where to look.
    pub fn message(&self) -> Vec<String> {
        self.told(false)
    }

    fn told(&self, places: bool) -> Vec<String> {
        let panicked = |panic: &Panic| {
            let place = panic.place.iter().filter(|_| places).map(|place| field("at:", place));
            panic.message.lines().map(str::to_owned).chain(place).collect::<Vec<_>>()
        };
        let lines = match &self.ending {
            Ending::Passed | Ending::Skipped(_) | Ending::NotRun(_) => Vec::new(),
            Ending::Failed(panic) => panicked(panic),
            Ending::Crashed { what, line, panics } => {
                let mut lines = vec![field("expected:", "the test comes to its end"), field("found:", what)];
                lines.extend(line.iter().filter(|_| places).map(|line| field("at:", line)));
                for panic in panics {
                    lines.push("before that it panicked:".to_owned());
                    lines.append(&mut panicked(panic));
                }
                lines
            }
            Ending::TimedOut { after } => {
                let found = format!("still running after {} s; killed, with its child processes", after.as_secs_f64());
                vec![field("expected:", "the test comes to its end"), field("found:", found)]
            }
            Ending::EndedEarly(status) => {
                let found = format!("its process ended in the middle of it, with {}", ending(*status));
                let look = "does the code call std::process::exit, or a C function that does?";
                vec![field("expected:", "the test comes to its end"), field("found:", found), field("look:", look)]
            }
            Ending::LeftRunning => vec![
                field("expected:", "nothing that the code started runs on after the test"),
                field("found:", "every check passed, and a process still ran at the end; it has been killed"),
                field("look:", "is every child waited for?"),
            ],
            Ending::Garbled(why) => vec![
                field("expected:", "the code writes to its own descriptors"),
                field("found:", format!("it wrote to a descriptor of the sandbox: {why}")),
                field("look:", "does it write to descriptors that it did not open?"),
            ],
            Ending::Unsupervised(why) => {
                format!("the sandbox cannot run it: {why}").lines().map(str::to_owned).collect()
            }
        };
        lines.iter().flat_map(|line| wrapped(&in_one_line(line))).collect()
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
            Ending::TimedOut { .. } => text += &self.waiting("What each process was doing:"),
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
        let head = format!("\nThe kernel's table of segments {when}");
        let rows = match held.segments() {
            Ok(rows) => rows,
            Err(error) => return format!("{head}: {error}\n"),
        };
        // A decoy that no process has attached says nothing, and neither does any table of a test that has no key.
        if rows.iter().all(|row| row.id == held.decoy && row.lpid == 0) {
            return if self.has_a_key { format!("{head}: no segment of the test's\n") } else { String::new() };
        }
        let mut text = format!("{head} (/proc/sysvipc/shm):\n{}", table(self, held, &rows));
        for mapping in held.mappings() {
            let (start, end, id, permissions) = (mapping.start, mapping.end, mapping.id, mapping.permissions);
            text += &format!("  attached in the test: segment {id} at {start:#x}-{end:#x} {permissions}\n");
        }
        text
    }
}

/// A line of a story: the word, and then what it says.
fn field(word: &str, says: impl Display) -> String {
    format!("  {word:9} {says}")
}

/// The words with which a field of prose begins. A place stays in one line.
const FIELDS: [&str; 3] = ["  expected: ", "  found:    ", "  look:     "];

/// How long a line of a story may be: with two cells before it, it fits a terminal of 80.
const WIDTH: usize = 78;

/// A field whose text is too long in several lines, the further ones below the text. What is quoted stays whole.
fn wrapped(line: &str) -> Vec<String> {
    let is_field = FIELDS.iter().any(|field| line.starts_with(field));
    if !is_field || line.chars().count() <= WIDTH || line[FIELDS[0].len()..].starts_with('"') {
        return vec![line.to_owned()];
    }
    let (start, text) = line.split_at(FIELDS[0].len());
    let mut lines = Vec::new();
    let mut current = start.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && current.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut current, " ".repeat(FIELDS[0].len())));
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
        }
        current += word;
        is_empty = false;
    }
    lines.push(current);
    lines
}

/// A test's name as a sentence: `a size is kept (case 1: one byte)` for `sizes::a_size_is_kept::case_1_one_byte`.
pub fn sentence(test: &str) -> String {
    let (path, case) = test.split_once("::case_").map_or((test, None), |(path, case)| (path, Some(case)));
    let name = path.rsplit("::").next().unwrap_or(path).replace('_', " ");
    match case.map(|case| case.split_once('_').unwrap_or((case, ""))) {
        None => name,
        Some((number, "")) => format!("{name} (case {number})"),
        Some((number, case)) => format!("{name} (case {number}: {})", case.replace('_', " ")),
    }
}

fn printed(printed: &Printed) -> String {
    if printed.lines.is_empty() {
        return String::new();
    }
    let mut text = "\nWhat each process printed:\n".to_owned();
    for (index, line) in printed.lines.iter().enumerate() {
        if printed.left_out > 0 && index == Printed::END {
            text += "  ... (lines left out) ...\n";
        }
        let line = format!("[{} {}] {}{}", line.speaker, line.pid, line.how.mark(), line.text);
        text += &format!("  {}\n", in_one_line(&line));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_a_sentence() {
        for (test, said) in [
            ("a_missing_file_is_an_error", "a missing file is an error"),
            ("sizes::it_is_kept::case_12_one_byte", "it is kept (case 12: one byte)"),
            ("it_is_kept::case_1", "it is kept (case 1)"),
        ] {
            assert_eq!(sentence(test), said);
        }
    }

    #[test]
    fn a_long_field_goes_on_below_its_text() {
        let text = "word ".repeat(30);
        let lines = wrapped(&format!("  look:     {}", text.trim_end()));
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
        assert!(lines[1..].iter().all(|line| line.starts_with("            word")), "{lines:?}");
        let rejoined: Vec<_> = lines.iter().map(|line| line.trim_start()).collect();
        assert_eq!(rejoined.join(" "), format!("look:     {}", text.trim_end()));
        for whole in [text.as_str(), "  found:    short", &format!("  found:    \"{text}\"")] {
            assert_eq!(wrapped(whole), [whole]);
        }
    }
}
