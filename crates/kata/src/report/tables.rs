//! What the kernel held, as a table for the reader of a report.

use std::fmt::Write;

use libc::pid_t;

use super::{
    harmless::in_one_line,
    record::{Ending, Held, Report},
};
use crate::kernel::Segment;

/// The segments, one a line, each process told by its role.
pub(super) fn table(report: &Report, held: &Held, segments: &[Segment]) -> String {
    let rows: Vec<_> = segments.iter().map(|segment| row(report, held, segment, segments)).collect();
    aligned(&rows)
}

fn row(report: &Report, held: &Held, segment: &Segment, all: &[Segment]) -> [String; 9] {
    let who = |pid: pid_t| match (pid, report.role_of(pid)) {
        (0, _) => "-".to_owned(),
        (pid, Some(role)) if says_pid(report, pid) || has_namesake(report, pid, role, all) => {
            format!("{pid} {}", cell(role))
        }
        (_, Some(role)) => cell(role),
        (pid, None) => pid.to_string(),
    };
    let mut status = Vec::new();
    if segment.marked_for_removal {
        status.push("dest");
    }
    if segment.locked {
        status.push("locked");
    }
    if segment.id == held.decoy {
        status.push("decoy");
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

/// A name that keeps the table narrow.
fn cell(name: &str) -> String {
    const LENGTH: usize = 40;
    in_one_line(name).chars().take(LENGTH).collect()
}

/// Whether the test failed with words that hold this number: the reader looks for it in the table then.
fn says_pid(report: &Report, pid: pid_t) -> bool {
    let Ending::Failed(panic) = &report.ending else { return false };
    let pid = pid.to_string();
    panic.message.split(|c: char| !c.is_alphanumeric()).any(|word| word == pid)
}

/// Whether another process of this role is in the table, or has printed something.
fn has_namesake(report: &Report, pid: pid_t, role: &str, all: &[Segment]) -> bool {
    let shown = all.iter().flat_map(|row| [row.cpid, row.lpid]);
    let heard = report.printed.lines.iter().map(|line| line.pid);
    shown.chain(heard).any(|other| other != pid && report.role_of(other) == Some(role))
}

/// Columns as wide as their widest cell; numbers to the right would be nicer, and harder to scan beside names.
fn aligned(rows: &[[String; 9]]) -> String {
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
    use crate::report::{How, Line, Panic, When};

    const BODY: pid_t = 4_000_001;
    const SANDBOX: pid_t = 4_000_009;
    const WRITER: pid_t = 4_000_002;
    const STRANGER: pid_t = 4_000_003;

    /// The table of a report on a test that failed with `message`, while `speaker` printed a line; each segment has a
    /// creator and a last.
    fn rows(message: &str, speaker: Option<pid_t>, segments: &[(pid_t, pid_t)]) -> Vec<String> {
        let row = |(index, (creator, last)): (usize, &(pid_t, pid_t))| {
            format!("{} {} 600 1024 {creator} {last} 0 1000 1000 1000 1000 0 0 0 4096 0\n", 0x929 + index, 30 + index)
        };
        let head = "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap\n".to_owned();
        let segments = head + &segments.iter().enumerate().map(row).collect::<String>();
        let held = Held { when: When::Then, segments, maps: String::new(), decoy: 30 };
        let panic = Panic { place: None, message: message.to_owned(), held };
        let mut report = Report::new("t", "p", 1, Ending::Failed(panic));
        let people = [
            (BODY, "test"),
            (SANDBOX, "sandbox"),
            (WRITER, "writer"),
            (WRITER + 19, "writer"),
            (STRANGER, "stranger"),
            (STRANGER + 19, "stranger"),
        ];
        report.people = people.map(|(pid, role)| (pid, role.to_owned())).to_vec();
        let line = |pid| Line { speaker: "writer".into(), pid, how: How::Printed, text: "Hello".into() };
        report.printed.lines = speaker.map(line).into_iter().collect();
        let report = report.to_string();
        let table = report.lines().skip_while(|line| !line.starts_with("The kernel's table")).skip(1);
        table.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn a_process_is_told_by_its_role_and_the_table_is_narrow() {
        let table = rows("no word of 40000021", None, &[(SANDBOX, 77), (WRITER, STRANGER), (BODY, 0)]);
        let expected = [
            "  key         id  owner  perms  bytes  nattch  creator  last      status",
            "  0x00000929  30  1000   600    1024   0       sandbox  77        decoy",
            "  0x0000092a  31  1000   600    1024   0       writer   stranger",
            "  0x0000092b  32  1000   600    1024   0       test     -",
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn a_pid_stands_where_the_role_alone_would_not_tell() {
        let last = |message: &str, speaker, segments: &[_]| rows(message, speaker, segments)[1][56..].to_owned();
        assert_eq!(last("", None, &[(BODY, WRITER)]), "writer  decoy");
        assert_eq!(last("found: 4000002,", None, &[(BODY, WRITER)]), "4000002 writer  decoy");
        assert_eq!(last("", None, &[(BODY, STRANGER), (BODY, STRANGER + 19)]), "4000003 stranger  decoy");
        assert_eq!(last("", Some(WRITER), &[(BODY, WRITER)]), "writer  decoy");
        assert_eq!(last("", Some(WRITER + 19), &[(BODY, WRITER)]), "4000002 writer  decoy");
    }
}
