//! A frame for a person.

use kata::kernel::{Permissions, Segment};

use super::dump::{dump, spoken};
use super::frame::{Attachment, Bytes, Frame, Seen};
use super::wanted::Wanted;
use crate::text::style::Stylize;
use crate::text::{Line, Span};

/// The frame as text; without a segment it says that there is none.
pub fn draw(frame: &Frame, wanted: Wanted) -> Vec<Line> {
    if frame.segments.is_empty() {
        return none(wanted).into_iter().map(Line::raw).collect();
    }
    let segments: Vec<_> = frame.segments.iter().map(segment).collect();
    segments.join(&Line::default())
}

/// That there is no segment of those wanted, and which command makes one.
pub fn none(wanted: Wanted) -> Vec<String> {
    let said = match (wanted.key, wanted.id) {
        (None, None) => "There is no System V segment here. Lesson tests use their own tables.".to_owned(),
        (Some(key), None) => format!("No segment has the key {key:#x} ({key})."),
        (None, Some(id)) => format!("No segment has the id {id}."),
        (Some(key), Some(id)) => format!("No segment has both the key {key:#x} ({key}) and the id {id}."),
    };
    let commands = match (wanted.key, wanted.id) {
        (None, None) => Some(("ipcmk -M 1024".to_owned(), "ipcrm -m ID".to_owned())),
        // As a key, 0 asks for a segment without one, and the kernel alone chooses an id.
        (Some(key), None) if key != 0 => {
            Some((format!("perl -e 'shmget({key}, 1024, 01600) // die $!'"), format!("ipcrm -M {key:#x}")))
        }
        _ => None,
    };
    let commands = commands.map(|(make, remove)| [format!("To make one: {make}"), format!("To remove it: {remove}")]);
    [said].into_iter().chain(commands.into_iter().flatten()).collect()
}

fn segment(seen: &Seen) -> Vec<Line> {
    let Segment { key, id, size, mode, nattch, uid, cuid, marked_for_removal: marked, .. } = seen.segment;
    let key = match key {
        0 if marked => "no key".to_owned(),
        0 => "key none (IPC_PRIVATE)".to_owned(),
        key => format!("key {key:#010x} ({key})"),
    };
    let facts = [key, format!("{size} bytes"), format!("mode {mode:03o}")];
    let facts = facts.into_iter().flat_map(|fact| [gap(), fact.into()]);
    let mut text: Vec<Line> = vec![[format!("segment {id}").bold()].into_iter().chain(facts).collect()];
    let mut line = |name, what: Span| text.push(row(name, name, vec![what]));
    line("owner", format!("{} (uid {uid})", seen.owner).into());
    line("creator", format!("{} (uid {cuid}), {}", seen.creator, creating_process(seen)).into());
    if marked {
        line("status", marked_for_removal(&seen.segment).yellow());
    }
    if seen.segment.locked {
        line("status", "locked in memory".into());
    }
    line("nattch", nattch.to_string().into());
    // In words each line says what it is about.
    let first = |index, name| if index == 0 { name } else { "" };
    let attached = attached(seen).into_iter().enumerate();
    text.extend(attached.map(|(index, what)| row(first(index, "mapped"), "mapped", what)));
    match &seen.bytes {
        Bytes::Withheld(reason) => text.push(row("bytes", "bytes", vec![format!("not shown: {reason}").into()])),
        Bytes::Read(bytes) => {
            let shown = bytes.len();
            if shown > 0 {
                let words = format!("  bytes: {}", spoken(bytes));
                let rows = dump(bytes).into_iter().enumerate();
                text.extend(rows.map(|(index, what)| {
                    let words = if index == 0 { words.clone() } else { String::new() };
                    row(first(index, "bytes"), "bytes", vec![what.into()]).spoken(words)
                }));
            }
            if shown != size {
                let extent = format!("the first {shown} of {size}: --bytes {size} shows all");
                text.push(row(first(shown, "bytes"), "bytes", vec![extent.into()]));
            }
        }
    }
    text
}

/// `  owner     ada`, or `  owner: ada` in words.
fn row(name: &str, words: &str, what: Vec<Span>) -> Line {
    let head = ["  ".into(), format!("{name:10}").dim().spoken(format!("{words}: "))];
    head.into_iter().chain(what).collect()
}

fn gap() -> Span {
    Span::raw("  ").spoken(", ")
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
        "dest: marked for removal (key was taken away)"
    } else {
        "dest: marked for removal (key was taken away); the last detach removes it"
    }
}

/// What a process may do at an address: `read-write`, and more briefly `rw`.
pub fn access(permissions: Permissions) -> (&'static str, &'static str) {
    match (permissions.read, permissions.write, permissions.execute) {
        (true, true, false) => ("read-write", "rw"),
        (true, false, false) => ("read-only", "ro"),
        (true, true, true) => ("read-write-execute", "rwx"),
        (true, false, true) => ("read-execute", "rx"),
        // What shmat never gives, and mprotect may have left.
        (false, true, _) => ("write-only", "wo"),
        (false, false, _) => ("no access", "--"),
    }
}

/// A program may have any name, and the terminal must not interpret it.
pub fn visible(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A row an attachment, and one for those that were not found.
fn attached(seen: &Seen) -> Vec<Vec<Span>> {
    let who = |attachment: &Attachment| format!("{} {}", attachment.pid, visible(&attachment.process));
    let width = seen.attachments.iter().map(|attachment| who(attachment).len()).max().unwrap_or(0);
    let row = |attachment: &Attachment| {
        let (who, mapping) = (who(attachment), &attachment.mapping);
        let range = format!("{:#x}-{:#x}", mapping.start, mapping.end);
        let padded = Span::raw(format!("{who:width$}")).spoken(who);
        vec![padded, gap(), range.into(), gap(), access(mapping.permissions).0.into()]
    };
    let mut rows: Vec<_> = seen.attachments.iter().map(row).collect();
    rows.extend(not_found(seen).map(|more| vec![more.into()]));
    rows
}

/// That the kernel counts more attachments than were found.
pub fn not_found(seen: &Seen) -> Option<String> {
    let more = if seen.attachments.is_empty() { "" } else { " more" };
    match seen.unseen() {
        0 => None,
        1 => Some(format!("once{more}, by a process that you may not look into")),
        count => Some(format!("{count}{more} times, by processes that you may not look into")),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::show::paint::Paint;
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
  mapped    12 re?der  0x70000000-0x70001000  read-only
            2 more times, by processes that you may not look into
  bytes     00000000  68 69                                             |hi|
";
        assert_eq!(Paint::Plain.text(&draw(&frame, Wanted::default())), expected);
        let expected = "\
segment 3, key 0xffffffff (-1), 2 bytes, mode 600
  owner: ada (uid 7)
  creator: 8 (uid 8), a process that is not visible here
  status: locked in memory
  nattch: 3
  mapped: 12 re?der, 0x70000000-0x70001000, read-only
  mapped: 2 more times, by processes that you may not look into
  bytes: \"hi\"
";
        assert_eq!(Paint::Words.text(&draw(&frame, Wanted::default())), expected);
    }

    #[test]
    fn attachments_of_others_alone_are_counted() {
        let nobody = Seen { attachments: Vec::new(), ..seen(1) };
        let said = "once, by a process that you may not look into";
        assert_eq!(attached(&nobody), [[Span::raw(said)]]);
        assert!(attached(&Seen { attachments: Vec::new(), ..seen(0) }).is_empty());
    }
}
