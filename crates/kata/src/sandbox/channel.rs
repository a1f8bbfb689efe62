//! How the three storeys talk: frames appended to an anonymous file.
//!
//! A file and not a pipe: nobody blocks on it, it has no end that a surviving process could hold open, and it
//! can be read after its writer has died.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    os::fd::{FromRawFd, OwnedFd, RawFd},
};

use libc::{c_int, key_t, pid_t};

/// What the body tells the supervisor. The file keeps the order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// The test's thread panicked; not yet a failure, a test may catch it.
    Panic(Panic),
    /// The panic left the test.
    Failed,
    /// The test cannot show its point here.
    Skipped { reason: String },
    /// A signal for a bad address, the kernel's reason (`si_code`), and the address.
    Fault { signal: c_int, code: c_int, address: u64 },
    /// A program was started.
    Peer { pid: pid_t, name: String },
    /// A key was handed out.
    Key(key_t),
    /// The last word of a test that passed.
    Token(u64),
}

/// A panic, and what the kernel held when it began: unwinding drops what the test held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Panic {
    pub(super) at: String,
    pub(super) message: String,
    /// `/proc/sysvipc/shm`, as it was read.
    pub(super) segments: String,
    /// The lines of `/proc/self/maps`.
    pub(super) maps: String,
}

/// Separates the parts of a frame's text.
const UNIT: char = '\x1f';

impl Frame {
    fn encode(&self) -> (u8, String) {
        match self {
            Frame::Panic(Panic { at, message, segments, maps }) => {
                (b'P', [at.as_str(), message, segments, maps].map(|part| part.replace(UNIT, " ")).join("\x1f"))
            }
            Frame::Failed => (b'F', String::new()),
            Frame::Skipped { reason } => (b'K', reason.clone()),
            Frame::Fault { signal, code, address } => (b'A', format!("{signal}{UNIT}{code}{UNIT}{address}")),
            Frame::Peer { pid, name } => (b'C', format!("{pid}{UNIT}{name}")),
            Frame::Key(key) => (b'N', key.to_string()),
            Frame::Token(token) => (b'T', token.to_string()),
        }
    }

    fn decode(tag: u8, text: &str) -> Option<Self> {
        let mut parts = text.split(UNIT);
        let mut part = || parts.next();
        Some(match tag {
            b'P' => Frame::Panic(Panic {
                at: part()?.to_owned(),
                message: part()?.to_owned(),
                segments: part()?.to_owned(),
                maps: part()?.to_owned(),
            }),
            b'F' => Frame::Failed,
            b'K' => Frame::Skipped { reason: text.to_owned() },
            b'A' => Frame::Fault {
                signal: part()?.parse().ok()?,
                code: part()?.parse().ok()?,
                address: part()?.parse().ok()?,
            },
            b'C' => Frame::Peer { pid: part()?.parse().ok()?, name: part()?.to_owned() },
            b'N' => Frame::Key(text.parse().ok()?),
            b'T' => Frame::Token(text.parse().ok()?),
            _ => return None,
        })
    }
}

/// An anonymous file that is closed on exec unless [`keep_across_exec`] is called between fork and exec.
pub(super) fn anonymous_file(name: &std::ffi::CStr) -> io::Result<File> {
    // SAFETY: `name` is NUL-terminated; the kernel copies it.
    let fd = unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC) };
    if fd == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just opened `fd` for us, and nobody else knows it.
    let file = unsafe { File::from_raw_fd(fd) };
    set_flags(fd, libc::F_SETFL, libc::O_APPEND)?;
    Ok(file)
}

/// Lets `fd` through the next exec. Async-signal-safe, for use between fork and exec.
pub(super) fn keep_across_exec(fd: RawFd) -> io::Result<()> {
    set_flags(fd, libc::F_SETFD, 0)
}

/// Takes over a descriptor that the parent left open under a number that it told us, and keeps it from our children.
///
/// # Safety
/// `fd` must be ours alone: nobody else in this process closes it.
pub(super) unsafe fn inherit(fd: RawFd) -> io::Result<OwnedFd> {
    set_flags(fd, libc::F_SETFD, libc::FD_CLOEXEC)?;
    // SAFETY: fcntl found it open, and the caller promises that nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn set_flags(fd: RawFd, command: c_int, flags: c_int) -> io::Result<()> {
    // SAFETY: fcntl with an integer argument touches no memory of ours; a bad descriptor is an error.
    match unsafe { libc::fcntl(fd, command, flags) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Appends one frame, in one write.
pub(super) fn send(mut file: &File, frame: &Frame) -> io::Result<()> {
    let (tag, text) = frame.encode();
    let length = u32::try_from(text.len()).map_err(io::Error::other)?;
    let mut bytes = vec![tag];
    bytes.extend(length.to_le_bytes());
    bytes.extend(text.as_bytes());
    file.write_all(&bytes)
}

/// A whole anonymous file from its beginning; bytes that are not UTF-8 become replacement characters.
pub(super) fn read_all(mut file: &File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The frames written so far. A frame that its writer could not finish, or that nobody understands, is an error.
pub(super) fn receive(file: &File) -> io::Result<Vec<Frame>> {
    let bytes = read_all(file)?;
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "a frame of the test's process is not understood");
    let mut rest = bytes.as_slice();
    let mut frames = Vec::new();
    while let Some((&tag, after)) = rest.split_first() {
        let (length, after) = after.split_first_chunk::<4>().ok_or_else(wrong)?;
        let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(wrong)?;
        let text = str::from_utf8(text).map_err(|_| wrong())?;
        frames.push(Frame::decode(tag, text).ok_or_else(wrong)?);
        rest = after;
    }
    Ok(frames)
}

/// Appends a [`Frame::Fault`] without allocating: for a signal handler.
pub(super) fn send_fault(fd: RawFd, signal: c_int, code: c_int, address: u64) {
    let mut frame = [0_u8; 5 + 2 * (11 + 1) + 20];
    let mut text = io::Cursor::new(&mut frame[5..]);
    // Formatting integers into a buffer on the stack neither allocates nor locks.
    if write!(text, "{signal}{UNIT}{code}{UNIT}{address}").is_err() {
        return;
    }
    let length = text.position() as usize;
    frame[0] = b'A';
    frame[1..5].copy_from_slice(&(length as u32).to_le_bytes());
    // SAFETY: the first 5 + length bytes of `frame` are initialised, and write(2) may be called in a signal handler.
    let _ = unsafe { libc::write(fd, frame.as_ptr().cast(), 5 + length) };
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn what_is_sent_is_received_in_order() {
        let file = anonymous_file(c"test").unwrap();
        let sent = [
            Frame::Panic(Panic {
                at: "a:1:2".into(),
                message: "m\nn".into(),
                segments: String::new(),
                maps: "x".into(),
            }),
            Frame::Failed,
            Frame::Skipped { reason: "no perl".into() },
            Frame::Fault { signal: 11, code: 1, address: u64::MAX },
            Frame::Peer { pid: 7, name: "writer".into() },
            Frame::Key(-5),
            Frame::Token(9),
        ];
        for frame in &sent {
            send(&file, frame).unwrap();
        }
        send_fault(file.as_raw_fd(), 7, c_int::MIN, u64::MAX);
        let mut received = receive(&file).unwrap();
        assert_eq!(received.pop(), Some(Frame::Fault { signal: 7, code: c_int::MIN, address: u64::MAX }));
        assert_eq!(received, sent);
    }

    #[test]
    fn garbage_is_an_error_and_not_a_frame() {
        for bytes in [b"T".as_slice(), b"T\x05\x00\x00\x00123", b"Z\0\0\0\0", b"T\x01\0\0\0x", b"K\x01\0\0\0\xff"] {
            let file = anonymous_file(c"test").unwrap();
            (&file).write_all(bytes).unwrap();
            assert!(receive(&file).is_err(), "{bytes:?}");
        }
    }
}
