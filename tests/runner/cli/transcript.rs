//! Transcripts: what the commands print in one state of a kata, one command after the other, in a Markdown file that
//! reads like a terminal. `? 2` below a command is its exit code where that is not 0, and `[stderr]` marks the lines of
//! standard error.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use snapbox::{Assert, Data, IntoData};

/// The files below `transcripts/`, each with its title.
const STATES: [(&str, &str); 10] = [
    ("any", "What is the same in every state"),
    ("broken", "Lesson 1 does not compile"),
    ("changed", "Both lessons passed, and lesson 1 has changed since"),
    ("doctor", "What `kata doctor` says of the lessons where the kernel refuses namespaces"),
    ("done", "Both lessons pass"),
    ("failing", "Lesson 1 passes, lesson 2 fails"),
    ("help", "Help"),
    ("new", "Nothing is begun"),
    ("refused", "Both lessons are solved, and the kernel refuses namespaces"),
    ("xray", "The x-ray of a table without a segment"),
];

/// A transcript as a test makes it, to be compared with its file.
pub struct Transcript {
    state: &'static str,
    title: &'static str,
    sections: Vec<Section>,
}

/// A command with what it printed.
#[derive(Debug, PartialEq, Eq)]
struct Section {
    /// `$ kata check 2`.
    command: String,
    printed: String,
}

impl Transcript {
    /// Without a section yet. `state` is the file's name without its ending.
    pub fn new(state: &str) -> Self {
        let known = STATES.into_iter().find(|(name, _)| *name == state);
        let (state, title) = known.unwrap_or_else(|| panic!("STATES has no title for {state}"));
        Self { state, title, sections: Vec::new() }
    }

    /// Adds what `kata ARGUMENTS` printed, without the kata's folder and the number of the test's process.
    pub fn add(&mut self, arguments: &[&str], output: &Output, root: &Path) {
        let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            printed += &format!("[stderr] {line}\n");
        }
        let printed = without_processes(&printed.replace(&root.display().to_string(), "[KATA]"));
        self.add_text(arguments, output.status.code().expect("an exit code"), &printed);
    }

    /// Adds what `kata ARGUMENTS` printed, as it is.
    pub fn add_text(&mut self, arguments: &[&str], code: i32, printed: &str) {
        let command = ["$ kata"].iter().chain(arguments).copied().collect::<Vec<_>>().join(" ");
        assert!(self.sections.iter().all(|section| section.command != command), "{command} runs twice");
        let exit = match code {
            0 => String::new(),
            code => format!("? {code}\n"),
        };
        self.sections.push(Section { command, printed: exit + printed });
    }

    /// Fails where the file holds something else, and shows the sections that differ. With `SNAPSHOTS=overwrite` in the
    /// environment it writes the file instead.
    #[track_caller]
    pub fn check(self) {
        let path = folder().join(format!("{}.md", self.state));
        let text = self.text();
        let assert = Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV);
        let file = Data::read_from(&path, None).raw();
        if let Err(all) = assert.try_eq(Some(&self.state), text.clone().into_data(), file) {
            let written = fs::read_to_string(&path).unwrap_or_default();
            let differences = differences(&sections(&written), &self.sections);
            // A file that differs although its sections do not is shown whole.
            let differences = if differences.is_empty() { all.to_string() } else { differences.join("\n") };
            panic!("{}:\n{differences}\nUpdate with SNAPSHOTS=overwrite", path.display());
        }
    }

    fn text(&self) -> String {
        let mut text = format!(
            "# {}\n\n`SNAPSHOTS=overwrite cargo test --test cli states` writes this file. `? 1` is the exit code of the \
             command above it, where that is not 0.\n",
            self.title
        );
        for Section { command, printed } in &self.sections {
            let fence = fence(printed);
            _ = write!(text, "\n{fence}console\n{command}\n{printed}{fence}\n");
        }
        text
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runner/cli/transcripts")
}

/// A line of backticks that no line of `text` begins with.
fn fence(text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.lines().any(|line| line.starts_with(&fence)) {
        fence.push('`');
    }
    fence
}

/// The sections of a transcript; what stands between them is left out.
fn sections(transcript: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut lines = transcript.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_suffix("console").filter(|fence| fence.starts_with("```")) else { continue };
        let command = lines.next().unwrap_or_default().to_owned();
        let printed = lines.by_ref().take_while(|line| *line != fence).map(|line| format!("{line}\n")).collect();
        sections.push(Section { command, printed });
    }
    sections
}

/// What to say of the sections that differ, a text each.
fn differences(expected: &[Section], actual: &[Section]) -> Vec<String> {
    let mut differences = Vec::new();
    for Section { command, printed } in actual {
        match expected.iter().find(|section| section.command == *command) {
            None => differences.push(format!("`{command}` has no section. It printed:\n{printed}")),
            Some(section) => {
                let expected = section.printed.as_str().into_data().raw();
                let compared = Assert::new().try_eq(Some(command), printed.as_str().into_data(), expected);
                differences.extend(compared.err().map(|difference| difference.to_string()));
            }
        }
    }
    let run = |command: &str| actual.iter().any(|section| section.command == command);
    let extra = expected.iter().filter(|section| !run(&section.command));
    differences.extend(extra.map(|section| format!("`{}` has a section, and no test runs it", section.command)));
    differences
}

/// `thread 'name' (1234) panicked`: the number is another one each time.
fn without_processes(text: &str) -> String {
    let line = |line: &str| match line.split_once("' (") {
        Some((before, after)) if line.contains("thread '") => match after.split_once(')') {
            Some((_, after)) => format!("{before}' ([PID]){after}\n"),
            None => format!("{line}\n"),
        },
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn every_transcript_is_of_a_state_that_a_test_makes() {
    let there = fs::read_dir(folder()).expect("the folder of the transcripts");
    let mut there: Vec<_> = there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    assert_eq!(there, STATES.map(|(state, _)| format!("{state}.md")));
}

fn transcript(printed: &[(&str, i32, &str)]) -> Transcript {
    let mut transcript = Transcript::new("any");
    printed.iter().for_each(|(command, code, text)| transcript.add_text(&[command], *code, text));
    transcript
}

#[test]
fn a_transcript_is_read_as_it_was_written() {
    let code = "Code:\n```rust\nfn main() {}\n```\n\n";
    let written = transcript(&[("list", 0, "one\n"), ("hint", 1, code), ("next", 2, "")]);
    assert_eq!(sections(&written.text()), written.sections);
    assert_eq!(written.sections[1].printed, format!("? 1\n{code}"));
}

#[test]
fn a_difference_is_shown_with_its_section_alone() {
    let expected = transcript(&[("list", 0, "one\n"), ("hint", 0, "two\n"), ("gone", 0, "three\n")]).sections;
    let actual = transcript(&[("list", 0, "one\n"), ("hint", 1, "two\n"), ("next", 0, "four\n")]).sections;
    assert_eq!(differences(&expected, &expected), [] as [String; 0]);
    let differences = differences(&expected, &actual);
    let [hint, next, gone] = differences.as_slice() else { panic!("{differences:#?}") };
    assert!(hint.contains("$ kata hint") && hint.contains("? 1") && !hint.contains("one"), "{hint}");
    assert_eq!(next, "`$ kata next` has no section. It printed:\nfour\n");
    assert_eq!(gone, "`$ kata gone` has a section, and no test runs it");
}
