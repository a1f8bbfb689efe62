//! Lesson 5: a second process reads it at another address.
//!
//! `read_message(base, size)` copies a message out of a segment: the bytes before the first NUL. `run(key)` is the
//! program `reader` around it.
//!
//! A reader cannot rely on what it finds: there may be no NUL, bytes that are not text, no segment, or a segment
//! without a message yet. And it must change nothing: it attaches for reading only. The tests create the segments, run
//! `reader`, and ask the kernel afterwards who attached last and what has changed.
//!
//! Read on: `man 2 shmat` (`SHM_RDONLY`), `std::sync::atomic`, "Atomic accesses to read-only memory".

use std::io::{self, ErrorKind};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use kata::errno::Call;
use kata::expect::{Explain, fails, prints, same, same_table, succeeded};
use kata::kernel::Segment;
use kata::sandbox::{Answer, Finished, Planted, Sandbox, sandbox};
use libc::{c_int, key_t};
use read::{read_message, run};
use rstest::rstest;

/// You find the bytes at your address, although your program did not write them: a stranger did, at a different
/// address.
// goal: 1
#[test]
fn the_message_is_what_another_process_wrote() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        let message = some_text(s);
        s.stranger().write(segment.id(), 0, &message).arranged(Call::Shmat, "the stranger's store");
        reads(&segment, &message, "copy the bytes one by one, from `base` on");
    });
}

/// Behind the NUL there may be any bytes, because not every writer erases the rest of a longer message.
// goal: 1
#[test]
fn the_first_nul_ends_the_message() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        let message = some_text(s);
        segment.write(0, &[&message[..], b"\0lo World\0\0more"].concat());
        reads(&segment, &message, "the first zero byte is the end, whatever follows");
    });
}

/// If all bytes are zero, the first one ends the message, which is empty. (A new segment is full of zeroes as well. The
/// bytes do not show the difference, so `run` asks the kernel before it reads.)
// goal: 2
#[test]
fn a_message_of_zeroes_is_empty() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        reads(&segment, b"", "an empty message is a message");
    });
}

/// The NUL of the longest message is the very last byte of the segment.
// goal: 2
#[test]
fn the_nul_may_be_the_last_byte() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        let message = text(s, segment.size() - 1);
        fill_page(s, &segment);
        segment.write(0, &[&message[..], b"\0"].concat());
        reads(&segment, &message, "the last byte has the offset size - 1, and it counts");
    });
}

/// If there is no NUL within the segment, there is no complete message. The page goes on behind the segment, but a zero
/// there does not belong to the message. `strlen` and `CStr::from_ptr` would read on until they find a zero or cause a
/// SIGSEGV.
// goal: 2
// errors: read_message InvalidData
#[rstest]
#[case::a_nul_right_behind_it(false)]
#[case::none_in_the_whole_page(true)]
fn a_message_without_a_nul_is_an_error(#[case] whole_page: bool) {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        if whole_page {
            fill_page(s, &segment);
        }
        segment.write(0, &vec![b'A'; segment.size()]);
        let found = read(&segment);
        assert!(
            matches!(&found, Err(error) if error.kind() == ErrorKind::InvalidData),
            "read_message of {} bytes, all 'A'\n  expected: an error of the kind InvalidData\n  found:    {}\n  look:     \
             where does the loop end if no byte is zero?",
            segment.size(),
            shown(&found)
        );
    });
}

/// The smallest message is one NUL. In 0 bytes there is no room even for that.
// goal: 2
// errors: read_message InvalidData
#[test]
fn the_smallest_sizes_are_no_exception() {
    sandbox(|s| {
        let segment = s.plant(s.key(), 1, 0o600);
        fill_page(s, &segment);
        segment.write(0, b"\0");
        reads(&segment, b"", "one zero byte is the empty message");
        let base = attach(segment.id(), 0);
        // SAFETY: a page is attached, and 0 of its bytes may be looked at.
        let found = unsafe { read_message(base, 0) };
        assert!(
            matches!(&found, Err(error) if error.kind() == ErrorKind::InvalidData),
            "read_message of 0 bytes\n  expected: an error of the kind InvalidData\n  found:    {}\n  look:     the byte \
             at `base` is not yours either",
            shown(&found)
        );
    });
}

/// The bytes that you are given may be a part of a segment: they begin at `base`, and not at the beginning of a page.
// goal: 1
#[test]
fn a_part_of_a_segment_can_be_read() {
    sandbox(|s| {
        let segment = s.plant(s.key(), 1000, 0o600);
        segment.write(0, &text(s, 1000));
        let message = some_text(s);
        segment.write(137, &[&message[..], b"\0"].concat());
        let base = attach(segment.id(), 0);
        // SAFETY: the segment is attached until the test's process ends, and has 1000 bytes.
        let found = unsafe { read_message(base.add(137), 500) };
        assert!(
            found.as_ref().is_ok_and(|found| *found == message),
            "read_message of 500 bytes, 137 bytes behind the beginning of a segment\n  expected: Ok, {}\n  found:    \
             {}\n  look:     the first byte is at `base`",
            brief(&message),
            shown(&found)
        );
    });
}

/// A newline is a byte like any other, and part of the message. `run` drops one newline, when it prints.
// goal: 1
#[rstest]
#[case::at_the_end(b"Hello World\n")]
#[case::inside(b"one\ntwo")]
#[case::nothing_else(b"\n\n")]
fn a_newline_is_part_of_the_message(#[case] message: &[u8]) {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        segment.write(0, message);
        reads(&segment, message, "read_message copies all the bytes before the first NUL");
    });
}

/// A message is bytes, which need not be text.
// goal: 1
#[test]
fn every_byte_except_nul_can_be_read() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        let message: Vec<u8> = (1..=255).rev().collect();
        segment.write(0, &message);
        reads(&segment, &message, "no byte is changed, and none is left out");
    });
}

/// In a segment attached with `SHM_RDONLY` a store is a SIGSEGV. So is an atomic operation that stores, such as `swap`.
/// A load is enough for reading.
// goal: 1
#[test]
fn a_read_only_mapping_is_enough() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        let message = some_text(s);
        segment.write(0, &message);
        let base = attach(segment.id(), libc::SHM_RDONLY);
        // SAFETY: `size` bytes are attached for reading, until the test's process ends.
        let found = unsafe { read_message(base, segment.size()) };
        assert!(
            found.as_ref().is_ok_and(|found| *found == message),
            "read_message of {} bytes, attached with SHM_RDONLY\n  expected: Ok, {}\n  found:    {}\n  look:     load each \
             byte, and store none",
            segment.size(),
            brief(&message),
            shown(&found)
        );
    });
}

/// The bytes may change at any time, so each call has to read them again.
// goal: 1
#[test]
fn each_call_reads_the_bytes_again() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        let base = attach(segment.id(), 0);
        for message in [some_text(s), some_text(s), Vec::new()] {
            segment.write(0, &[&message[..], b"\0"].concat());
            // SAFETY: the segment is attached until the test's process ends.
            let found = unsafe { read_message(base, segment.size()) };
            assert!(
                found.as_ref().is_ok_and(|found| *found == message),
                "read_message, after the bytes at the same address have changed\n  expected: Ok, {}\n  found:    {}\n  \
                 look:     load the bytes anew each time",
                brief(&message),
                shown(&found)
            );
        }
    });
}

/// A writer may store while you read, and you may get parts of two messages. But you must never return a NUL: the first
/// one that you read is the end. (If you search for the NUL first and copy afterwards, you read each byte twice, and it
/// may have changed.)
// goal: 1
#[test]
fn a_message_that_changes_meanwhile_holds_no_nul() {
    sandbox(|s| {
        // Long enough that a search takes some time.
        const LENGTH: usize = 20_000;
        let segment = s.plant(s.key(), LENGTH + 1, 0o600);
        segment.write(0, &[b'x'; LENGTH]);
        let base = attach(segment.id(), 0);
        let address = base.as_ptr().expose_provenance();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            // The first byte is a NUL and an x by turns: a search passes it as an x, and a copy finds a NUL there.
            scope.spawn(|| {
                let first = std::ptr::with_exposed_provenance_mut::<u8>(address);
                // SAFETY: all bytes are attached until the process ends, and all threads touch them atomically.
                let first = unsafe { AtomicU8::from_ptr(first) };
                let mut bytes = [0, b'x'].into_iter().cycle();
                while !done.load(Relaxed) {
                    // An odd number, so that now a NUL and now an x is left where one core runs the other thread next.
                    bytes.by_ref().take(1001).for_each(|byte| first.store(byte, Relaxed));
                    thread::yield_now();
                }
            });
            let _done = Done(&done);
            let start = Instant::now();
            let found = (1..).find_map(|look| {
                // SAFETY: the same bytes, and the other thread stores atomically.
                let found = unsafe { read_message(base, LENGTH + 1) }.is_ok_and(|found| found.contains(&0));
                // On one core the two threads run by turns, and there have to be some turns.
                let enough = look >= 50 && start.elapsed() > Duration::from_millis(120);
                (found || enough).then_some(found)
            });
            assert!(
                found != Some(true),
                "read_message, while a writer stores\n  expected: the bytes before the first NUL\n  found:    a NUL \
                 among them\n  look:     decide about each byte from the one load that you copy"
            );
        });
    });
}

/// Other programs may still want to read the message, so copy it and leave it there.
// goal: 1
#[test]
fn reading_changes_no_byte() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        fill_page(s, &segment);
        segment.write(0, b"for everyone\0");
        let before = segment.read(0..segment.size());
        read(&segment).expect("a message with its NUL is read");
        unchanged(&segment, &before, "read_message");
    });
}

/// Now the whole program: it prints the key that it was given, the kernel's id, its own address, and the message.
// goal: 3
#[test]
fn the_reader_prints_the_message() {
    sandbox(|s| {
        let (_other, segment) = (message(s, b"not this one"), message(s, &some_text(s)));
        let text = String::from_utf8(segment.read(0..SIZE)).unwrap();
        let (key, text) = (segment.key(), text.trim_end_matches('\0'));
        prints(
            &reader(s, key),
            &format!(
                "Key of shared memory is {key} ({key:#x}), id {}\nProcess attached at ADDRESS\n\
                 Data read from shared memory is: {text}\n",
                segment.id()
            ),
        );
    });
}

/// A key has 32 bits and a sign. In decimal a negative key has a minus sign. In hexadecimal it looks as in `ipcs`.
// goal: 3
#[test]
fn a_negative_key_has_32_bits() {
    sandbox(|s| {
        let key = s.this_key(-s.key());
        s.plant(key, SIZE, 0o600).write(0, b"Hello");
        let id = s.segment_by_key(key).expect("the test has planted it").id;
        prints(
            &reader(s, key),
            &format!(
                "Key of shared memory is {key} ({key:#x}), id {id}\nProcess attached at ADDRESS\nData read from shared \
                 memory is: Hello\n"
            ),
        );
    });
}

/// A reader attaches for reading only, from the start: with an attachment for writing, one wrong pointer could
/// overwrite other programs' bytes. Here the test sees what `run` asks the kernel for.
// goal: 3
#[test]
fn the_reader_attaches_for_reading_only() {
    sandbox(|s| {
        let (key, mut flags) = (message(s, b"Hello").key(), Vec::new());
        let result = s.stopping(
            &[libc::SYS_shmat],
            || run(key),
            |stop| {
                flags.push(format!("{:#o}", stop.arguments[2] as c_int));
                Answer::GoOn
            },
        );
        result.explained(Call::Shmat, format!("run({key:#x})"));
        let expected = vec![format!("{:#o}", libc::SHM_RDONLY)];
        assert!(
            flags == expected,
            "the flags of each shmat that run makes\n  expected: {expected:?}, SHM_RDONLY\n  found:    {flags:?}\n  \
             look:     attach(id, Access::ReadOnly), and nothing before it"
        );
    });
}

/// The kernel knows which process attached last, and that is your reader. It is not attached any more, and the segment
/// is still there, unchanged, for the next reader.
// goal: 3
#[test]
fn the_reader_changes_nothing() {
    sandbox(|s| {
        let segment = message(s, b"for everyone");
        let (before, bytes) = (row(s, &segment), segment.read(0..SIZE));
        for _ in 0..2 {
            let ended = reader(s, segment.key());
            says_data(&ended, b"for everyone\n");
            let after = row(s, &segment);
            let look = "the reader attaches the segment in its own process";
            same("the process that attached last (lpid)", ended.pid, after.lpid, look);
            let look = "the reader makes no change: attach for reading alone, read, detach";
            same("when the segment was changed (ctime)", before.ctime, after.ctime, look);
            same_table("the reader", std::slice::from_ref(&before), &[Segment { lpid: before.lpid, ..after }], look);
        }
        unchanged(&segment, &bytes, "the reader");
    });
}

/// A segment of mode 0400 can be attached by a program that asks for read access only.
// goal: 3
#[test]
fn a_read_only_segment_is_enough() {
    sandbox(|s| {
        let segment = message(s, b"for everyone");
        change(&segment, |permissions| permissions.mode = 0o400);
        if s.stranger().attach(segment.id()).is_ok() {
            s.skip("this process may write to a segment of mode 0400: it is too privileged to be refused");
        }
        says_data(&reader(s, segment.key()), b"for everyone\n");
    });
}

/// A segment that the reader may not read is an error. The reader must not change its mode, even if the same user owns
/// it.
// goal: 3
#[test]
fn a_segment_without_read_permission_is_an_error() {
    sandbox(|s| {
        let segment = message(s, b"closed");
        change(&segment, |permissions| permissions.mode = 0o200);
        if s.stranger().read(segment.id(), 0, 1).is_ok() {
            s.skip("this process may read a segment of mode 0200: it is too privileged to be refused");
        }
        fails(&reader(s, segment.key()), &[], "the mode 0200 does not let it read");
        let mode = format!("{:03o}", row(s, &segment).mode);
        same("the mode of the segment after the reader", "200", &*mode, "what may not be read stays closed");
    });
}

/// C writers often copy the newline of their input along. It is part of the message, but on a terminal one newline is
/// enough: `run` drops one newline at the end, and nothing else.
// goal: 3
#[rstest]
#[case::a_newline(b"Hello World\n", b"Hello World\n")]
#[case::two_newlines(b"Hello World\n\n", b"Hello World\n\n")]
#[case::spaces(b" Hello \t ", b" Hello \t \n")]
#[case::a_carriage_return(b"Hello World\r", b"Hello World\r\n")]
#[case::a_carriage_return_and_a_newline(b"Hello World\r\n", b"Hello World\r\n")]
#[case::nothing(b"", b"\n")]
#[case::no_text(b"caf\xe9 \xff\xfe", b"caf\xe9 \xff\xfe\n")]
#[case::as_long_as_can_be(&[b'x'; SIZE - 1], &[&[b'x'; SIZE - 1][..], b"\n"].concat())]
fn the_reader_prints_one_line_end(#[case] held: &[u8], #[case] printed: &[u8]) {
    sandbox(|s| says_data(&reader(s, message(s, held).key()), printed));
}

/// The reader runs before the writer. Then there is nothing to read. This is an error. The reader must not create a
/// segment, because an empty one would look like an empty message.
// goal: 3
#[test]
fn without_a_segment_the_reader_fails() {
    sandbox(|s| {
        let key = s.key();
        let ended = reader(s, key);
        assert!(
            s.segment_by_key(key).is_none(),
            "a reader that comes before the writer\n  expected: no segment has the key {key:#010x}\n  found:    one, in the \
             table below\n  look:     program::find_written looks for a segment; program::claim creates one"
        );
        fails(&ended, &[&format!("{key} ({key:#x})"), "no segment has key"], "there is nothing to read");
    });
}

/// The writer has made its segment and waits for a line, or was killed while it waited. There is no message yet, and
/// that is not the same as an empty message: `program::find_written` tells the two apart. Once a writer has stored an
/// empty message, the reader prints it.
// goal: 3
#[test]
fn a_segment_without_a_message_yet_is_an_error() {
    sandbox(|s| {
        let segment = s.plant(s.key(), SIZE, 0o600);
        let ended = reader(s, segment.key());
        let printed = ended.stdout();
        assert!(
            !printed.contains("Data read"),
            "a reader, while the writer waits for its line\n  expected: no message\n  found:    {}\n  \
             look:     program::find_written refuses a segment that nothing has been written to",
            printed.lines().last().unwrap_or_default()
        );
        fails(&ended, &[&format!("segment {}", segment.id()), "nothing has been written"], "there is no message yet");
        segment.write(0, b"\0");
        says_data(&reader(s, segment.key()), b"\n");
    });
}

/// Another program has filled the segment to its last byte, without a NUL. This is not a message, so the reader prints
/// none.
// goal: 3
#[test]
fn bytes_without_a_nul_are_not_printed() {
    sandbox(|s| {
        let segment = message(s, &[b'A'; SIZE]);
        let ended = reader(s, segment.key());
        fails(&ended, &[], "no NUL ends a message there");
        let printed = ended.stdout().contains("AAAA");
        same("whether the reader prints bytes that are no message", false, printed, "return the error of read_message");
    });
}

/// A segment of another size was not created by these programs, so its bytes are not one of their messages.
// goal: 3
#[test]
fn another_programs_segment_is_not_read() {
    sandbox(|s| {
        let segment = s.plant(s.key(), SIZE - s.number(1..=1000) as usize, 0o600);
        segment.write(0, b"private");
        let ended = reader(s, segment.key());
        let words = [format!("ipcs -m -i {}", segment.id()), format!("{} bytes", segment.size())];
        fails(&ended, &words.each_ref().map(|word| &**word), "a segment of another size is not the programs' own");
        let printed = ended.stdout().contains("private");
        same(
            "whether the reader prints another program's bytes",
            false,
            printed,
            "return the error of program::find_written",
        );
    });
}

/// The kind of the error that `run` returns says what went wrong: it is the kind that the card names, or the one that
/// belongs to the kernel's errno.
// goal: 3
#[test]
fn run_returns_what_went_wrong() {
    sandbox(|s| {
        let nothing = run(s.key()).map_err(|error| error.kind());
        same(
            "run, on a key that no segment has",
            Err(ErrorKind::NotFound),
            nothing,
            "return the error of program::find_written",
        );
        let full = run(message(s, &[b'A'; SIZE]).key()).map_err(|error| error.kind());
        let look = "return the error of read_message";
        same("run, on a segment without a NUL", Err(ErrorKind::InvalidData), full, look);
        let key = message(s, b"Hello").key();
        let refused = s.refusing(libc::SYS_shmat, libc::EACCES, || run(key)).map_err(|error| error.kind());
        let asked = "run, when the kernel refuses to attach (EACCES)";
        same(asked, Err(ErrorKind::PermissionDenied), refused, "return the error of attach");
    });
}

/// The end of a process detaches everything. But a function that is called in a process that goes on has to detach
/// itself: here the test calls `run` in its own process.
// goal: 3
#[test]
fn run_detaches_what_it_attached() {
    sandbox(|s| {
        let segment = message(s, b"Hello World");
        run(segment.key()).expect("run, with a message in the segment");
        let (own, last) = (std::process::id().cast_signed(), row(s, &segment).lpid);
        same("the process that attached last (lpid), after run", own, last, "run attaches, in this very process");
        let asked = format!("how many segments are attached here after run({:#x})", segment.key());
        same(asked, 0, s.mappings().len(), "detach before `run` returns Ok");
    });
}

/// Tells another thread to end when this one leaves the scope, also by a panic.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// The size of the programs' segment in bytes, which the card of lesson 4 names.
const SIZE: usize = 1024;

const READER: &str = env!("CARGO_BIN_EXE_reader");

fn some_size(s: &Sandbox) -> usize {
    s.number(300..=3000) as usize
}

/// `length` random letters.
fn text(s: &Sandbox, length: usize) -> Vec<u8> {
    (0..length).map(|_| b'a' + s.number(0..=25) as u8).collect()
}

fn some_text(s: &Sandbox) -> Vec<u8> {
    text(s, s.number(1..=40) as usize)
}

/// A segment as a writer leaves it.
fn message(s: &Sandbox, message: &[u8]) -> Planted {
    let segment = s.plant(s.key(), SIZE, 0o600);
    segment.write(0, message);
    if message.len() < SIZE {
        segment.write(message.len(), b"\0");
    }
    segment
}

/// Changes what `IPC_SET` can change of a segment.
fn change(segment: &Planted, change: impl FnOnce(&mut libc::ipc_perm)) {
    // SAFETY: all of its fields are numbers, for which zero is a value.
    let mut record: libc::shmid_ds = unsafe { std::mem::zeroed() };
    // SAFETY: `record` has room for what IPC_STAT stores, and IPC_SET only reads it.
    unsafe {
        assert_eq!(libc::shmctl(segment.id(), libc::IPC_STAT, &raw mut record), 0, "the test looks at its own segment");
        change(&mut record.shm_perm);
        assert_eq!(libc::shmctl(segment.id(), libc::IPC_SET, &raw mut record), 0, "and changes it");
    }
}

/// Fills a segment and the rest of its last page, so that no zero is left in it.
fn fill_page(s: &Sandbox, segment: &Planted) {
    let base = attach(segment.id(), 0);
    let mappings = s.mappings();
    let mapping = mappings.iter().find(|mapping| mapping.start == base.addr().get()).expect("it is attached");
    let length = mapping.length();
    // SAFETY: this many bytes from `base` on are attached for writing, and nothing uses them afterwards through it.
    unsafe {
        base.as_ptr().write_bytes(0xa5, length);
        libc::shmdt(base.as_ptr().cast());
    }
}

fn attach(id: c_int, flags: c_int) -> NonNull<u8> {
    // SAFETY: with no address given the kernel picks a free one.
    let address = unsafe { libc::shmat(id, std::ptr::null(), flags) };
    assert_ne!(address.addr(), usize::MAX, "the test cannot attach its own segment: {}", io::Error::last_os_error());
    NonNull::new(address.cast()).expect("the kernel never picks address 0")
}

fn read(segment: &Planted) -> io::Result<Vec<u8>> {
    let base = attach(segment.id(), 0);
    // SAFETY: `size` bytes are attached, until the test's process ends.
    unsafe { read_message(base, segment.size()) }
}

/// The first bytes of a message, and how many there are.
fn brief(message: &[u8]) -> String {
    let text = message.escape_ascii().to_string();
    let (start, more) = if text.len() > 40 { (&text[..40], "...") } else { (&*text, "") };
    format!("{} bytes, \"{start}{more}\"", message.len())
}

fn shown(found: &io::Result<Vec<u8>>) -> String {
    match found {
        Ok(message) => format!("Ok, {}", brief(message)),
        Err(error) => format!("an error of the kind {:?}: {error}", error.kind()),
    }
}

#[track_caller]
fn reads(segment: &Planted, message: &[u8], look: &str) {
    let found = read(segment);
    assert!(
        found.as_ref().is_ok_and(|found| found == message),
        "read_message of {} bytes\n  expected: Ok, {}\n  found:    {}\n  look:     {look}",
        segment.size(),
        brief(message),
        shown(&found)
    );
}

fn reader(s: &Sandbox, key: key_t) -> Finished {
    s.program(READER).arg(key.to_string()).run()
}

#[track_caller]
fn unchanged(segment: &Planted, before: &[u8], who: &str) {
    let after = segment.read(0..before.len());
    if let Some(at) = (0..before.len()).find(|&at| after[at] != before[at]) {
        let (before, after) = (before[at], after[at]);
        panic!(
            "{who} should change no byte\n  expected: byte {at} is still {before:#04x}\n  found:    {after:#04x}\n  look:     \
             load, and store nothing"
        );
    }
}

#[track_caller]
fn row(s: &Sandbox, segment: &Planted) -> Segment {
    let id = segment.id();
    s.segment(id)
        .unwrap_or_else(|| {
        panic!(
            "a reader should remove nothing\n  expected: segment {id} in the kernel's table\n  found:    none\n  look:     \
             the reader must not remove the segment: no IPC_RMID"
        )
    })
}

/// Exit code 0, and these bytes behind the last line's first words.
#[track_caller]
fn says_data(ended: &Finished, expected: &[u8]) {
    const START: &[u8] = b"Data read from shared memory is: ";
    succeeded(ended);
    let expected = [START, expected].concat();
    let at = ended.stdout.windows(START.len()).rposition(|bytes| bytes == START).unwrap_or(0);
    let found = &ended.stdout[at..];
    assert!(
        found == expected,
        "reader, the end of its standard output\n  expected: \"{}\"\n  found:    \"{}\"\n  look:     {}",
        expected.escape_ascii(),
        found.escape_ascii(),
        if ended.stdout.is_ascii() || expected.is_ascii() {
            "the message, without one newline at its end if it has one, and then one newline"
        } else {
            "write the bytes as they are: print! and String::from_utf8_lossy change those that are no UTF-8"
        }
    );
}
