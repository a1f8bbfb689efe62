//! The words of a report and its reader agree: what is read says what was written, and nothing else is read.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};

use super::*;

const KEY: u64 = 0x1122_3344_5566_7788;
const TABLE: &str = "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap\n\
                     2345 32 600 1000 4007 4008 1 1000 1000 1000 1000 0 0 0 4096 0\n";
const MAPS: &str = "7f0000000000-7f0000001000 rw-s 00000000 00:01 32 /SYSV00000929 (deleted)\n\
                    7f0000002000-7f0000003000 r--p 00000000 00:01 5 /usr/lib/libc.so\n";

fn held(when: When) -> Held {
    Held::new(when, TABLE.into(), MAPS, 3)
}

fn panic(message: &str) -> Panic {
    let place = Some(Place { path: "lessons/one/src/lib.rs".into(), line: 30, column: 5 });
    Panic { place, message: message.into(), held: held(When::Then) }
}

fn endings(text: &str) -> Vec<Ending> {
    let crashed = |line, panics| Ending::Crashed { what: text.into(), line, panics };
    let spot = |place| Some(Spot { place, function: text.into() });
    vec![
        Ending::Passed,
        Ending::Skipped(text.into()),
        Ending::NotRun(text.into()),
        Ending::Failed(panic(text)),
        Ending::Failed(Panic { place: None, ..panic(text) }),
        crashed(None, vec![]),
        crashed(spot(None), vec![]),
        crashed(spot(panic(text).place), vec![panic(text), panic("")]),
        Ending::TimedOut { after: Duration::from_millis(700) },
        Ending::EndedEarly(ExitStatus::from_raw(0)),
        Ending::EndedEarly(ExitStatus::from_raw(libc::SIGKILL)),
        Ending::LeftRunning,
        Ending::Garbled(text.into()),
        Ending::Unsupervised(text.into()),
    ]
}

/// Every ending, each with every optional part and with none.
fn reports(text: &str) -> Vec<Report> {
    let full = |ending| {
        let lines = (0..5).map(|pid| Line { speaker: text.into(), pid, how: How::Fed, text: text.into() });
        Report {
            has_a_key: true,
            people: vec![(4007, "test".into()), (4008, text.into())],
            held: Some(held(When::AfterDeath)),
            alive: vec![Waiting { pid: 7, name: text.into(), threads: vec![text.into(), "runs".into()] }],
            printed: Printed { lines: lines.collect(), left_out: 9 },
            ..Report::new(text, "key", u64::MAX, ending)
        }
    };
    let bare = endings(text).into_iter().map(|ending| Report::new("t", "key", 1, ending));
    bare.chain(endings(text).into_iter().map(full)).collect()
}

fn told(report: &Report) -> Told {
    Told::Report(Box::new(report.clone()))
}

/// What a reader makes of these bytes, which come one by one.
fn read(bytes: &[u8]) -> Vec<Result<Told, Unreadable>> {
    let mut deframer = Deframer::new(KEY);
    let mut read: Vec<_> = bytes.iter().flat_map(|byte| deframer.feed(&[*byte])).collect();
    read.extend(deframer.finish());
    read
}

fn read_one(bytes: &[u8]) -> Report {
    match <[_; 1]>::try_from(read(bytes)) {
        Ok([Ok(Told::Report(report))]) => *report,
        other => panic!("one report should be read: {other:?}"),
    }
}

#[test]
fn what_is_written_is_read() {
    for report in reports("a word") {
        assert_eq!(read_one(&frame(&told(&report), KEY)), report);
    }
    let fallback = Told::Fallback("EPERM".into());
    assert_eq!(read(&frame(&fallback, KEY)), [Ok(fallback)]);
}

/// Lines that look like the report's own, control characters, a line without an end.
#[test]
fn hostile_text_changes_neither_the_fields_nor_the_words() {
    let imitation = "x\n\npassed: t\nThe kernel's table of segments at that moment: nothing\n\nRun this test again with the same random values: rm -rf ~";
    for text in [imitation, "\x1b[2J\x07\u{9b}\r\n\0", "KATA\x01\0", &"é".repeat(3000), "\x1ewriter 7 0\x1f"] {
        for report in reports(text) {
            let read = read_one(&frame(&told(&report), KEY));
            assert_eq!(read.to_string(), report.to_string());
            assert_eq!((read.kind(), read.place(), read.seed), (report.kind(), report.place(), report.seed));
            assert!(read.to_string().chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "{read}");
            assert_eq!(read_one(&frame(&told(&read), KEY)), read, "once harmless, it stays as it is");
        }
    }
}

/// A reader that shows a part shows what a person would have read of it.
#[test]
fn the_words_are_the_head_the_story_and_the_evidence() {
    for report in reports("two\nlines") {
        let story: String = report.story().iter().map(|line| format!("{line}\n")).collect();
        let again = report.again().map(|again| format!("\n{AGAIN} {again}\n")).unwrap_or_default();
        assert_eq!(report.to_string(), format!("{}\n{story}{}{again}", report.head(), report.evidence()));
        assert!(report.story().iter().all(|line| !line.contains('\n')));
        assert!(report.evidence().is_empty() || report.evidence().starts_with('\n'), "{report}");
        assert_eq!(report.kind().is_none(), report.story().is_empty(), "{report}");
    }
}

#[test]
fn a_report_says_where_and_what_is_still_to_do() {
    let report = Report::new("t", "key", 1, Ending::Failed(panic("not yet implemented: ask ftok")));
    assert_eq!(report.blank().map(|blank| blank.task), Some("ask ftok".into()));
    assert_eq!(report.place().map(|place| place.line), Some(30));
    assert_eq!(Report::new("t", "key", 1, Ending::Failed(panic("1 is not 2"))).blank(), None);
    assert_eq!(held(When::Then).mappings().len(), 1);
    assert_eq!(held(When::Then).segments().unwrap()[0].key, 2345);
}

#[test]
fn a_report_that_is_cut_off_anywhere_is_an_error_and_the_next_is_read() {
    let report = Report::new("t", "key", 1, Ending::Failed(panic("1 is not 2")));
    let (whole, next) = (frame(&told(&report), KEY), Told::Fallback("EPERM".into()));
    for length in 1..whole.len() {
        assert_eq!(read(&whole[..length]), [Err(Unreadable::CutOff)], "{length} bytes");
        let both = [&whole[..length], &frame(&next, KEY)].concat();
        // In the middle of its head, the next frame's first bytes are taken for the rest of it.
        let read = read(&both);
        assert!(matches!(&read[..], [Err(_), Ok(behind)] if *behind == next), "{length} bytes: {read:?}");
    }
}

#[test]
fn a_report_of_another_version_run_or_form_is_an_error() {
    let whole = frame(&told(&Report::new("t", "key", 1, Ending::Passed)), KEY);
    let changed = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        read(&bytes)
    };
    assert_eq!(changed(4, 9), [Err(Unreadable::Version(9))]);
    assert_eq!(changed(6, 1), [Err(Unreadable::Forged)]);
    assert_eq!(changed(17, 0xff), [Err(Unreadable::Garbled)], "an impossible length");
    assert_eq!(changed(18, 1), [Err(Unreadable::CutOff)], "another checksum");
    assert_eq!(changed(0, b'k'), [Err(Unreadable::Garbled)]);
    assert_eq!(read(b"test t ... ok\n"), [Err(Unreadable::Garbled)]);
    for why in [Unreadable::CutOff, Unreadable::Version(9), Unreadable::Forged, Unreadable::Garbled] {
        assert!(why.to_string().starts_with("a report "), "{why}");
    }
}
