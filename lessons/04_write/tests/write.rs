//! Lesson 4: a message is stored within its segment's bounds.
//!
//! `write_message(base, size, message)` stores a message as C programs expect it: its bytes at offset 0, then a NUL,
//! then zeroes up to the end. `run(key)` is the program `writer` around it.
//!
//! ```text
//! | H e l l o \0 | 0 0 0 0 ... 0 | not yours, though mapped |
//! 0              6            size       the end of the page
//! ```
//!
//! The tests fill whole pages with a pattern beforehand, and let another process, which does not run your code, read
//! the bytes afterwards. Then they run `writer` with many kinds of input, which the given `program::line` reads.
//!
//! Read on: `man 2 shmget` (what is rounded up, and what is not), `std::sync::atomic`.

#[path = "write/target.rs"]
mod target;
#[path = "write/writer.rs"]
mod writer;

use std::io::ErrorKind;

use kata::expect::{fails, prints, same, soon, succeeded};
use kata::kernel;
use kata::process::{Process, activity};
use kata::sandbox::{Answer, Sandbox, sandbox};
use libc::key_t;
use rstest::rstest;
use target::{FILL, Target, same_bytes, some_size, some_text, text};
use write::program::{find, find_written};
use write::run;
use writer::{SIZE, WRITER, failed, feed, left_unwritten, message_is, row, unwritten, writer, writer_with};

/// Every process that attaches the segment sees the same bytes. What you store at your address, another process finds
/// at the same offset from its own address.
// goal: 1
#[test]
fn another_process_finds_the_message() {
    sandbox(|s| {
        let message = some_text(s, 1..=40);
        let target = Target::new(s, 0, some_size(s));
        target.store(&message);
        target.holds(s, &message, &message, "the first byte of the message belongs at `base`");
    });
}

/// A reader does not know how long the message is. In C a NUL marks the end. You have to store it like any other byte,
/// because the memory may have held something else before.
// goal: 1
#[test]
fn a_nul_ends_the_message() {
    sandbox(|s| {
        let message = some_text(s, 1..=40);
        let target = Target::new(s, 0, some_size(s));
        target.store(&message);
        target.holds(s, &message, &[&message[..], b"\0"].concat(), "one zero byte belongs behind the message");
    });
}

/// A short message after a long one leaves `hi\0lo World`. A C program stops at the NUL, but other programs can still
/// read the rest, which may be yesterday's password. Zeroes up to the end erase it.
// goal: 1
#[test]
fn nothing_is_left_of_a_longer_message() {
    sandbox(|s| {
        let target = Target::new(s, 0, some_size(s));
        let (long, short) = (some_text(s, 50..=90), some_text(s, 1..=20));
        target.store(&long);
        target.store(&short);
        let mut expected = short.clone();
        expected.resize(target.size, 0);
        target.holds(s, &short, &expected, "everything from the NUL to the end of the segment should be zero");
    });
}

/// The old bytes may contain NULs themselves, and the new message may be empty: in any case all bytes behind the new
/// NUL become zero.
// goal: 1
#[rstest]
#[case::by_an_empty_message(0..=0)]
#[case::by_a_short_one(1..=20)]
fn old_bytes_behind_an_old_nul_are_erased(#[case] lengths: std::ops::RangeInclusive<u64>) {
    sandbox(|s| {
        let target = Target::new(s, 0, some_size(s));
        target.store(b"an earlier message of yours");
        target.fill(b"old\0bytes\0\0with NULs between them\0");
        let message = some_text(s, lengths);
        target.store(&message);
        let mut expected = message.clone();
        expected.resize(target.size, 0);
        target.holds(s, &message, &expected, "zeroes go to the end of the segment, whatever stood there");
    });
}

/// The kernel maps whole pages, and other processes see the bytes behind `size` like the rest. A store there is no
/// SIGSEGV: only your own code can prevent it. The same is true if you were given a part of a segment.
// goal: 1
#[rstest]
#[case::in_a_whole_segment(0)]
#[case::in_a_part_of_a_segment(137)]
fn nothing_outside_these_bytes_is_touched(#[case] start: usize) {
    sandbox(|s| {
        let message = some_text(s, 1..=40);
        let target = Target::new(s, start, some_size(s));
        target.store(&message);
        let mut expected = vec![FILL; target.mapped];
        expected[start..start + target.size].fill(0);
        expected[start..start + message.len()].copy_from_slice(&message);
        let found = target.seen(s);
        let asked = format!("{}, and what lies around them", target.asked(&message));
        same_bytes(&found, &expected, asked, "`size` is the end, and not the page's end");
    });
}

/// A segment of 1000 bytes holds 999 and the NUL. This is the longest message, and it fits.
// goal: 2
#[test]
fn the_longest_message_fits() {
    sandbox(|s| {
        let target = Target::new(s, 0, some_size(s));
        let message = text(s, target.size - 1);
        target.store(&message);
        target.holds(s, &message, &[&message[..], b"\0"].concat(), "size - 1 bytes and the NUL are exactly size bytes");
    });
}

/// With one byte more there is no room for the NUL, and a reader would read beyond the segment. Cutting the message is
/// no better, because the user would never know. So it is an error, even if the page has room.
// goal: 2
// errors: write_message InvalidInput
#[rstest]
#[case::no_room_for_its_nul(|target: &Target| target.size)]
#[case::one_byte_over(|target: &Target| target.size + 1)]
#[case::room_in_the_page(|target: &Target| target.mapped - 1)]
#[case::no_room_in_the_page(|target: &Target| target.mapped + 1)]
#[case::longer_than_any_16_bit_number(|_: &Target| 65_541)]
fn a_message_that_does_not_fit_is_refused(#[case] length: fn(&Target) -> usize) {
    sandbox(|s| {
        let target = Target::new(s, 0, some_size(s));
        let message = text(s, length(&target));
        target.refuse(&message, "the message needs its own length and one byte for the NUL");
    });
}

/// The size counts bytes, not characters: `é` is one character and two bytes. A message can have few enough characters
/// and still too many bytes.
// goal: 2
// errors: write_message InvalidInput
#[test]
fn bytes_are_counted_and_not_characters() {
    sandbox(|s| {
        let target = Target::new(s, 0, some_size(s));
        let message = "é".repeat(target.size / 2 + 1);
        target.refuse(message.as_bytes(), "how many bytes has the message? How many characters does not matter");
        let message = "é".repeat((target.size - 1) / 2);
        target.store(message.as_bytes());
        target.holds(s, message.as_bytes(), message.as_bytes(), "size - 1 bytes fit");
    });
}

/// A NUL inside would end the message there: every reader would see half a message and take it for a whole one.
// goal: 2
// errors: write_message InvalidInput
#[rstest]
#[case::first(0)]
#[case::in_the_middle(7)]
#[case::last(19)]
fn a_nul_inside_is_refused(#[case] position: usize) {
    sandbox(|s| {
        let mut message = text(s, 20);
        message[position] = 0;
        let target = Target::new(s, 0, some_size(s));
        target.refuse(&message, "look for a NUL before you store anything");
    });
}

/// An error means that nothing has changed: another program can still read the old message, to the last byte. So check
/// the whole message first, and store only then.
// goal: 2
#[rstest]
#[case::too_long(|size| vec![b'x'; size])]
#[case::a_nul_at_the_end(|size| [vec![b'x'; size - 2], vec![0]].concat())]
fn a_refused_message_changes_nothing(#[case] message: fn(usize) -> Vec<u8>) {
    sandbox(|s| {
        let target = Target::new(s, 0, some_size(s));
        let before = target.seen(s);
        let message = message(target.size);
        let result = target.write(&message);
        let how = if result.is_ok() { "which returned Ok(())" } else { "which was refused" };
        let asked = format!("{}, {how}", target.asked(&message));
        same_bytes(&target.seen(s), &before, asked, "a refused message leaves every byte as it was");
    });
}

/// The smallest segment has one byte, and that is the NUL of the empty message. In 0 bytes there is no room even for
/// that. Be careful with `size - 1`: a `usize` cannot be below 0.
// goal: 2
#[test]
fn the_smallest_sizes_are_no_exception() {
    sandbox(|s| {
        let one = Target::new(s, 0, 1);
        one.refuse(b"x", "one byte is the NUL's");
        one.store(b"");
        one.holds(s, b"", b"\0", "the empty message is its NUL");
        let none = Target { size: 0, ..Target::new(s, 0, 1) };
        none.refuse(b"", "no byte is left for the NUL");
        same_bytes(&none.seen(s), &vec![FILL; none.mapped], none.asked(b""), "in 0 bytes there is nothing to store");
    });
}

/// A message is bytes: text in any encoding, or a picture. Every byte except NUL is stored unchanged.
// goal: 1
#[test]
fn every_byte_except_nul_can_be_stored() {
    sandbox(|s| {
        let message: Vec<u8> = (1..=255).rev().collect();
        let target = Target::new(s, 0, some_size(s));
        target.store(&message);
        target.holds(s, &message, &message, "`message` is not text: store each byte as it is");
    });
}

/// Two threads may store at the same time, each into different bytes.
// goal: 1
#[test]
fn two_threads_may_store_at_once() {
    sandbox(|s| {
        let targets = [Target::new(s, 0, some_size(s)), Target::new(s, 0, some_size(s))];
        let messages = [some_text(s, 1..=40), some_text(s, 100..=200)];
        std::thread::scope(|scope| {
            for (target, message) in targets.iter().zip(&messages) {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        target.store(message);
                        target.begins_with(message, "what does your code share between calls?");
                    }
                });
            }
        });
    });
}

/// Now the whole program. It creates a segment of 1024 bytes under its key and stores the line that it read there,
/// without the newline. At the end no process is attached to the segment.
// goal: 3
#[test]
fn the_writer_leaves_its_line_behind() {
    sandbox(|s| {
        let (key, line) = (s.key(), some_text(s, 1..=40));
        let ended = writer(s, key, &[&line[..], b"\n"].concat());
        succeeded(&ended);
        let row = row(s, key);
        let under = format!("of the segment with the key {key:#x}");
        same(format!("the size {under}"), SIZE, row.size, "program::claim creates it");
        same(format!("the mode {under}"), "0600", &*format!("{:04o}", row.mode), "program::claim creates it");
        same(format!("the creator (cpid) {under}"), ended.pid, row.cpid, "create it in this very process");
        same(format!("nattch {under}, after the writer has ended"), 0, row.nattch, "does a process of yours run on?");
        message_is(s, row.id, &line);
    });
}

/// Key, id and address are three different numbers, and the program shows all three. A key has 32 bits and a sign:
/// `{:#x}` shows a negative one as `ipcs` does.
// goal: 3
#[test]
fn the_writer_says_what_it_does() {
    sandbox(|s| {
        for key in [s.key(), s.this_key(-s.key())] {
            let line = String::from_utf8(some_text(s, 1..=40)).unwrap();
            let ended = writer(s, key, format!("{line}\n").as_bytes());
            succeeded(&ended);
            let id = row(s, key).id;
            prints(
                &ended,
                &format!(
                    "Key of shared memory is {key} ({key:#x}), id {id}\nProcess attached at ADDRESS\n\
                     Enter some data to write to shared memory\nYou wrote: {line}\n"
                ),
            );
        }
    });
}

/// The user has to see the question before the program waits for the answer. By then the segment is attached, for
/// writing, at the address that the program has printed. The program waits for the end of a line, not for the end of
/// the input, because a terminal's input does not end.
// goal: 3
#[test]
fn the_writer_asks_before_it_waits() {
    sandbox(|s| {
        let (key, line) = (s.key(), some_text(s, 1..=40));
        let mut peer = s.program(WRITER).arg(key.to_string()).spawn();
        peer.wait_for_stdout("Enter some data");
        let mappings = kernel::mappings(peer.pid()).expect("the writer waits, and its maps can be read");
        let [mapping] = &mappings[..] else {
            panic!(
                "run, while it waits for its line\n  expected: one segment is attached\n  found:    {}\n  look:     attach, \
                 print the address, ask, then read",
                mappings.len()
            )
        };
        let look = "attach what program::claim returns";
        same("the id of the segment that is attached at the prompt", row(s, key).id, mapping.id, look);
        let permissions = mapping.permissions.to_string();
        same("the permissions of that attachment", "rw-s", &*permissions, "Access::ReadWrite: the writer stores");

        peer.write(&[&line[..], b"\nanother line\n"].concat());
        peer.wait_for_stdout("You wrote: ");
        let ended = peer.wait();
        succeeded(&ended);
        let printed = ended.stdout();
        let found = printed.lines().find(|line| line.starts_with("Process attached at")).unwrap_or_default();
        let expected = format!("Process attached at {:#x}", mapping.start);
        same("writer, beside the kernel's own word", &*expected, found, "print what attach returned, as {:p} shows it");
        message_is(s, row(s, key).id, &line);
    });
}

/// While it waits, the writer has not touched a byte of its new segment. The kernel's table shows that, because the
/// segment has no page of memory yet, and `program::find_written` tells a reader.
// goal: 3
// errors: find_written NotFound
#[test]
fn a_waiting_writer_has_touched_nothing() {
    sandbox(|s| {
        let key = s.key();
        let mut peer = s.program(WRITER).arg(key.to_string()).spawn();
        peer.wait_for_stdout("Enter some data");
        // By then the writer has finished everything that it does between its question and its wait.
        soon(|| Process::of(peer.pid()).is_some_and(|writer| activity(&writer, false).concat().starts_with("waits")));
        unwritten(s, key, "a writer that waits for its line");
        peer.write(b"\n");
        succeeded(&peer.wait());
        let found = find_written(key).map(drop).map_err(|error| error.to_string());
        same(
            "program::find_written, once the empty line is stored",
            Ok(()),
            found,
            "an empty message has a NUL: store it",
        );
    });
}

/// `program::find_written` returns the segment's id once the writer has written. Before that it returns an error.
// goal: 3
// errors: find NotFound
#[test]
fn the_next_program_finds_the_segment() {
    sandbox(|s| {
        let key = s.key();
        succeeded(&writer(s, key, b"Hello\n"));
        let found = find(key).map(|id| id.as_raw()).map_err(|error| error.to_string());
        same(
            "program::find, after the writer",
            Ok(row(s, key).id),
            found,
            "run writes to what program::claim gives it",
        );
        let free = s.key();
        let error = find(free).expect_err("no segment has this key");
        let told = (error.kind(), error.to_string().contains(&format!("no segment has key {free} ({free:#x})")));
        same("the given program::find, on a free key", (ErrorKind::NotFound, true), told, "it is given");
    });
}

/// A read from a pipe returns what is there: a line may arrive in two pieces, with a pause between them. The line ends
/// at its newline, not at the end of the first piece.
// goal: 3
#[test]
fn a_line_may_come_in_pieces() {
    sandbox(|s| {
        let (key, line) = (s.key(), some_text(s, 10..=40));
        let mut peer = s.program(WRITER).arg(key.to_string()).spawn();
        peer.wait_for_stdout("Enter some data");
        let (start, end) = line.split_at(line.len() / 2);
        peer.write(start);
        std::thread::sleep(std::time::Duration::from_millis(30));
        peer.write(&[end, b"\n"].concat());
        succeeded(&peer.wait());
        message_is(s, row(s, key).id, &line);
    });
}

/// The last line of an input may lack its newline, an empty line is an empty message, and spaces and tabs are part of
/// the line. Only one newline at the end is removed.
// goal: 3
#[rstest]
#[case::no_newline(b"no newline", b"no newline")]
#[case::an_empty_line(b"\n", b"")]
#[case::spaces(b" \t two words \t \n", b" \t two words \t ")]
#[case::two_lines(b"one\ntwo\n", b"one")]
#[case::two_newlines(b"one\n\n", b"one")]
#[case::a_carriage_return(b"from Windows\r\n", b"from Windows\r")]
fn a_line_is_taken_as_it_is(#[case] input: &[u8], #[case] message: &[u8]) {
    sandbox(|s| {
        let key = s.key();
        succeeded(&writer(s, key, input));
        message_is(s, row(s, key).id, message);
    });
}

/// 1023 bytes and the NUL fill the segment. The newline does not count: it is not stored.
// goal: 3
#[rstest]
#[case::with_its_newline(b"\n")]
#[case::without(b"")]
fn the_longest_line_fits(#[case] newline: &[u8]) {
    sandbox(|s| {
        let (key, line) = (s.key(), text(s, SIZE - 1));
        succeeded(&writer(s, key, &[&line, newline].concat()));
        message_is(s, row(s, key).id, &line);
    });
}

/// The second writer finds the segment of the first, and its message replaces the first one. It is the same segment
/// with the same id, so programs that already know the id can continue to read.
// goal: 3
#[test]
fn the_writer_replaces_a_message() {
    sandbox(|s| {
        let (old, line) = (s.plant(s.key(), SIZE, 0o600), some_text(s, 1..=10));
        old.write(0, b"the message of an earlier writer");
        succeeded(&writer(s, old.key(), &[&line[..], b"\n"].concat()));
        let asked = format!("the id of the segment with the key {:#x}, after the second writer", old.key());
        same(asked, old.id(), row(s, old.key()).id, "program::claim finds the segment that is there");
        message_is(s, old.id(), &line);
    });
}

/// Bytes that are not UTF-8 are stored unchanged, or refused. They are never replaced.
// goal: 3
#[test]
fn bytes_that_are_not_text_are_never_changed() {
    sandbox(|s| {
        let key = s.key();
        let line = b"caf\xe9 \xff\xfe";
        let ended = writer(s, key, &[&line[..], b"\n"].concat());
        if ended.code() == Some(0) {
            return message_is(s, row(s, key).id, line);
        }
        failed(&ended, "a line that is not stored is refused");
        left_unwritten(s, key, &ended);
    });
}

/// Input that cannot become a message: an error on standard error, exit code 1, and nothing stored. A segment that the
/// writer has created stays, and nothing has been written to it; `program::start` says so, if `run` returns the error.
/// And if a message was there before, then it is still there, to the last byte.
// goal: 3
#[rstest]
#[case::no_byte_at_all(b"".to_vec(), "an input that ends before its first byte has no line, not even an empty one")]
#[case::one_byte_too_long([vec![b'x'; SIZE], vec![b'\n']].concat(), "1024 bytes have no room for their NUL")]
#[case::a_mebibyte_without_a_newline(vec![b'x'; 1 << 20], "1024 bytes have no room for their NUL")]
#[case::a_nul_inside(b"Hello\0World\n".to_vec(), "a NUL inside would end the message there")]
fn a_bad_line_changes_nothing(#[case] input: Vec<u8>, #[case] why: &str) {
    sandbox(|s| {
        let key = s.key();
        let ended = writer(s, key, &input);
        failed(&ended, why);
        left_unwritten(s, key, &ended);
        let wrote = ended.stdout().contains("You wrote");
        same(
            "whether a writer that refuses its line says that it wrote it",
            false,
            wrote,
            "store first, and say so then",
        );

        let old = s.plant(s.key(), SIZE, 0o600);
        old.write(0, b"the message of an earlier writer");
        let ended = writer(s, old.key(), &input);
        failed(&ended, why);
        let claimed = ended.stderr().contains("which this program created");
        same("whether it says that it created the segment of another", false, claimed, "program::start is given");
        message_is(s, old.id(), b"the message of an earlier writer");
    });
}

/// A line that does not fit is refused as soon as its 1024th byte arrives. Its newline may never come. (Here the input
/// stays open.) The limit counts bytes: `é` has two of them.
// goal: 3
#[rstest]
#[case::the_first_byte_too_many(vec![b'x'; 1024])]
#[case::characters_of_two_bytes("é".repeat(512).into_bytes())]
#[case::many_more(vec![b'x'; 4096])]
fn a_line_without_end_is_not_waited_for(#[case] start: Vec<u8>) {
    sandbox(|s| {
        let key = s.key();
        let mut peer = s.program(WRITER).arg(key.to_string()).spawn();
        peer.wait_for_stdout("Enter some data");
        peer.write(&start);
        let gave_up = soon(|| row(s, key).nattch == 0);
        assert!(
            gave_up,
            "the writer should refuse {} bytes without a newline\n  expected: an error, as soon as the 1024th byte is \
             there\n  found:    it is still attached, and waits for more\n  look:     the longest line, program::line's \
             argument, leaves one byte of the segment to the NUL",
            start.len()
        );
        failed(&peer.wait(), "1024 bytes have no room for their NUL");
    });
}

/// 1023 bytes still fit. The writer waits for their newline, however late it comes.
// goal: 3
#[test]
fn the_longest_line_is_waited_for() {
    sandbox(|s| {
        let (key, line) = (s.key(), text(s, 1023));
        let mut peer = s.program(WRITER).arg(key.to_string()).spawn();
        peer.wait_for_stdout("Enter some data");
        peer.write(&line);
        std::thread::sleep(std::time::Duration::from_millis(30));
        let nattch = row(s, key).nattch;
        same(
            "attachments of a writer that has 1023 bytes and no newline yet",
            1,
            nattch,
            "which byte is one too many?",
        );
        peer.write(b"\n");
        succeeded(&peer.wait());
        message_is(s, row(s, key).id, &line);
    });
}

/// The kind of the error that `run` returns says what went wrong: it is the kind from `program::line`, or the one that
/// belongs to the kernel's errno.
// goal: 3
// errors: line UnexpectedEof InvalidInput, claim PermissionDenied
#[test]
fn run_returns_what_went_wrong() {
    sandbox(|s| {
        let key = s.key();
        feed(b"");
        let found = run(key).map_err(|error| error.kind());
        let look = "return what program::line returned, before anything is stored";
        same("run, with a standard input that ends at once", Err(ErrorKind::UnexpectedEof), found, look);
        feed(&[b'x'; SIZE]);
        let found = run(key).map_err(|error| error.kind());
        same("run, with a line of 1024 bytes", Err(ErrorKind::InvalidInput), found, look);
        let result = failing_read(s, key, libc::EIO);
        let found = result.map_err(|error| error.kind() == ErrorKind::UnexpectedEof);
        let look = "return the error of the read: it is not the end of the input";
        same(
            "run, when standard input cannot be read (EIO): an error, and whether it is UnexpectedEof",
            Err(false),
            found,
            look,
        );
        feed(b"Hello\n");
        let result = s.refusing(libc::SYS_shmat, libc::ENOMEM, || run(key));
        let found = result.map_err(|error| error.kind());
        let look = "return what attach returned; words of yours may come with it";
        same("run, when the kernel has no room for the segment (ENOMEM)", Err(ErrorKind::OutOfMemory), found, look);
        let found = run(s.plant(s.key(), SIZE + 1, 0o600).key()).map_err(|error| error.kind());
        let look = "return what program::claim returned";
        same("run, on a segment of another size", Err(ErrorKind::PermissionDenied), found, look);
    });
}

/// A read(2) that a signal interrupts fails with `EINTR`, and has read nothing. This is not an error of the program:
/// read again.
// goal: 3
#[test]
fn an_interrupted_read_is_made_again() {
    sandbox(|s| {
        let key = s.key();
        feed(b"Hello\n");
        if let Err(error) = failing_read(s, key, libc::EINTR) {
            panic!(
                "run({key:#x}), when a signal interrupts its first read\n  expected: Ok\n  found:    {error}\n  \
                 look:     program::line reads again, as std's read_until does; a bare read does not"
            );
        }
        message_is(s, row(s, key).id, b"Hello");
    });
}

/// What `run` returns when the first read(2) of standard input fails with `errno`.
fn failing_read(s: &Sandbox, key: key_t, errno: libc::c_int) -> std::io::Result<()> {
    let mut failed = false;
    let calls = [libc::SYS_read, libc::SYS_readv];
    s.stopping(
        &calls,
        || run(key),
        |stop| {
            if stop.arguments[0] as libc::c_int != 0 || failed {
                return Answer::GoOn;
            }
            failed = true;
            Answer::Fail(errno)
        },
    )
}

/// Another program's segment may have the same key. The writer must not change it, even if its mode allows that.
/// `program::claim` checks the creator and the size. The error names the user who created it and a command to look at
/// it, and no byte of the segment changes.
// goal: 3
#[test]
fn another_programs_segment_is_not_changed() {
    sandbox(|s| {
        let segment = s.plant(s.key(), SIZE + s.number(1..=1000) as usize, 0o600);
        segment.write(0, b"keep out");
        let before = (row(s, segment.key()), segment.read(0..segment.size()));
        let ended = writer(s, segment.key(), b"Hello\n");
        let words = [format!("{:#x}", segment.key()), format!("ipcs -m -i {}", segment.id())];
        fails(&ended, &words.each_ref().map(|word| &**word), "a segment of another size is not the programs' own");
        let after = segment.read(0..segment.size());
        same_bytes(&after, &before.1, "another program's segment", "`program::claim` gives you an id, or an error");
        let ctime = row(s, segment.key()).ctime;
        same("when another program's segment was made or changed (ctime)", before.0.ctime, ctime, "leave it as it is");
    });
}

/// The key is the program's one argument: decimal, or hexadecimal as `ipcs` prints it. Keys are signed: from 0x80000000
/// on a number means a negative key, and -1 is a valid key. Without an argument the key is 2345.
// goal: 3
#[rstest]
#[case::decimal(&["7411"], 7411)]
#[case::negative(&["-7411"], -7411)]
#[case::hexadecimal(&["0x00001cf4"], 0x1cf4)]
#[case::hexadecimal_in_capitals(&["0X1CF4"], 0x1cf4)]
#[case::the_upper_half(&["0xffffe30c"], -0x1cf4)]
#[case::the_largest_with_a_sign(&["2147483647"], key_t::MAX)]
#[case::the_first_of_the_upper_half(&["2147483648"], key_t::MIN)]
#[case::decimal_without_a_sign(&["4294967295"], -1)]
#[case::minus_one(&["0xffffffff"], -1)]
#[case::left_out(&[], 2345)]
fn the_key_is_the_argument(#[case] arguments: &[&str], #[case] key: key_t) {
    sandbox(|s| {
        s.this_key(key);
        succeeded(&writer_with(s, arguments));
        message_is(s, row(s, key).id, b"Hello");
        same(format!("how many segments writer {arguments:?} makes"), 1, s.segments().len(), "program::claim, once");
    });
}

/// Anything else is not a key: the program prints what is wrong and how to call it, does nothing, and ends with exit
/// code 2. Key 0 is `IPC_PRIVATE`: no program can find a segment under it.
// goal: 3
#[rstest]
#[case::no_number(&["key"], "key is not a key")]
#[case::no_digits(&["0x"], "0x is not a key")]
#[case::a_sign_before_hexadecimal_digits(&["0x-1"], "0x-1 is not a key")]
#[case::ipc_private(&["0"], "IPC_PRIVATE")]
#[case::ipc_private_in_hexadecimal(&["0x0"], "IPC_PRIVATE")]
#[case::too_large(&["4294967296"], "more than 32 bits")]
#[case::too_large_in_hexadecimal(&["0x100000000"], "more than 32 bits")]
#[case::too_small(&["-2147483649"], "more than 32 bits")]
#[case::two_keys(&["1", "2"], "2 arguments")]
fn an_invalid_key_is_refused(#[case] arguments: &[&str], #[case] why: &str) {
    sandbox(|s| {
        let key = s.key();
        succeeded(&writer(s, key, b"Hello\n"));
        let ended = writer_with(s, arguments);
        let look = "the given program::start reads the arguments";
        same(format!("how writer {arguments:?} ends"), "exit code 2", &*ended.ending(), look);
        for words in [why, "usage: writer [KEY]"] {
            let told = ended.stderr().contains(words);
            same(format!("whether writer {arguments:?} says {words:?} on standard error"), true, told, look);
        }
        same(format!("how many segments writer {arguments:?} makes"), 0, s.segments().len() - 1, look);
    });
}

/// `--help` is not an error: the program prints how to call it on standard output, and does nothing else.
// goal: 3
#[rstest]
#[case::in_full("--help")]
#[case::in_short("-h")]
fn help_is_given(#[case] argument: &str) {
    sandbox(|s| {
        succeeded(&writer(s, s.key(), b"Hello\n"));
        let ended = writer_with(s, &[argument]);
        succeeded(&ended);
        assert!(ended.stdout().starts_with("usage: writer [KEY]\n"), "writer {argument} prints\n{}", ended.stdout());
        assert_eq!(s.segments().len(), 1, "writer {argument} should make no segment");
    });
}

/// The end of a process detaches everything. But a function that is called in a process that goes on has to detach
/// itself: here the test calls `run` twice in its own process.
// goal: 3
#[test]
fn run_detaches_what_it_attached() {
    sandbox(|s| {
        for key in [s.key(), s.key()] {
            feed(b"Hello\n");
            run(key).unwrap_or_else(|error| panic!("run({key:#x}), with a line on standard input: {error}"));
            message_is(s, row(s, key).id, b"Hello");
        }
        let attached = s.mappings().len();
        assert!(
            attached == 0,
            "run, called twice in one process\n  expected: no segment is attached afterwards\n  found:    {attached}, \
             listed below the table\n  look:     detach before `run` returns Ok"
        );
    });
}
