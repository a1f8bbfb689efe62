//! A frame for a person.

use kata::kernel::Segment;

use super::dump::{dump, spoken};
use super::frame::{Attachment, Bytes, Frame, Seen};
use super::wanted::Wanted;
use crate::show::paint::Paint;

/// The frame as text; without a segment it says that there is none.
pub fn draw(frame: &Frame, wanted: Wanted, paint: Paint) -> String {
    if frame.segments.is_empty() {
        return none(wanted);
    }
    let segments: Vec<_> = frame.segments.iter().map(|seen| segment(seen, paint)).collect();
    segments.join("\n")
}

/// That there is no segment of those wanted.
pub fn none(wanted: Wanted) -> String {
    match (wanted.key, wanted.id) {
        (None, None) => "There is no System V segment here; the lesson tests have tables of their own.\n".to_owned(),
        (Some(key), None) => format!("No segment has the key {key:#x} ({key}).\n"),
        (None, Some(id)) => format!("No segment has the id {id}.\n"),
        (Some(key), Some(id)) => format!("No segment has both the key {key:#x} ({key}) and the id {id}.\n"),
    }
}

fn segment(seen: &Seen, paint: Paint) -> String {
    let Segment { key, id, size, mode, nattch, uid, cuid, .. } = seen.segment;
    let key = if key == 0 { "none (IPC_PRIVATE)".to_owned() } else { format!("{key:#010x} ({key})") };
    let words = paint == Paint::Words;
    let gap = if words { ", " } else { "  " };
    let head = paint.bold(&format!("segment {id}"));
    let mut text = format!("{head}{gap}key {key}{gap}{size} bytes{gap}mode {mode:03o}\n");
    let mut line = |name: &str, what: &str| {
        text += &if words {
            format!("  {name}: {what}\n")
        } else {
            format!("  {}{what}\n", paint.dim(&format!("{name:10}")))
        };
    };
    line("owner", &format!("{} (uid {uid})", seen.owner));
    line("creator", &format!("{} (uid {cuid}), {}", seen.creator, creating_process(seen)));
    if seen.segment.marked_for_removal {
        line("status", &paint.yellow(marked_for_removal(&seen.segment)));
    }
    if seen.segment.locked {
        line("status", "locked in memory");
    }
    line("nattch", &nattch.to_string());
    for (index, row) in attached(seen, words).iter().enumerate() {
        line(if index == 0 || words { "mapped" } else { "" }, row);
    }
    match &seen.bytes {
        Bytes::Withheld(reason) => line("bytes", &format!("not shown: {reason}")),
        Bytes::Read(bytes) => {
            let shown = bytes.len();
            let extent = if shown == size {
                String::new()
            } else {
                format!("the first {shown} of {size}: --bytes {size} shows all")
            };
            if words && shown > 0 {
                line("bytes", &spoken(bytes));
            } else if shown > 0 {
                for (index, row) in dump(bytes).iter().enumerate() {
                    line(if index == 0 { "bytes" } else { "" }, row);
                }
            }
            if !extent.is_empty() {
                line(if shown == 0 || words { "bytes" } else { "" }, &extent);
            }
        }
    }
    text
}

/// The process that made it, as far as it is known.
pub fn creating_process(seen: &Seen) -> String {
    match (&seen.creator_process, seen.segment.cpid) {
        (_, 0) => "a process that is not visible here".to_owned(),
        (Some(name), pid) => format!("process {pid} {}", visible(name)),
        (None, pid) if seen.creator_ended => format!("process {pid}, which has ended"),
        (None, pid) => format!("process {pid}"),
    }
}

/// What `dest` means for this segment.
pub fn marked_for_removal(segment: &Segment) -> &'static str {
    if segment.nattch == 0 {
        "dest, marked for removal"
    } else {
        "dest, marked for removal: it goes with its last detach"
    }
}

/// A program may call itself anything, and the terminal shall not obey it.
pub fn visible(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A row an attachment, and one for those that were not found.
fn attached(seen: &Seen, words: bool) -> Vec<String> {
    let who = |attachment: &Attachment| format!("{} {}", attachment.pid, visible(&attachment.process));
    let width = seen.attachments.iter().map(|attachment| who(attachment).len()).max().unwrap_or(0);
    let (width, gap) = if words { (0, ", ") } else { (width, "  ") };
    let row = |attachment: &Attachment| {
        let mapping = &attachment.mapping;
        let (start, end) = (mapping.start, mapping.end);
        format!("{:width$}{gap}{start:#x}-{end:#x}{gap}{}", who(attachment), mapping.permissions)
    };
    let mut rows: Vec<_> = seen.attachments.iter().map(row).collect();
    rows.extend(not_found(seen));
    rows
}

/// That the kernel counts more attachments than were found.
pub fn not_found(seen: &Seen) -> Option<String> {
    let more = if seen.attachments.is_empty() { "" } else { " more" };
    match seen.unseen() {
        0 => None,
        1 => Some(format!("once{more}, by a process that may not be looked into from here")),
        count => Some(format!("{count}{more} times, by processes that may not be looked into from here")),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use kata::kernel::{Mapping, Permissions};

    pub fn seen(nattch: u64) -> Seen {
        let segment = Segment {
            key: -1,
            id: 3,
            mode: 0o600,
            marked_for_removal: false,
            locked: true,
            size: 2,
            cpid: 0,
            lpid: 0,
            nattch,
            uid: 7,
            gid: 7,
            cuid: 8,
            cgid: 8,
            atime: 0,
            dtime: 0,
            ctime: 0,
            memory: None,
        };
        let permissions = Permissions { read: true, write: false, execute: false, shared: true };
        let mapping = Mapping { start: 0x7000_0000, end: 0x7000_1000, permissions, id: 3, key: -1 };
        Seen {
            segment,
            owner: "ada".to_owned(),
            creator: "8".to_owned(),
            creator_process: None,
            creator_ended: false,
            attachments: vec![Attachment { pid: 12, process: "re\u{1b}der".to_owned(), mapping }],
            bytes: Bytes::Read(vec![b'h', b'i']),
        }
    }

    #[test]
    fn what_is_not_known_is_said() {
        let frame = Frame { segments: vec![seen(3)] };
        let expected = "\
segment 3  key 0xffffffff (-1)  2 bytes  mode 600
  owner     ada (uid 7)
  creator   8 (uid 8), a process that is not visible here
  status    locked in memory
  nattch    3
  mapped    12 re?der  0x70000000-0x70001000  r--s
            2 more times, by processes that may not be looked into from here
  bytes     00000000  68 69                                             |hi|
            00000002
";
        assert_eq!(draw(&frame, Wanted::default(), Paint::Plain), expected);
        let expected = "\
segment 3, key 0xffffffff (-1), 2 bytes, mode 600
  owner: ada (uid 7)
  creator: 8 (uid 8), a process that is not visible here
  status: locked in memory
  nattch: 3
  mapped: 12 re?der, 0x70000000-0x70001000, r--s
  mapped: 2 more times, by processes that may not be looked into from here
  bytes: \"hi\"
";
        assert_eq!(draw(&frame, Wanted::default(), Paint::Words), expected);
    }

    #[test]
    fn attachments_of_others_alone_are_counted() {
        let nobody = Seen { attachments: Vec::new(), ..seen(1) };
        assert_eq!(attached(&nobody, false), ["once, by a process that may not be looked into from here"]);
        assert_eq!(attached(&Seen { attachments: Vec::new(), ..seen(0) }, false), [""; 0]);
    }
}
