//! What the kernel held, as a table for the reader of a report.

use std::fmt::{self, Formatter, Write};

use libc::pid_t;

use super::{
    body::{SPEAKER, SPEAKER_END},
    report::{Ending, Findings, Peers},
};
use crate::kernel::{self, Mapping, Segment};

impl Findings<'_> {
    /// The segments and, from `maps`, what the test had attached of them.
    pub(super) fn held(
        &self,
        f: &mut Formatter<'_>,
        segments: &str,
        maps: &str,
        when: &str,
        peers: &Peers,
    ) -> fmt::Result {
        write!(f, "\nWhat the kernel held {when}")?;
        let rows = match kernel::parse_segments(segments) {
            Ok(rows) => rows,
            Err(error) => return writeln!(f, ": {error}"),
        };
        // A decoy that nobody has touched says nothing.
        if rows.iter().all(|row| row.id == self.decoy && row.lpid == 0) {
            return writeln!(f, ": no segment but a decoy of the sandbox");
        }
        writeln!(f, " (from /proc/sysvipc/shm):")?;
        f.write_str(&table(&rows.iter().map(|row| self.row(row, &rows, peers)).collect::<Vec<_>>()))?;
        let mapped = maps.lines().filter_map(|line| kernel::parse_mapping("maps", line).transpose());
        for mapping in mapped.flatten() {
            let Mapping { start, end, permissions, id, .. } = mapping;
            writeln!(f, "  attached in the test: segment {id} at {start:#x}-{end:#x} {permissions}")?;
        }
        Ok(())
    }

    fn row(&self, segment: &Segment, all: &[Segment], peers: &Peers) -> [String; 9] {
        let who = |pid: pid_t| match (pid, self.role_of(pid, peers)) {
            (0, _) => "-".to_owned(),
            (pid, Some(role)) if self.says_pid(pid) || self.has_namesake(pid, &role, all, peers) => {
                format!("{pid} {role}")
            }
            (_, Some(role)) => role,
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

    /// Whether the test failed with words that hold this number: the reader looks for it in the table then.
    fn says_pid(&self, pid: pid_t) -> bool {
        let Ending::Failed { panic, .. } = &self.ending else { return false };
        let pid = pid.to_string();
        panic.message.split(|c: char| !c.is_alphanumeric()).any(|word| word == pid)
    }

    /// Whether another process of this role stands in the table, or among those who printed something.
    fn has_namesake(&self, pid: pid_t, role: &str, all: &[Segment], peers: &Peers) -> bool {
        let output = String::from_utf8_lossy(&self.output);
        let shown = all.iter().flat_map(|row| [row.cpid, row.lpid]);
        let printed = |other: pid_t| output.contains(&format!("{SPEAKER}{role} {other}{SPEAKER_END}"));
        let heard = peers.iter().map(|(other, _)| *other).filter(|other| printed(*other));
        shown.chain(heard).any(|other| other != pid && self.role_of(other, peers).as_deref() == Some(role))
    }
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
    use std::time::Duration;

    use super::*;
    use crate::sandbox::{
        channel::Panic,
        report::{FAILED, Held},
    };

    const BODY: pid_t = 4_000_001;
    const WRITER: pid_t = 4_000_002;
    const STRANGER: pid_t = 4_000_003;

    /// The table of a report on a test that failed with `message`; each segment has a creator and a last.
    fn rows(message: &str, output: &str, segments: &[(pid_t, pid_t)]) -> Vec<String> {
        let row = |(index, (creator, last)): (usize, &(pid_t, pid_t))| {
            format!("{} {} 600 1024 {creator} {last} 0 1000 1000 1000 1000 0 0 0 4096 0\n", 0x929 + index, 30 + index)
        };
        let head = "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap\n".to_owned();
        let segments = head + &segments.iter().enumerate().map(row).collect::<String>();
        let peers = [(WRITER, "writer"), (WRITER + 9, "writer"), (STRANGER, "stranger"), (STRANGER + 9, "stranger")];
        let peers = peers.map(|(pid, name)| (pid, name.to_owned())).to_vec();
        let panic = Panic { at: String::new(), message: message.to_owned(), segments, maps: String::new() };
        let findings = Findings {
            test: "t",
            package: "p",
            seed: 1,
            deadline: Duration::from_secs(1),
            body: BODY,
            decoy: 30,
            ending: Ending::Failed { panic, peers },
            alive: Vec::new(),
            held: Held { segments: String::new(), maps: String::new() },
            output: output.as_bytes().to_vec(),
        };
        let report = findings.to_string();
        assert!(report.starts_with(FAILED), "{report}");
        let table = report.lines().skip_while(|line| !line.starts_with("What the kernel held")).skip(1);
        table.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn a_process_is_told_by_its_role_and_the_table_is_narrow() {
        let own = std::process::id().cast_signed();
        let table = rows("no word of 40000021", "", &[(own, 77), (WRITER, STRANGER), (BODY, 0)]);
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
        let last = |message: &str, output: &str, segments: &[_]| rows(message, output, segments)[1][56..].to_owned();
        assert_eq!(last("", "", &[(BODY, WRITER)]), "writer  decoy");
        assert_eq!(last("found: 4000002,", "", &[(BODY, WRITER)]), "4000002 writer  decoy");
        assert_eq!(last("", "", &[(BODY, STRANGER), (BODY, STRANGER + 9)]), "4000003 stranger  decoy");
        let printed = |pid| format!("{SPEAKER}writer {pid}{SPEAKER_END}Hello\n");
        assert_eq!(last("", &printed(WRITER), &[(BODY, WRITER)]), "writer  decoy");
        assert_eq!(last("", &printed(WRITER + 9), &[(BODY, WRITER)]), "4000002 writer  decoy");
    }
}
