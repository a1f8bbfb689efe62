//! Running `writer`, and what is expected of its end, its words and its segment.

use std::io::{self, Write};
use std::os::fd::AsRawFd;

use kata::expect::fails;
use kata::kernel::Segment;
use kata::sandbox::{Finished, Sandbox};
use libc::{c_int, key_t};
use write::program::find_written;

use crate::target::same_bytes;

/// The size of the programs' segment in bytes, which the card names.
pub const SIZE: usize = 1024;

pub const WRITER: &str = env!("CARGO_BIN_EXE_writer");

pub fn writer(s: &Sandbox, key: key_t, input: &[u8]) -> Finished {
    s.program(WRITER).arg(key.to_string()).stdin(input).run()
}

pub fn writer_with(s: &Sandbox, arguments: &[&str]) -> Finished {
    let program = arguments.iter().fold(s.program(WRITER), |program, argument| program.arg(argument));
    program.stdin("Hello\n").run()
}

#[track_caller]
pub fn failed(ended: &Finished, why: &str) {
    fails(ended, &[], why);
}

#[track_caller]
pub fn row(s: &Sandbox, key: key_t) -> Segment {
    s.segment_by_key(key).unwrap_or_else(|| {
        panic!(
            "the writer should create a segment\n  expected: one with the key {key:#010x}\n  found:    none\n  look:     \
             the given program::claim creates it, or finds it"
        )
    })
}

/// The segment that a failed writer has created is still there, and nothing has been written to it; the writer says so.
#[track_caller]
pub fn left_unwritten(s: &Sandbox, key: key_t, ended: &Finished) {
    unwritten(s, key, "a writer that refuses its line");
    let (id, stderr) = (row(s, key).id, ended.stderr());
    assert!(
        stderr.contains(&format!("ipcrm -m {id} removes it")),
        "a writer that refuses its line should say that the segment which it created is still there\n  expected: on \
         standard error something like \"ipcrm -m {id} removes it\"\n  found:    {:?}\n  look:     program::start says so, \
         if `run` has returned the error: does your code end the process itself?",
        stderr.trim_end()
    );
}

/// The segment under `key` has no page of memory yet, and a reader is told that nothing has been written to it.
#[track_caller]
pub fn unwritten(s: &Sandbox, key: key_t, who: &str) {
    let memory = row(s, key).memory.expect("the table shows it");
    assert!(
        memory.rss == 0 && memory.swap == 0,
        "{who} should not have touched its new segment\n  expected: rss 0 in /proc/sysvipc/shm\n  found:    rss {}\n  \
         look:     store nothing, and read nothing there, before the whole line is known to fit",
        memory.rss
    );
    let told = find_written(key).expect_err("nothing has been written");
    assert!(
        told.kind() == io::ErrorKind::NotFound && told.to_string().contains("nothing has been written to it"),
        "the given program::find_written\n  expected: nothing has been written to it (NotFound)\n  found:    {told}"
    );
}

/// The whole segment, as another process finds it: the message, and zeroes up to the end.
#[track_caller]
pub fn message_is(s: &Sandbox, id: c_int, message: &[u8]) {
    let found = s.stranger().read(id, 0, SIZE).expect("another process reads the segment");
    let mut expected = message.to_vec();
    expected.resize(SIZE, 0);
    let (start, rest) = message.split_at(message.len().min(40));
    let rest = if rest.is_empty() { String::new() } else { format!(", {} more bytes,", rest.len()) };
    let asked = format!("the writer's segment should hold \"{}\"{rest} and zeroes", start.escape_ascii());
    same_bytes(
        &found,
        &expected,
        asked,
        "`run` hands write_message the line as it came, all its bytes, without the newline that ended it",
    );
}

/// Puts `input` on this process's standard input, and ends it there.
pub fn feed(input: &[u8]) {
    let (read, mut write) = io::pipe().expect("a pipe");
    write.write_all(input).expect("a pipe has room for a line");
    // SAFETY: dup2 takes two numbers and touches no memory.
    assert_eq!(unsafe { libc::dup2(read.as_raw_fd(), 0) }, 0, "standard input cannot be replaced");
}
