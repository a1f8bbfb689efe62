//! What `writer`, `reader` and `remover` share: their segment, their argument, their exit. Nothing to fill in here.

use std::{
    env,
    ffi::OsString,
    io::{self, ErrorKind},
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use kata::kernel::{self, Memory, Segment};
use libc::key_t;
use shmget::ShmId;

/// The key that the programs meet under unless they are given another.
pub const KEY: key_t = 2345;

/// The size of their segment in bytes.
pub const SIZE: usize = 1024;

/// The segment that this process created last, if it created one.
static CREATED: Mutex<Option<ShmId>> = Mutex::new(None);

/// The id of the segment under `key`, created if there is none.
///
/// # Errors
/// What `shmget` says, and [`PermissionDenied`](ErrorKind::PermissionDenied) if the segment is not this program's:
/// another user created it, or its size is not [`SIZE`].
pub fn claim(key: key_t) -> io::Result<ShmId> {
    match shmget::create(key, SIZE) {
        Ok(id) => {
            *CREATED.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
            Ok(id)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => find(key),
        Err(error) => {
            let text = format!("no segment can be created for key {key} ({key:#x}): {error}. Look: ipcs -m -l");
            Err(io::Error::new(error.kind(), text))
        }
    }
}

/// The id of the segment under `key`, which has to exist.
///
/// # Errors
/// As [`claim`], and [`NotFound`](ErrorKind::NotFound) if no segment has the key.
pub fn find(key: key_t) -> io::Result<ShmId> {
    let id = shmget::open(key).map_err(|error| in_words(key, &error))?;
    let segment = row(id)?.ok_or_else(|| in_words(key, &io::Error::from_raw_os_error(libc::ENOENT)))?;
    // SAFETY: geteuid reads a number that every process has; it takes no argument and cannot fail.
    let user = unsafe { libc::geteuid() };
    if segment.cuid == user && segment.size == SIZE {
        return Ok(id);
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

/// Runs a program on the key that its argument names, and turns what comes back into its exit status: 0, 1 after an
/// error, 2 if the argument is no key. A segment that a failed program created is removed, unless somebody has put
/// something into it since.
pub fn start(name: &str, run: fn(key_t) -> io::Result<()>) -> ExitCode {
    let Some(key) = key_argument(env::args_os().skip(1)) else {
        eprintln!(
            "usage: {name} [KEY]\n  KEY  decimal, or hexadecimal after 0x; not 0 (IPC_PRIVATE); {KEY} if left out"
        );
        return ExitCode::from(2);
    };
    match run(key) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            discard_created();
            ExitCode::FAILURE
        }
    }
}

fn key_argument(mut arguments: impl Iterator<Item = OsString>) -> Option<key_t> {
    match (arguments.next(), arguments.next()) {
        (None, _) => Some(KEY),
        (Some(text), None) => parse_key(text.to_str()?),
        (Some(_), Some(_)) => None,
    }
}

/// A key as `ipcs` shows it has 32 bits and no sign, a `key_t` has one: 0xffffffff is -1, a key like any other.
fn parse_key(text: &str) -> Option<key_t> {
    let key = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?.cast_signed(),
        None => text.parse().ok()?,
    };
    (key != libc::IPC_PRIVATE).then_some(key)
}

/// The segment's row in the kernel's table, which anybody may read, whatever the segment's mode.
fn row(id: ShmId) -> io::Result<Option<Segment>> {
    let table = kernel::segments().map_err(io::Error::other)?;
    Ok(table.into_iter().find(|segment| segment.id == id.as_raw()))
}

/// What `shmget` said about `key`, for somebody who sees neither the call nor the number.
fn in_words(key: key_t, error: &io::Error) -> io::Error {
    let text = match error.kind() {
        ErrorKind::NotFound => format!("no segment has key {key} ({key:#x}). Has a writer run? Look: ipcs -m"),
        _ => format!("key {key} ({key:#x}): {error}. Look: ipcs -m"),
    };
    io::Error::new(error.kind(), text)
}

/// Removes what this process created, if nobody else is attached and no page has been touched: then there is no
/// message, and nobody about to leave one.
fn discard_created() {
    let Some(id) = *CREATED.lock().unwrap_or_else(PoisonError::into_inner) else { return };
    let own = std::process::id().cast_signed();
    let own =
        kernel::mappings(own).map_or(0, |all| all.iter().filter(|mapping| mapping.id == id.as_raw()).count() as u64);
    let Ok(Some(Segment { memory: Some(Memory { rss: 0, swap: 0 }), nattch, .. })) = row(id) else { return };
    if nattch <= own {
        // SAFETY: IPC_RMID takes an id and never looks at the third argument.
        unsafe { libc::shmctl(id.as_raw(), libc::IPC_RMID, std::ptr::null_mut()) };
    }
}
