//! A mistake's failure, apart from what the kernel and the clock choose: process ids, segment ids, addresses, inodes.
//!
//! Numbers that the sandbox draws repeat, since the seed is fixed. Line numbers go too, so that an edit in a test does
//! not touch the reports of other mistakes.

use kata::report::{How, Report};

/// What is written down of a report: all but how to run the test again, and the lines of a program in one order of many.
/// What it is fed and what it says come by three pipes, in no order between them; what it says on standard error goes
/// behind what it printed.
pub fn told(report: &Report) -> String {
    let rank = |how| match how {
        How::Started => 0,
        How::Fed => 1,
        How::Printed | How::Remark => 2,
        How::Complained => 3,
        How::Ended => 4,
    };
    let mut report = report.clone();
    for run in report.printed.lines.chunk_by_mut(|one, next| one.pid == next.pid) {
        run.sort_by_key(|line| rank(line.how));
    }
    let story: String = report.story().iter().map(|line| format!("{line}\n")).collect();
    format!("{}\n{story}{}", report.head(), report.evidence())
}

/// The report as it is the same each time.
pub fn normalized(report: &str) -> String {
    let pids = pids(report);
    let mut seen = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let mut table: Vec<Vec<String>> = Vec::new();
    for line in report.lines() {
        let line = words(line, &pids, &mut seen);
        if is_head(&line) || !table.is_empty() && is_row(&line) {
            table.push(cells(&line));
            continue;
        }
        lines.append(&mut aligned(std::mem::take(&mut table)));
        lines.push(line.trim_end().to_owned());
    }
    lines.append(&mut aligned(table));
    lines.join("\n").trim_matches('\n').to_owned() + "\n"
}

fn is_head(line: &str) -> bool {
    line.trim_start().starts_with("key ") && line.contains("nattch")
}

fn is_row(line: &str) -> bool {
    line.trim_start().starts_with("0x") || line.trim_start().starts_with("KEY-")
}

/// A row's cells, with those that the kernel chooses replaced: id, owner, and the pids of creator and last.
fn cells(line: &str) -> Vec<String> {
    let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    let is_head = is_head(line);
    let stable = |(index, cell): (usize, &str)| match index {
        1 if !is_head => "ID".to_owned(),
        2 if !is_head => "OWNER".to_owned(),
        6 | 7 if cell.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("PID {}", cell.split_once(' ').map_or("", |(_, name)| name)).trim_end().to_owned()
        }
        _ => cell.to_owned(),
    };
    cells.enumerate().map(stable).collect()
}

fn aligned(table: Vec<Vec<String>>) -> Vec<String> {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| table.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("    {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    };
    table.iter().map(line).collect()
}

/// The processes that the report names: in tags, `[writer 4121]`, and in the table, `4121 writer`.
fn pids(report: &str) -> Vec<&str> {
    let tags = report.lines().filter_map(|line| line.trim_start().strip_prefix('[')?.split_once(']'));
    let tags = tags.filter_map(|(tag, _)| tag.rsplit_once(' ')).map(|(_, pid)| pid);
    let rows = report.lines().filter(|line| is_row(line)).flat_map(|row| row.split("  ").map(str::trim));
    let rows = rows.filter_map(|cell| cell.split_once(' ')).map(|(pid, _)| pid);
    tags.chain(rows).filter(|pid| is_number(pid)).collect()
}

/// Words before a number that say what it is, and what it is called then.
const NAMED: [(&[&str], &str); 6] = [
    (&["pid", "cpid", "lpid", "process", "stranger", "child"], "PID"),
    (&["id", "shmid", "segment", "ShmId"], "ID"),
    (&["atime", "dtime", "ctime"], "TIME"),
    (&["inode"], "INODE"),
    (&["device"], "DEVICE"),
    (&["project"], "PROJECT"),
];

/// Replaces what varies within a line; `seen` holds the keys that have a letter already.
fn words(line: &str, pids: &[&str], seen: &mut Vec<u32>) -> String {
    // Where a process speaks, or two values are compared, a process's number stands without a word before it.
    let bare = ["[", "left:", "right:", "found:", "expected:"].iter().any(|start| line.trim_start().starts_with(start));
    let mut text = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end.max(if is_word(first) { 1 } else { first.len_utf8() }));
        rest = after;
        let number = is_number(word) || word.starts_with("0x");
        let name = NAMED.iter().find(|(names, _)| number && names.contains(&last_name(&text)));
        if let Some(position) = word.strip_suffix(".rs").and_then(|_| after_position(after)) {
            text += word;
            rest = position;
        } else if let Some((_, name)) = name {
            text += name;
        } else if bare && pids.contains(&word) {
            text += "PID";
        } else if let Some(name) = chosen(word, text.ends_with('-'), seen) {
            let sign = name.starts_with("KEY") && text.ends_with('-') && is_number(word);
            text.truncate(text.len() - usize::from(sign));
            text += &name;
        } else {
            text += word;
        }
    }
    text
}

/// The name of a number too large to be anything but a key, an address, or a part of a temporary path.
fn chosen(word: &str, negative: bool, seen: &mut Vec<u32>) -> Option<String> {
    if word.starts_with(".tmp") || (word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Some("TEMPORARY".to_owned());
    }
    let value = match word.strip_prefix("0x") {
        Some(digits) if digits.len() > 4 => u64::from_str_radix(digits, 16).ok()?,
        None if is_number(word) && word.len() > 7 => word.parse().ok()?,
        _ => return None,
    };
    // A key reads the same in both notations, and a letter of its own tells it from others.
    let Ok(key) = u32::try_from(value) else { return Some("ADDRESS".to_owned()) };
    let key = if negative && is_number(word) { key.wrapping_neg() } else { key };
    let known = seen.iter().position(|other| *other == key).unwrap_or_else(|| {
        seen.push(key);
        seen.len() - 1
    });
    Some(format!("KEY-{}", char::from(b'A' + known.min(25) as u8)))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

/// The word before a number, which only spaces, `:`, `=` or `(` part from it.
fn last_name(text: &str) -> &str {
    let text = text.trim_end_matches([' ', ':', '=', '(']);
    text.rsplit(|c: char| !is_word(c)).next().unwrap_or_default()
}

/// What follows `:LINE:COLUMN`.
fn after_position(text: &str) -> Option<&str> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let line = text.strip_prefix(':')?;
    let column = line.get(digits(line)..)?.strip_prefix(':');
    Some(column.map_or(&line[digits(line)..], |column| &column[digits(column)..]))
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kata::report::{Ending, Line};
    use rstest::rstest;

    #[test]
    fn what_the_kernel_chooses_gets_a_name() {
        let report = "\
  failed: t
  at lessons/02_shmget/tests/shmget.rs:41:9
  create(0x1a2b3c4d, 1000) gave ShmId(37), and process 4121 sees segment 37 at 0x7f0011223000

  What the kernel held at that moment (from /proc/sysvipc/shm):
    key         id  owner  perms  bytes  nattch  creator       last  status
    0x1a2b3c4d  37  1000   600    1000   0       4120 test     -
    0xad2d93ab  3   0      640    6151   0       411 sandbox  4121  (a decoy of the sandbox)

  Who printed what:
    [writer 4121] id 37 (0x929)
";
        let expected = "\
  failed: t
  at lessons/02_shmget/tests/shmget.rs
  create(KEY-A, 1000) gave ShmId(ID), and process PID sees segment ID at ADDRESS

  What the kernel held at that moment (from /proc/sysvipc/shm):
    key    id  owner  perms  bytes  nattch  creator      last  status
    KEY-A  ID  OWNER  600    1000   0       PID test     -
    KEY-B  ID  OWNER  640    6151   0       PID sandbox  PID   (a decoy of the sandbox)

  Who printed what:
    [writer PID] id ID (0x929)
";
        assert_eq!(normalized(report), expected);
    }

    #[rstest]
    #[case("at /tmp/.tmpAbC/meeting", "at /tmp/TEMPORARY/meeting")]
    #[case("1000 bytes of 4096", "1000 bytes of 4096")]
    #[case("thread 'main' panicked at src/lib.rs:3:5:", "thread 'main' panicked at src/lib.rs:")]
    #[case("cpid: 4120, nattch: 2", "cpid: PID, nattch: 2")]
    #[case("0xa5fb0001 (-1510277119), not Ok(1224779259)", "KEY-A (KEY-A), not Ok(KEY-B)")]
    #[case("project 0x49 | device 0x00 | inode 0xa5fa", "project PROJECT | device DEVICE | inode INODE")]
    #[case("start: 140411058421760, atime: 1795418337", "start: ADDRESS, atime: TIME")]
    #[case("/tmp/kata-c4db8b2d573b31d7/meeting", "/tmp/kata-TEMPORARY/meeting")]
    fn lines(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(normalized(line), format!("{expected}\n"));
    }

    #[test]
    fn what_a_program_says_and_is_fed_has_one_order() {
        let mut report = Report::new("t", "p", 1, Ending::LeftRunning);
        let line = |(pid, how)| Line { speaker: "writer".into(), pid, how, text: "x".into() };
        let order = [How::Started, How::Complained, How::Printed, How::Fed, How::Ended];
        report.printed.lines = order.map(|how| (7, how)).into_iter().chain([(8, How::Started)]).map(line).collect();
        let told = told(&report);
        let lines: Vec<_> = told.lines().filter_map(|line| line.trim().strip_prefix("[writer ")).collect();
        let expected = ["7] (started) x", "7] (is fed) x", "7] x", "7] (stderr) x", "7] (ended) x", "8] (started) x"];
        assert_eq!(lines, expected);
        assert!(!told.contains("Again"), "{told}");
    }
}
