//! What `writer`, `reader` and `remover` share: their segment, a line of input, their argument, their exit status.
//! There is nothing to fill in here.

use std::{
    env,
    ffi::OsString,
    io::{self, BufRead, ErrorKind, Read, Write},
    process::{self, ExitCode},
};

use kata::kernel::{self, Segment};
use libc::key_t;
use shmget::ShmId;

/// The key that the programs use unless they are given another.
pub const KEY: key_t = 2345;

/// The size of their segment in bytes.
pub const SIZE: usize = 1024;

/// The id of the segment under `key`, created if there is none.
///
/// # Errors
/// What `shmget` says, and [`PermissionDenied`](ErrorKind::PermissionDenied) if the segment is not this program's:
/// another user created it, or its size is not [`SIZE`].
pub fn claim(key: key_t) -> io::Result<ShmId> {
    match shmget::create(key, SIZE) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => find(key),
        Err(error) => {
            let text = format!("no segment can be created for key {key} ({key:#x}): {error}. Look: ipcs -m -l");
            Err(io::Error::new(error.kind(), text))
        }
        created => created,
    }
}

/// The id of the segment under `key`, which has to exist.
///
/// # Errors
/// As [`claim`], and [`NotFound`](ErrorKind::NotFound) if no segment has the key.
pub fn find(key: key_t) -> io::Result<ShmId> {
    find_row(key).map(|segment| ShmId::from_raw(segment.id))
}

/// The id of the segment under `key`, if something has been written to it.
///
/// The kernel takes a page of memory for a segment when a program first touches that page. A segment without a page has
/// never been written to: its writer still waits for a line, or has failed, or was killed. The bytes do not show this,
/// because a new segment and an empty message are both zeroes. Reading a page touches it too: once any program has read
/// an unwritten segment (perl's `shmread` does), it looks like one with an empty message.
///
/// # Errors
/// As [`find`], and [`NotFound`](ErrorKind::NotFound) too if the segment is there and nothing has been written to it.
pub fn find_written(key: key_t) -> io::Result<ShmId> {
    let segment = find_row(key)?;
    if segment.is_untouched() {
        let text = format!(
            "segment {} was created, and nothing has been written to it yet. Is a writer waiting for its line?",
            segment.id
        );
        return Err(io::Error::new(ErrorKind::NotFound, text));
    }
    Ok(ShmId::from_raw(segment.id))
}

/// One line of standard input, without the newline that ended it. The last line of the input may lack its newline.
///
/// # Errors
/// - [`InvalidInput`](ErrorKind::InvalidInput): the line has more than `max` bytes. It returns at the first byte too
///   many, and does not wait for the rest of the line, which may never end.
/// - [`UnexpectedEof`](ErrorKind::UnexpectedEof): the input ended before its first byte.
/// - What read(2) says.
pub fn line(max: usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    io::stdin().lock().take((max as u64).saturating_add(1)).read_until(b'\n', &mut line)?;
    if line.pop_if(|byte| *byte == b'\n').is_some() {
        return Ok(line);
    }
    if line.is_empty() {
        return Err(io::Error::new(ErrorKind::UnexpectedEof, "standard input ended before its first byte"));
    }
    if line.len() > max {
        return Err(io::Error::new(ErrorKind::InvalidInput, format!("the line has more than {max} bytes")));
    }
    Ok(line)
}

/// Runs a program on the key that its argument names, and turns its result into the exit status: 0, 1 after an error, 2
/// if the argument is no key.
pub fn start(name: &str, run: fn(key_t) -> io::Result<()>) -> ExitCode {
    let usage = format!(
        "usage: {name} [KEY]\n  KEY  a number of 32 bits: decimal, or hexadecimal after 0x; not 0 (IPC_PRIVATE); {KEY} if left out"
    );
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if arguments.iter().any(|argument| matches!(argument.to_str(), Some("--help" | "-h"))) {
        return match writeln!(io::stdout(), "{usage}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let key = match key_argument(&arguments) {
        Ok(key) => key,
        Err(wrong) => {
            eprintln!("{name}: {wrong}\n{usage}");
            return ExitCode::from(2);
        }
    };
    // A SIGSEGV says what its address is, before it ends the program.
    kata::crash::say_why(name);
    match run(key) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            if let Some(id) = left_unwritten(key) {
                eprintln!(
                    "{name}: segment {id}, which this program created, is still there, and nothing has been written to it. \
                     The next writer will use it; ipcrm -m {id} removes it."
                );
            }
            ExitCode::FAILURE
        }
    }
}

/// The key that a program's arguments name, or what is wrong with them.
fn key_argument(arguments: &[OsString]) -> Result<key_t, String> {
    match arguments {
        [] => Ok(KEY),
        [text] => parse_key(&text.to_string_lossy()),
        more => Err(format!("one key is enough, and there are {} arguments", more.len())),
    }
}

/// A `key_t` has 32 bits and a sign, `ipcs` shows the same 32 bits without one: 0xffffffff, 4294967295 and -1 are one
/// key, and a key like any other.
fn parse_key(text: &str) -> Result<key_t, String> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let number = match digits {
        Some(digits) if digits.starts_with(['+', '-']) => None,
        Some(digits) => i128::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    let number = number.ok_or_else(|| format!("{text} is not a key"))?;
    let signed = key_t::try_from(number).ok();
    match signed.or_else(|| u32::try_from(number).ok().map(u32::cast_signed)) {
        None => Err(format!("{text} is not a key: it has more than 32 bits")),
        Some(libc::IPC_PRIVATE) => Err(format!("{text} is not a key here: nothing can be found under IPC_PRIVATE")),
        Some(key) => Ok(key),
    }
}

/// The row of the segment under `key` in the kernel's table, which any process may read, whatever the segment's mode.
///
/// The check compares the user number of the creator. In a user namespace all users without a number there are shown as
/// 65534, so a process of such a user cannot tell the other such users from its own.
fn find_row(key: key_t) -> io::Result<Segment> {
    let id = shmget::open(key).map_err(|error| in_words(key, &error))?;
    let row = table()?.into_iter().find(|segment| segment.id == id.as_raw());
    let segment = row.ok_or_else(|| in_words(key, &io::Error::from_raw_os_error(libc::ENOENT)))?;
    // SAFETY: geteuid reads a number that every process has; it takes no argument and cannot fail.
    let user = unsafe { libc::geteuid() };
    if segment.cuid == user && segment.size == SIZE {
        return Ok(segment);
    }
    let Segment { id, size, mode, cuid, uid, .. } = segment;
    Err(io::Error::new(
        ErrorKind::PermissionDenied,
        format!(
            "key {key} ({key:#x}) is taken: segment {id} was created by user {cuid}, is owned by user {uid}, and has \
             {size} bytes, mode {mode:03o}. This program only touches a segment of {SIZE} bytes that user {user} \
             created. Look: ipcs -m -i {id}. Or give another key."
        ),
    ))
}

/// The segment under `key`, if this process created it and nothing has been written to it. It is not removed: between
/// a look and a removal another writer may store a message, and say that it did.
fn left_unwritten(key: key_t) -> Option<i32> {
    let own = process::id().cast_signed();
    let mut rows = table().ok()?.into_iter();
    rows.find(|row| row.key == key && row.cpid == own && row.is_untouched()).map(|row| row.id)
}

fn table() -> io::Result<Vec<Segment>> {
    kernel::segments().map_err(io::Error::other)
}

/// What `shmget` said about `key`, for a reader who sees neither the call nor the number.
fn in_words(key: key_t, error: &io::Error) -> io::Error {
    let text = match error.kind() {
        ErrorKind::NotFound => format!("no segment has key {key} ({key:#x}). Has a writer run? Look: ipcs -m"),
        _ => format!("key {key} ({key:#x}): {error}. Look: ipcs -m"),
    };
    io::Error::new(error.kind(), text)
}
