//! What has happened to the segments, by the differences between one look and the next.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use kata::kernel::{Holder, Segment};
use kata::process::Process;
use libc::{c_int, pid_t};

use crate::xray::frame::{self, Attachment};
use crate::xray::text::{access, visible};

use super::clock;
use super::table::Row;
use super::watched::Change;

/// How many are kept.
const KEPT: usize = 500;
/// How many characters of what was stored are shown.
const QUOTED: usize = 24;

/// Something that happened to a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Instant,
    /// The same as a clock on the wall shows it.
    pub time: String,
    pub id: c_int,
    pub what: String,
    /// How often in succession.
    pub times: usize,
}

/// What has happened, and what was there at the last look.
#[derive(Debug, Default)]
pub struct Events {
    log: VecDeque<Event>,
    /// None before the first look: what is there then did not happen.
    table: Option<Vec<Segment>>,
    attached: HashMap<c_int, Vec<Attachment>>,
    /// Departures that this look has found. Who stores and leaves between two looks has stored before.
    leaving: Vec<(c_int, String)>,
}

/// That a process has come, or has gone.
#[derive(Debug)]
enum Said {
    Came(String),
    Went(String),
}

impl Events {
    /// From the oldest that is kept to the newest.
    pub fn log(&self) -> &VecDeque<Event> {
        &self.log
    }

    /// Notes what differs from the look before. `scan` is who has segments mapped, if that was looked up now.
    pub fn note(&mut self, rows: &[Row], scan: Option<&[Holder]>, now: Instant) {
        let there: Vec<Segment> = rows.iter().filter(|row| row.gone.is_none()).map(|row| row.segment.clone()).collect();
        let before = self.table.replace(there.clone());
        let known: HashMap<c_int, &Segment> = before.iter().flatten().map(|segment| (segment.id, segment)).collect();
        for segment in &there {
            let last = known.get(&segment.id).copied();
            let scanned = match (segment.nattch, scan) {
                // That all processes have gone is known without a scan.
                (0, _) => Some(Vec::new()),
                (_, scan) => scan.map(|holders| frame::attachments(holders, segment.id)),
            };
            let came_and_went = match scanned {
                Some(attached) => {
                    let said = difference(self.attached.get(&segment.id).map_or(&[], Vec::as_slice), &attached);
                    self.attached.insert(segment.id, attached);
                    said
                }
                None => Vec::new(),
            };
            if before.is_none() {
                continue;
            }
            if last.is_none() {
                self.push(segment.id, created(segment), now);
            } else if segment.marked_for_removal && !last.is_some_and(|last| last.marked_for_removal) {
                self.push(segment.id, "marked for removal: its key was taken away".to_owned(), now);
            }
            for said in attachments(segment, last, came_and_went) {
                match said {
                    Said::Came(said) => self.push(segment.id, said, now),
                    Said::Went(said) => self.leaving.push((segment.id, said)),
                }
            }
        }
        for segment in before.iter().flatten().filter(|last| !there.iter().any(|segment| segment.id == last.id)) {
            for attachment in self.attached.remove(&segment.id).unwrap_or_default() {
                self.leaving.push((segment.id, went(&attachment)));
            }
            let how = if segment.marked_for_removal { "removed, after its last detach" } else { "removed" };
            self.leaving.push((segment.id, how.to_owned()));
        }
    }

    /// Ends a look.
    pub fn end(&mut self, now: Instant) {
        for (id, said) in std::mem::take(&mut self.leaving) {
            self.push(id, said, now);
        }
    }

    /// Notes a change of bytes; `bytes` are those of its range.
    pub fn stored(&mut self, id: c_int, change: &Change, bytes: &[u8], now: Instant) {
        let all = change.count == bytes.len();
        let is_text = all && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let text: String = bytes.iter().take(QUOTED).map(|byte| char::from(*byte)).collect();
        let more = if bytes.len() > QUOTED { "…" } else { "" };
        let text = if is_text { format!(": \"{text}\"{more}") } else { String::new() };
        let zeros = if all && bytes.iter().all(|byte| *byte == 0) { "zero " } else { "" };
        let said = match change.count {
            1 => format!("1 {zeros}byte stored at {:#06x}{text}", change.range.start),
            count if all => format!("{count} {zeros}bytes stored from {:#06x}{text}", change.range.start),
            count => {
                format!("{count} bytes stored between {:#06x} and {:#06x}", change.range.start, change.range.end - 1)
            }
        };
        self.push(id, said, now);
    }

    fn push(&mut self, id: c_int, what: String, now: Instant) {
        let (time, last) = (clock::now(), self.log.back_mut());
        if let Some(last) = last.filter(|last| last.id == id && last.what == what) {
            (last.at, last.time, last.times) = (now, time, last.times + 1);
            return;
        }
        self.log.push_back(Event { at: now, time, id, what, times: 1 });
        if self.log.len() > KEPT {
            self.log.pop_front();
        }
    }
}

fn created(segment: &Segment) -> String {
    let key = if segment.key == 0 { "no key".to_owned() } else { format!("key {:#010x}", segment.key) };
    format!("created by {}: {key}, {} bytes", process(segment.cpid), segment.size)
}

/// `4712 writer`, or `process 4712` when it has ended.
fn process(pid: pid_t) -> String {
    match running(pid) {
        _ if pid == 0 => "a process that is not visible here".to_owned(),
        Some(name) => format!("{pid} {}", visible(&name)),
        None => format!("process {pid}"),
    }
}

fn running(pid: pid_t) -> Option<String> {
    Process::of(pid).filter(Process::is_alive).map(|process| process.name)
}

/// Who has come and who has gone.
fn difference(before: &[Attachment], now: &[Attachment]) -> Vec<Said> {
    let is_in = |attachments: &[Attachment], one: &Attachment| {
        attachments.iter().any(|other| (other.pid, other.mapping.start) == (one.pid, one.mapping.start))
    };
    let gone = before.iter().filter(|attachment| !is_in(now, attachment)).map(|one| Said::Went(went(one)));
    let come = now.iter().filter(|attachment| !is_in(before, attachment)).map(|one| Said::Came(came(one)));
    come.chain(gone).collect()
}

fn came(Attachment { pid, process, mapping }: &Attachment) -> String {
    format!("{pid} {} attached at {:#x} {}", visible(process), mapping.start, access(mapping.permissions).1)
}

/// The end of a process detaches what it had attached.
fn went(Attachment { pid, process, mapping }: &Attachment) -> String {
    match running(*pid) {
        Some(_) => format!("{pid} {} detached from {:#x}", visible(process), mapping.start),
        None => format!("{pid} {} exited", visible(process)),
    }
}

/// Who has come and gone, with what that makes of nattch. Of a process that did both since the last look, the kernel
/// knows the number: it is the last one that attached or detached.
fn attachments(segment: &Segment, last: Option<&Segment>, mut came_and_went: Vec<Said>) -> Vec<Said> {
    let (before, lpid) = last.map_or((0, 0), |last| (last.nattch, last.lpid));
    let own = std::process::id().cast_signed();
    if before != segment.nattch {
        let count = format!("nattch {before} -> {}", segment.nattch);
        match &mut came_and_went[..] {
            [Said::Came(said) | Said::Went(said)] => *said = format!("{count}: {said}"),
            _ if segment.nattch < before => came_and_went.push(Said::Went(count)),
            _ => came_and_went.push(Said::Came(count)),
        }
    } else if came_and_went.is_empty() && segment.lpid != lpid && ![0, own].contains(&segment.lpid) {
        came_and_went.push(Said::Came(format!("{} was attached between two looks", process(segment.lpid))));
    }
    came_and_went
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xray::live::table::tests::{row, segment};
    use crate::xray::live::watched::Watched;
    use kata::kernel::{Mapping, Permissions};

    /// The number of no process: more than the kernel gives.
    const ENDED: pid_t = 5_000_000;

    /// A process that has the segment 1 mapped.
    fn holder(pid: pid_t, name: &str, write: bool) -> Holder {
        let permissions = Permissions { read: true, write, execute: false, shared: true };
        let mapping = Mapping { start: 0x7f77_e827_1000, end: 0x7f77_e827_2000, permissions, id: 1, key: 0x92a };
        Holder { pid, name: name.to_owned(), mappings: vec![mapping] }
    }

    /// What one look after the other adds to the log.
    fn looks(looks: &[(Option<Segment>, Option<&[Holder]>)]) -> Vec<Vec<String>> {
        let (mut events, now) = (Events::default(), Instant::now());
        let mut look = |(there, scan): &(Option<Segment>, Option<&[Holder]>)| {
            let before = events.log().len();
            events.note(&there.iter().cloned().map(row).collect::<Vec<_>>(), *scan, now);
            events.end(now);
            events.log().iter().skip(before).map(|event| event.what.clone()).collect()
        };
        looks.iter().map(&mut look).collect()
    }

    #[test]
    fn a_segment_comes_is_attached_marked_and_goes() {
        let own = std::process::id().cast_signed();
        let name = running(own).unwrap();
        let there = |nattch| Segment { nattch, cpid: ENDED, ..segment(1) };
        let marked = Segment { marked_for_removal: true, key: 0, ..there(1) };
        let (writer, this) = (holder(ENDED, "writer", true), holder(own, &name, false));
        let both = [writer.clone(), this];
        let said = looks(&[
            (None, None),
            (Some(there(1)), Some(std::slice::from_ref(&writer))),
            (Some(there(2)), Some(&both)),
            (Some(there(1)), Some(&both[1..])),
            (Some(marked), Some(&both[1..])),
            (None, None),
        ]);
        let expected: [&[String]; 6] = [
            &[],
            &[
                format!("created by process {ENDED}: key 0x0000092a, 1024 bytes"),
                format!("nattch 0 -> 1: {ENDED} writer attached at 0x7f77e8271000 rw"),
            ],
            &[format!("nattch 1 -> 2: {own} {name} attached at 0x7f77e8271000 ro")],
            &[format!("nattch 2 -> 1: {ENDED} writer exited")],
            &["marked for removal: its key was taken away".to_owned()],
            &[format!("{own} {name} detached from 0x7f77e8271000"), "removed, after its last detach".to_owned()],
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn what_is_there_at_the_first_look_did_not_happen() {
        let attached = Segment { nattch: 1, lpid: ENDED, ..segment(1) };
        let said = looks(&[(Some(attached.clone()), Some(&[holder(ENDED, "writer", true)])), (Some(attached), None)]);
        assert_eq!(said, [[] as [String; 0], []]);
    }

    #[test]
    fn a_count_whose_process_is_not_known_is_said_alone_and_who_came_and_went_unseen_has_left_a_number() {
        let lpid = |nattch, lpid| Some(Segment { nattch, lpid, ..segment(1) });
        let own = std::process::id().cast_signed();
        let said = looks(&[
            (lpid(0, 0), None),
            (lpid(2, ENDED), None),
            (lpid(2, own), None),
            (lpid(2, ENDED), None),
            (lpid(2, ENDED), Some(&[holder(ENDED, "writer", true)])),
            (lpid(0, ENDED), None),
        ]);
        let between = format!("process {ENDED} was attached between two looks");
        let attached = format!("{ENDED} writer attached at 0x7f77e8271000 rw");
        let exited = format!("nattch 2 -> 0: {ENDED} writer exited");
        let expected = [vec![], vec!["nattch 0 -> 2".to_owned()], vec![], vec![between], vec![attached], vec![exited]];
        assert_eq!(said, expected);
    }

    #[test]
    fn what_was_stored_is_quoted_and_comes_before_a_departure() {
        let (mut events, mut watched, now) = (Events::default(), Watched::default(), Instant::now());
        watched.update(1, 0, vec![0; 64], now);
        let mut store = |bytes: &[u8]| {
            let mut all = bytes.to_vec();
            all.resize(64, 0);
            watched.update(1, 0, all, now);
            let (change, bytes) = watched.found(now).unwrap();
            events.leaving.push((1, "removed".to_owned()));
            events.stored(1, change, bytes, now);
            events.end(now);
            events.log().iter().rev().nth(1).unwrap().what.clone()
        };
        assert_eq!(store(b"Hello World"), "11 bytes stored from 0x0000: \"Hello World\"");
        assert_eq!(store(b""), "11 zero bytes stored from 0x0000");
        assert_eq!(store(b"\0\x07"), "1 byte stored at 0x0001");
        assert_eq!(store(b"A\x07A"), "2 bytes stored between 0x0000 and 0x0002");
        assert_eq!(store(&[b'x'; 30]), "30 bytes stored from 0x0000: \"xxxxxxxxxxxxxxxxxxxxxxxx\"…");
    }

    #[test]
    fn the_same_again_is_counted_and_no_more_than_so_many_are_kept() {
        let (mut events, now) = (Events::default(), Instant::now());
        for _ in 0..3 {
            events.push(1, "removed".to_owned(), now);
        }
        events.push(2, "removed".to_owned(), now);
        assert_eq!(events.log().iter().map(|event| (event.id, event.times)).collect::<Vec<_>>(), [(1, 3), (2, 1)]);
        for id in 0..2 * KEPT as c_int {
            events.push(id, "removed".to_owned(), now);
        }
        assert_eq!((events.log().len(), events.log().back().unwrap().id), (KEPT, 2 * KEPT as c_int - 1));
    }
}
