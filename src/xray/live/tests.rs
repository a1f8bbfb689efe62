//! The view drawn from what is known, without a kernel or a terminal.

use std::time::Duration;

use crate::terminal::canvas::{Buffer, Rect};
use crate::text::style::{Color, Modifier};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use kata::kernel::{Holder, Mapping, Permissions, Segment};

use super::state::{Live, Then};
use super::{draw, people};
use crate::xray::frame::{self, Bytes};
use crate::xray::live::table::tests::segment;
use crate::xray::live::watched::Change;
use crate::xray::wanted::Wanted;

const SECOND: Duration = Duration::from_secs(1);

/// A process that has the segment 1 mapped.
fn holder(pid: i32, name: &str, start: usize, write: bool) -> Holder {
    let permissions = Permissions { read: true, write, execute: false, shared: true };
    let mapping = Mapping { start, end: start + 4096, permissions, id: 1, key: 0x92a };
    Holder { pid, name: name.to_owned(), mappings: vec![mapping] }
}

/// A view that has looked at these segments, of which the first is selected and holds these bytes.
fn live(segments: &[Segment], bytes: Bytes, holders: Vec<Holder>) -> Live {
    let mut live = Live::new(Wanted::default());
    live.since = "12:00:00".to_owned();
    live.users.0 = vec![(1000, "ada".to_owned()), (0, "root".to_owned())];
    live.table.update(live.wanted, segments.to_vec(), live.now);
    live.holders = people::tests::holders(holders, live.table.rows(), live.now);
    live.seen = segments.first().map(|segment| {
        let name = |_| "ada".to_owned();
        frame::Seen {
            creator_process: None,
            creator_ended: true,
            ..frame::seen(segment.clone(), live.holders.found(), name, bytes.clone())
        }
    });
    if let (Some(segment), Bytes::Read(bytes)) = (segments.first(), bytes) {
        live.watched.update(segment.id, 0, bytes, live.now);
    }
    live
}

/// What a look would leave to be drawn.
fn drawn(live: &mut Live, width: u16, height: u16) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    live.picture = draw::picture(live, area);
    let mut buffer = Buffer::empty(area);
    live.draw(area, &mut buffer);
    buffer
}

fn text(buffer: &Buffer) -> String {
    let rows = buffer.content().chunks(usize::from(buffer.area.width));
    let rows = rows.map(|row| row.iter().map(|cell| cell.symbol).collect::<String>().trim_end().to_owned());
    rows.collect::<Vec<_>>().join("\n")
}

fn hello() -> Bytes {
    let mut bytes = b"Hello World".to_vec();
    bytes.resize(256, 0);
    Bytes::Read(bytes)
}

fn two() -> Vec<Segment> {
    let attached = Segment { nattch: 3, ..segment(1) };
    let marked = Segment { key: 0, marked_for_removal: true, nattch: 1, size: 1 << 20, cuid: 0, ..segment(2) };
    vec![attached, marked]
}

fn writer_and_reader() -> Vec<Holder> {
    vec![holder(4712, "writer", 0x7f77_e827_1000, true), holder(4713, "re\x1b[2Jader", 0x7fab_7468_c000, false)]
}

#[test]
fn a_screen_says_who_has_it_where_and_what_is_in_it() {
    let mut live = live(&two(), hello(), writer_and_reader());
    let expected = "\
x-ray  2 segments                                                           live
  key         id     size  mode  owner  creator  nattch  status
▸ 0x0000092a   1     1024  600   ada    ada           3
  taken away   2  1048576  600   ada    root          1  dest
── segment 1 ───────────────────────────────────────────────────────────────────
creator  ada (uid 1000), process 4711, which has ended
mapped   4712 writer      0x7f77e8271000-0x7f77e8272000  read-write
         4713 re?[2Jader  0x7fab7468c000-0x7fab7468d000  read-only
         once more, by a process that you may not look into
         the same bytes, at 2 different addresses
bytes    no change seen                                    0x0000-0x00ff of 1024
00000000  48 65 6c 6c 6f 20 57 6f  72 6c 64 00 00 00 00 00  |Hello World.....|
00000010  … 240 zero bytes
── events since 12:00:00 ───────────────────────────────────────────────────────
↑↓ segment  PgUp PgDn bytes  space freeze  ? keys  q leave";
    let rows: Vec<String> = text(&drawn(&mut live, 80, 24)).lines().map(str::to_owned).collect();
    assert_eq!([&rows[..14], &rows[23..]].concat().join("\n"), expected);
    assert!(rows[14..23].iter().all(String::is_empty), "{rows:#?}");
}

#[test]
fn a_narrow_window_has_the_same_in_fewer_columns() {
    let mut live = live(&two(), hello(), writer_and_reader());
    let expected = "\
x-ray  2 segments                   live
  key        id    size nattch status
▸ 0x0000092a  1    1024      3
  taken away  2 1048576      1 dest
── segment 1 ───────────────────────────
creator ada (uid 1000), process 4711,
which has ended
mapped 4712 writer 0x7f77e8271000 rw
and 1 more: xray --once shows all
bytes no change seen
0000 48 65 6c 6c 6f 20 57 6f |Hello Wo|
space freeze  ? keys  q leave";
    assert_eq!(text(&drawn(&mut live, 40, 12)), expected);
}

#[test]
fn the_smallest_windows_show_the_segment_and_its_bytes() {
    let mut live = live(&two(), hello(), Vec::new());
    assert_eq!(text(&drawn(&mut live, 10, 3)), "▸  1\nbytes no c\n0000 48 |H");
    assert_eq!(text(&drawn(&mut live, 1, 1)), "▸");
}

#[test]
fn no_window_is_too_small_and_none_too_large() {
    let withheld = || Bytes::Withheld("mode 600 does not let ada read it (EACCES)".to_owned());
    let mut gone = live(&two(), hello(), Vec::new());
    gone.table.update(gone.wanted, Vec::new(), gone.now);
    let mut views = [
        live(&two(), hello(), writer_and_reader()),
        live(&two(), withheld(), Vec::new()),
        live(&[], hello(), Vec::new()),
        gone,
        Live { help: true, ..live(&two(), hello(), Vec::new()) },
        Live { trouble: Some("/proc/sysvipc/shm: gone".to_owned()), ..live(&[], hello(), Vec::new()) },
    ];
    for live in &mut views {
        for width in (0..14).chain([20, 39, 40, 59, 60, 80, 120]) {
            for height in (0..13).chain([24, 40]) {
                drawn(live, width, height);
            }
        }
        // A window that has become smaller or larger since the look.
        for size in [3, 200] {
            let area = Rect::new(0, 0, size, size);
            live.draw(area, &mut Buffer::empty(area));
        }
    }
}

#[test]
fn a_wide_window_has_the_events_beside_the_segment_and_says_who_has_each() {
    let mut live = live(&two(), hello(), writer_and_reader());
    let (table, now) = (live.table.rows().to_vec(), live.now);
    live.events.note(&table, Some(live.holders.found()), now);
    let stored = Change { at: now, count: 11, range: 0..11 };
    live.events.stored(1, &stored, b"Hello World", now);
    let screen = text(&drawn(&mut live, 200, 50));
    let at = |line: usize| screen.lines().nth(line).unwrap_or_default();
    assert!(at(1).contains("nattch  status  mapped by"), "{screen}");
    assert!(at(2).contains("    4712 writer 0x7f77e8271000 rw, 4713 re?[2Jader 0x7fab7468c000 ro"), "{screen}");
    assert!(at(4).starts_with("── segment 1 ──") && at(4).contains("──  ── events since 12:00:00 ──"), "{screen}");
    assert!(at(5).ends_with("  segment 1  11 bytes stored from 0x0000: \"Hello World\""), "{screen}");
    assert!(at(5).starts_with("creator  ada (uid 1000)"), "{screen}");
    // Narrower, the names alone, and as many as fit.
    let screen = text(&drawn(&mut live, 100, 24));
    assert!(screen.lines().nth(2).unwrap().ends_with("4712 writer, 4713 re?[2Jader"), "{screen}");
    let screen = text(&drawn(&mut live, 80, 24));
    assert!(!screen.contains("mapped by"), "{screen}");
    assert!(screen.lines().nth(14).unwrap().ends_with("\"Hello World\""), "{screen}");
}

#[test]
fn an_event_that_does_not_fit_loses_whole_words() {
    let mut live = live(&two(), hello(), writer_and_reader());
    let (table, now) = (live.table.rows().to_vec(), live.now);
    live.events.note(&table, Some(live.holders.found()), now);
    let stored = Change { at: now, count: 11, range: 0..11 };
    live.events.stored(1, &stored, b"Hello World", now);
    let screen = text(&drawn(&mut live, 62, 24));
    assert!(screen.lines().any(|line| line.ends_with("11 bytes stored from 0x0000: \"Hello…")), "{screen}");
}

#[test]
fn the_newest_events_are_shown() {
    let mut live = live(&two(), hello(), Vec::new());
    for byte in 0..40 {
        let stored = Change { at: live.now, count: 1, range: byte..byte + 1 };
        live.events.stored(1, &stored, &[7], live.now);
    }
    let screen = text(&drawn(&mut live, 80, 24));
    let rows: Vec<_> = screen.lines().collect();
    assert!(rows[22].ends_with("segment 1  1 byte stored at 0x0027") && rows[23].starts_with("↑↓"), "{screen}");
}

#[test]
fn scrolling_stops_where_the_end_is_in_sight() {
    let mut live = live(&two(), hello(), Vec::new());
    live.area = Rect::new(0, 0, 80, 24);
    live.seen.as_mut().unwrap().segment.size = 256;
    let press = |live: &mut Live, code| live.key(KeyEvent::new(code, KeyModifiers::NONE));
    press(&mut live, KeyCode::PageDown);
    press(&mut live, KeyCode::End);
    assert_eq!(live.top, 0);
    // Of a larger one a page is what was shown, folded or not.
    live.seen.as_mut().unwrap().segment.size = 1024;
    press(&mut live, KeyCode::PageDown);
    assert_eq!(live.top, 256);
}

#[test]
fn a_change_stands_out_and_is_said_and_fades() {
    let mut live = live(&two(), hello(), Vec::new());
    let mut bytes = b"Hello Wurld".to_vec();
    bytes.resize(256, 0);
    live.now += SECOND;
    live.watched.update(1, 0, bytes, live.now);
    let at = |buffer: &Buffer, text_of_it: &str| {
        let row = text(buffer).lines().position(|row| row.contains(text_of_it)).expect("the row of bytes") as u16;
        // The seventh byte and its letter: `00000000  48 65 …`, `|Hello W`.
        [(10 + 7 * 3, row), (61 + 7, row), (10 + 6 * 3, row)].map(|(x, y)| buffer[(x, y)])
    };
    let fresh = drawn(&mut live, 80, 24);
    assert!(text(&fresh).contains("bytes    changed 0.0 s ago: 1 byte at 0x07  "), "{}", text(&fresh));
    let [hex, letter, other] = at(&fresh, "|Hello Wurld");
    assert_eq!((hex.symbol, letter.symbol, other.symbol), ('7', 'u', '5'));
    let reversed = |cell: &crate::terminal::canvas::Cell| cell.modifier.contains(Modifier::REVERSED);
    assert!(reversed(&hex) && reversed(&letter) && !reversed(&other));

    live.now += SECOND / 2;
    let fading = drawn(&mut live, 80, 24);
    assert!(text(&fading).contains("changed 0.5 s ago: 1 byte at 0x07"));
    let [hex, ..] = at(&fading, "|Hello Wurld");
    assert_eq!((hex.modifier, hex.fg), (Modifier::BOLD, Color::DarkYellow));

    live.now += SECOND;
    let faded = drawn(&mut live, 80, 24);
    assert!(text(&faded).contains("changed 1.5 s ago: 1 byte at 0x07"));
    assert_eq!(at(&faded, "|Hello Wurld").map(|cell| cell.modifier), [Modifier::empty(); 3]);
    let zeros = text(&faded).lines().position(|row| row.contains("… 240 zero bytes")).expect("a run") as u16;
    assert_eq!(faded[(12, zeros)].modifier, Modifier::DIM, "what is empty steps back");
}

#[test]
fn what_may_not_be_read_is_said_with_the_whole_reason() {
    let reason = "mode 600 does not let learner read it (EACCES)";
    let mut live = live(&two(), Bytes::Withheld(reason.to_owned()), Vec::new());
    live.watched.update(1, 0, Vec::new(), live.now);
    assert!(
        text(&drawn(&mut live, 80, 24))
            .contains(&format!("\nbytes    not shown:{}1024 bytes\n         {reason}\n", " ".repeat(51)))
    );
    let narrow = text(&drawn(&mut live, 30, 24));
    assert!(narrow.contains("mode 600 does not let learner\nread it (EACCES)"), "{narrow}");
}

#[test]
fn a_segment_that_is_gone_is_shown_as_gone() {
    let mut live = live(&two(), hello(), writer_and_reader());
    live.table.update(live.wanted, two()[1..].to_vec(), live.now);
    live.now += SECOND;
    let screen = text(&drawn(&mut live, 80, 24));
    for said in [
        "x-ray  1 segment ",
        "▸ 0x0000092a   1     1024  600   ada    ada           3  removed\n",
        "── segment 1 was removed 1.0 s ago ──",
        "bytes    as they were when last seen",
        "|Hello World.....|",
    ] {
        assert!(screen.contains(said), "{said}\n{screen}");
    }
    assert!(!screen.contains("mapped"), "{screen}");
}

#[test]
fn an_attachment_that_nobody_has_looked_for_yet_is_not_said_to_be_hidden() {
    let mut live = live(&two(), hello(), writer_and_reader());
    let more = Segment { nattch: 4, ..two()[0].clone() };
    live.table.update(live.wanted, vec![more, two()[1].clone()], live.now);
    let screen = text(&drawn(&mut live, 80, 24));
    assert!(screen.contains("         nattch has just changed: its processes are being looked up\n"), "{screen}");
    assert!(!screen.contains("may not look into"), "{screen}");
}

#[test]
fn without_a_segment_it_says_so_and_waits() {
    let mut live = Live::new(Wanted { key: Some(0x929), id: None });
    let screen = text(&drawn(&mut live, 80, 8));
    let said = "
         No segment has the key 0x929 (2345).
         To make one: perl -e 'shmget(2345, 1024, 01600) // die $!'
         To remove it: ipcrm -M 0x929
         As soon as there is one, it is shown here.
";
    assert!(screen.starts_with("x-ray  0 segments with the key 0x929  ") && screen.contains(said), "{screen}");
}

#[test]
fn keys_leave_freeze_and_explain() {
    let mut live = live(&two(), hello(), Vec::new());
    let press = |live: &mut Live, code| live.key(KeyEvent::new(code, KeyModifiers::NONE));
    assert_eq!(press(&mut live, KeyCode::Char('j')), Then::Stay);
    for key in [KeyCode::Char('q'), KeyCode::Esc] {
        assert_eq!(press(&mut live, KeyCode::Char('?')), Then::Stay);
        assert!(text(&drawn(&mut live, 80, 24)).contains("  space             freeze"));
        assert_eq!(press(&mut live, key), Then::Stay, "it closes the panel");
        assert!(text(&drawn(&mut live, 80, 24)).contains("▸ taken away   2"));
        assert_eq!(press(&mut live, key), Then::Leave);
    }
    assert_eq!(live.key(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::CONTROL)), Then::Stay);

    press(&mut live, KeyCode::Char(' '));
    live.look(Rect::new(0, 0, 80, 24), live.now);
    let frozen = live.now;
    assert!(text(&drawn(&mut live, 80, 24)).lines().next().unwrap().ends_with("  frozen"));
    assert!(!live.look(Rect::new(0, 0, 80, 24), frozen + SECOND), "there is nothing else to draw");
    assert_eq!(live.now, frozen);
    press(&mut live, KeyCode::PageDown);
    live.look(Rect::new(0, 0, 80, 24), frozen + SECOND);
    assert_eq!(live.now, frozen + SECOND, "it looks where it was moved");
}
