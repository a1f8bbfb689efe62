//! A session: commands, and what they printed. Run again, it prints the same, or something has changed.
//!
//! It runs in a shell with IPC and process namespaces of its own, so that ids and process ids count from a known
//! number. What the kernel draws all the same, addresses, is replaced in the order of its appearance.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use crate::site::{cannot, write};

/// Where sessions run.
pub struct Stage {
    source: PathBuf,
    /// A copy of the kata whose lessons are as a learner gets them.
    pub kata: PathBuf,
    /// Where that copy is built.
    pub target: PathBuf,
    /// Where the solutions' programs are.
    programs: PathBuf,
    script: PathBuf,
    log: PathBuf,
    /// Whether sessions have every user, and not just the one who runs them.
    pub root: bool,
}

impl Stage {
    pub fn new(source: &Path, folder: &Path) -> Self {
        let root = fs::read_to_string("/proc/self/status")
            .is_ok_and(|status| status.lines().any(|line| line.split_whitespace().take(2).eq(["Uid:", "0"])));
        Self {
            source: source.to_owned(),
            kata: folder.join("kata"),
            target: folder.join("target"),
            programs: folder.join("solutions/debug"),
            script: folder.join("session.sh"),
            log: folder.join("session.log"),
            root,
        }
    }

    /// Makes the copy what it was before the first session. What did not change keeps its time, by which cargo goes.
    pub fn reset(&self) -> Result<(), String> {
        mirror(&self.source, &self.kata, Path::new("")).map_err(|error| cannot("copy to", &self.kata, &error))
    }

    /// Writes the starters into the copy.
    pub fn put_starters(&self) -> Result<(), String> {
        // `kata dev sync` would have cargo read the copy, where lessons have no code yet.
        let staff = self.target.join("debug/staff");
        let output = Command::new(&staff).arg("--root").arg(&self.kata).arg("sync").output();
        let output = output.map_err(|error| cannot("run", &staff, &error))?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }
}

/// What a copy does without, and what in it is written by others.
fn is_left_out(path: &Path) -> bool {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let last = parts.last().map_or("", |last| last.as_ref());
    let hidden = last.starts_with('.') && last != ".cargo";
    let learners = parts.len() == 3 && parts[0] == "lessons" && parts[2] == "src";
    hidden || learners || last.starts_with("mutants.out") || matches!(last, "target" | "node_modules" | "progress.txt")
}

/// Makes `to` hold what `from` holds, except for what a copy does without. `path` is where, from the top.
fn mirror(from: &Path, to: &Path, path: &Path) -> std::io::Result<()> {
    let (source, copy) = (from.join(path), to.join(path));
    fs::create_dir_all(&copy)?;
    for entry in fs::read_dir(&copy)?.flatten() {
        let inner = path.join(entry.file_name());
        let starters = is_left_out(&inner) && inner.ends_with("src");
        let is_dir = entry.file_type()?.is_dir();
        if !starters && (is_left_out(&inner) || !from.join(&inner).exists()) {
            if is_dir { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
    }
    for entry in fs::read_dir(&source)?.flatten() {
        let inner = path.join(entry.file_name());
        if is_left_out(&inner) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            mirror(from, to, &inner)?;
        } else if fs::read(entry.path())? != fs::read(to.join(&inner)).unwrap_or_default() || !to.join(&inner).exists()
        {
            fs::copy(entry.path(), to.join(&inner))?;
        }
    }
    Ok(())
}

/// How long a session may take: some compile lessons.
const PATIENCE: Duration = Duration::from_secs(300);

/// No program prints this by itself.
const MARK: &str = "\u{1e}";

/// The session as it reads when it is run now.
pub fn run(stage: &Stage, session: &str) -> Result<String, String> {
    stage.reset()?;
    stage.put_starters()?;
    let parts = parts(session);
    let commands = parts.iter().filter(|part| part.is_command).map(|part| part.text.as_str());
    let mut script = format!("exec 2>&1 </dev/null\nexport PATH='{}':$PATH\n", stage.programs.display());
    for command in commands {
        script += &format!("{}\nprintf '{MARK}\\n'\n", command.trim_start_matches("$ "));
    }
    write(&stage.script, &script)?;
    let printed = perform(stage)?;
    let mark = format!("{MARK}\n");
    let mut outputs = printed.split(&mark);

    let mut now = String::new();
    let mut known = Addresses::default();
    for part in &parts {
        now += &part.text;
        now += "\n";
        if !part.is_command {
            now += &"\n".repeat(part.empty_behind);
        } else {
            let output = outputs.next().ok_or("the shell ended before its last command")?;
            let output = stable(output, &mut known);
            now += &output;
            // Some programs end with an empty line, and some authors leave one before the next command.
            let ended = output.lines().rev().take_while(|line| line.is_empty()).count();
            now += &"\n".repeat(part.empty_behind.saturating_sub(ended));
        }
    }
    Ok(now.trim_end_matches('\n').to_owned() + "\n")
}

/// A command, with its further lines, or an anchor, and the empty lines before the next of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    is_command: bool,
    empty_behind: usize,
}

/// What of a session stays when it is run again.
fn parts(session: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut goes_on = false;
    for line in session.lines() {
        let is_command = line.starts_with("$ ");
        if goes_on || is_command || line.starts_with("# ANCHOR") {
            match parts.last_mut().filter(|_| goes_on) {
                Some(part) => part.text += &format!("\n{line}"),
                None => parts.push(Part { text: line.to_owned(), is_command, empty_behind: 0 }),
            }
            goes_on = (goes_on || is_command) && line.ends_with('\\');
        } else if let Some(part) = parts.last_mut() {
            part.empty_behind = if line.is_empty() { part.empty_behind + 1 } else { 0 };
        }
    }
    parts
}

/// Runs the script in namespaces of its own, and returns what it printed.
fn perform(stage: &Stage) -> Result<String, String> {
    let log = File::create(&stage.log).map_err(|error| cannot("write", &stage.log, &error))?;
    let unshare = if stage.root { "-ipf" } else { "-Uripf" };
    // Further process ids follow on this one.
    let first = "echo 4100 > /proc/sys/kernel/ns_last_pid && sh \"$0\"; exit 0";
    let mut child = Command::new("unshare")
        .args([unshare, "--mount-proc", "--kill-child", "sh", "-c", first])
        .arg(&stage.script)
        .current_dir(&stage.kata)
        .env("CARGO_TARGET_DIR", &stage.target)
        .envs([("LC_ALL", "C"), ("TZ", "UTC"), ("TERM", "dumb"), ("NO_COLOR", "1"), ("KATA_SEED", "2345")])
        .env_remove("CARGO_MANIFEST_DIR")
        .stdout(log.try_clone().map_err(|error| error.to_string())?)
        .stderr(log)
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| format!("unshare (util-linux): {error}"))?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        if start.elapsed() > PATIENCE {
            _ = child.kill();
            _ = child.wait();
            return Err(format!("it did not end within {} s", PATIENCE.as_secs()));
        }
        thread::sleep(Duration::from_millis(5));
    };
    let printed = fs::read(&stage.log).map_err(|error| cannot("read", &stage.log, &error))?;
    let printed = String::from_utf8_lossy(&printed).into_owned();
    if status.success() { Ok(printed) } else { Err(format!("it could not run ({status}): {}", printed.trim_end())) }
}

/// Addresses that were seen, and what is shown for them.
#[derive(Default)]
struct Addresses(Vec<(u64, u64)>);

impl Addresses {
    /// What is shown for an address: its place in the order of appearance, or what is shown for its page, plus
    /// where in that it is.
    fn shown(&mut self, address: u64) -> u64 {
        let known = |wanted: u64| self.0.iter().find(|(known, _)| *known == wanted).map(|(_, shown)| *shown);
        let in_page = address & 0xfff;
        known(address).or_else(|| known(address - in_page).map(|page| page + in_page)).unwrap_or_else(|| {
            // A program and its heap lie low, what is mapped and the stack lie high.
            let base = if address >> 44 == 5 { 0x555a_0000_0000 } else { 0x7f5a_0000_0000 };
            let next = base + 0x1_0000 * self.0.len() as u64;
            self.0.push((address, next));
            next
        })
    }
}

/// An output as it is on every run.
fn stable(output: &str, known: &mut Addresses) -> String {
    let home = env::var("HOME").unwrap_or_default();
    let output = if home.len() > 1 { output.replace(&home, "~") } else { output.to_owned() };
    let mut stable = String::new();
    let lines = output.lines().map(|line| line.trim_end().to_owned() + "\n");
    let output = lines.collect::<String>();
    let mut start_of_range: Option<(u64, u64)> = None;
    let mut rest = output.as_str();
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len()).max(first.len_utf8());
        let (word, after) = rest.split_at(end);
        rest = after;
        let digits = word.strip_prefix("0x").unwrap_or(word);
        let is_address = digits.len() == 12 && digits.starts_with(['5', '7']);
        match u64::from_str_radix(digits, 16).ok().filter(|_| is_address) {
            Some(address) => {
                let shown = match start_of_range.filter(|_| stable.ends_with('-')) {
                    Some((from, shown)) => shown + (address - from),
                    None => known.shown(address),
                };
                start_of_range = Some((address, shown));
                stable += &word[..word.len() - digits.len()];
                stable += &format!("{shown:x}");
            }
            None => {
                stable += word;
                if stable.ends_with(&format!("/.{word}")) && word.len() == 9 && word.starts_with("tmp") {
                    stable.truncate(stable.len() - 6);
                    stable += "XXXXXX";
                }
            }
        }
    }
    stable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_anchors_and_the_empty_lines_between_stay() {
        let session = "# ANCHOR: a\n$ one \\\n  two\nold output\n# ANCHOR_END: a\n\n$ three\n";
        let texts: Vec<_> = parts(session).into_iter().map(|part| (part.text, part.empty_behind)).collect();
        let expected = [("# ANCHOR: a", 0), ("$ one \\\n  two", 0), ("# ANCHOR_END: a", 1), ("$ three", 0)];
        assert_eq!(texts, expected.map(|(text, empty)| (text.to_owned(), empty)));
    }

    #[test]
    fn addresses_read_the_same_on_every_run() {
        let mut known = Addresses::default();
        let maps = "7f76b4292000-7f76b4293000 rw-s 00000000 00:01 0\n0x7f76b4292010, 0x7ffe040fb000, 0x929\n";
        let expected = "7f5a00000000-7f5a00001000 rw-s 00000000 00:01 0\n0x7f5a00000010, 0x7f5a00010000, 0x929\n";
        assert_eq!(stable(maps, &mut known), expected);
        assert_eq!(stable("on the stack: 0x7ffd12345678", &mut known), "on the stack: 0x7f5a00020000\n");
    }

    #[test]
    fn temporary_names_read_the_same_on_every_run() {
        assert_eq!(stable("/tmp/.tmpAb12Cd/station", &mut Addresses::default()), "/tmp/.tmpXXXXXX/station\n");
    }
}
