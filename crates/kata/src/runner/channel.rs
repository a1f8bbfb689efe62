//! What the body tells its supervisor: frames appended to an anonymous file.
//!
//! A file and not a pipe: no process blocks on it, it has no end that a surviving process could hold open, and it can
//! be read after its writer has died.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd},
};

use libc::{c_int, key_t, pid_t};

use crate::{
    crash::{self, Fault},
    report::{Panic, wire::Wire},
};

/// What the body tells the supervisor. The file keeps the order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// The body's first word: the version of these frames, which may not be the supervisor's if they are two programs.
    Hello(u16),
    /// The test asks for a table of segments other than the one that it was given: a fresh one, or one with a decoy.
    OtherTable,
    /// The test's thread panicked; not yet a failure, a test may catch it.
    Panic(Box<Panic>),
    /// The panic left the test.
    Failed,
    /// The test cannot show its point here, if the token follows.
    Skipped(String),
    /// A signal for a bad address. If there are two, the second knows more.
    Fault(Box<Fault>),
    /// A program was started.
    Peer { pid: pid_t, name: String },
    /// A key was handed out.
    Key(key_t),
    /// The last word of a test that passed or was skipped.
    Token(u64),
}

/// The version of these frames: it changes with any of them, and with the fields of a panic.
pub(super) const VERSION: u16 = 2;

impl Wire for Frame {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Frame::Hello(version) => {
                to.push(b'H');
                version.write(to);
            }
            Frame::OtherTable => to.push(b'O'),
            Frame::Panic(panic) => {
                to.push(b'P');
                panic.write(to);
            }
            Frame::Failed => to.push(b'F'),
            Frame::Skipped(reason) => {
                to.push(b'K');
                reason.write(to);
            }
            Frame::Fault(fault) => {
                to.push(b'A');
                to.extend(fault.encode());
            }
            Frame::Peer { pid, name } => {
                to.push(b'C');
                pid.write(to);
                name.write(to);
            }
            Frame::Key(key) => {
                to.push(b'N');
                key.write(to);
            }
            Frame::Token(token) => {
                to.push(b'T');
                token.write(to);
            }
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::read(from)? {
            b'H' => Frame::Hello(Wire::read(from)?),
            b'O' => Frame::OtherTable,
            b'P' => Frame::Panic(Box::new(Wire::read(from)?)),
            b'F' => Frame::Failed,
            b'K' => Frame::Skipped(Wire::read(from)?),
            b'A' => {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Frame::Fault(Box::new(Fault::decode(bytes)?))
            }
            b'C' => Frame::Peer { pid: Wire::read(from)?, name: Wire::read(from)? },
            b'N' => Frame::Key(Wire::read(from)?),
            b'T' => Frame::Token(Wire::read(from)?),
            _ => return None,
        })
    }
}

/// An anonymous file that is closed on exec unless [`keep_across_exec`] is called between fork and exec.
pub(crate) fn anonymous_file(name: &std::ffi::CStr) -> io::Result<File> {
    // SAFETY: `name` is NUL-terminated; the kernel copies it.
    let fd = unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC) };
    if fd == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just opened `fd` for us, and no other code knows it.
    let file = unsafe { File::from_raw_fd(fd) };
    set_flags(fd, libc::F_SETFL, libc::O_APPEND)?;
    Ok(file)
}

/// Lets `fd` through the next exec. Async-signal-safe, for use between fork and exec.
pub(crate) fn keep_across_exec(fd: RawFd) -> io::Result<()> {
    set_flags(fd, libc::F_SETFD, 0)
}

/// A pipe for a number that a child inherits the reading end of, and that it waits for. Read once, the number is nowhere but in
/// that child's memory; an environment could be read again and again, in `/proc/self/environ`.
pub(super) struct Letter {
    reader: io::PipeReader,
    writer: io::PipeWriter,
}

impl Letter {
    pub(super) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Letter { reader, writer })
    }

    /// The reading end, for the child.
    pub(super) fn number(&self) -> RawFd {
        self.reader.as_raw_fd()
    }

    pub(super) fn send(mut self, number: u64) -> io::Result<()> {
        self.writer.write_all(&number.to_le_bytes())
    }
}

/// Waits for the number of a [`Letter`]. One that is never sent is an error: its sender has died.
pub(crate) fn open_letter(letter: OwnedFd) -> io::Result<u64> {
    let mut bytes = [0; size_of::<u64>()];
    File::from(letter).read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Takes over a descriptor that the parent left open under a number that it told us, and keeps it from our children.
///
/// # Safety
/// Only the caller may own `fd`: no other code in this process closes it.
pub(crate) unsafe fn inherit(fd: RawFd) -> io::Result<OwnedFd> {
    set_flags(fd, libc::F_SETFD, libc::FD_CLOEXEC)?;
    // SAFETY: fcntl found it open, and the caller promises that no other code owns it.
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
pub(crate) fn send(mut file: &File, frame: &Frame) -> io::Result<()> {
    let mut bytes = vec![0; 4];
    frame.write(&mut bytes);
    let length = u32::try_from(bytes.len() - 4).map_err(io::Error::other)?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    file.write_all(&bytes)
}

/// A whole anonymous file from its beginning.
pub(crate) fn read_all(mut file: &File) -> io::Result<Vec<u8>> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The frames written so far. A frame that its writer could not finish, or that cannot be decoded, is an error, and so
/// are frames of another version.
pub(crate) fn receive(file: &File) -> io::Result<Vec<Frame>> {
    let bytes = read_all(file)?;
    let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let garbled = || wrong("a frame of the test's process is not understood".to_owned());
    let mut rest = bytes.as_slice();
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let length = u32::read(&mut rest).ok_or_else(garbled)?;
        let (mut content, after) = rest.split_at_checked(length as usize).ok_or_else(garbled)?;
        let frame = Frame::read(&mut content).filter(|_| content.is_empty()).ok_or_else(garbled)?;
        match (&frame, frames.is_empty()) {
            (Frame::Hello(VERSION), true) => {}
            (Frame::Hello(version), true) => {
                return Err(wrong(format!(
                    "the test binary speaks version {version} and its supervisor version {VERSION}: build both from the \
                     same sources"
                )));
            }
            (Frame::Hello(_), false) | (_, true) => return Err(garbled()),
            _ => {}
        }
        frames.push(frame);
        rest = after;
    }
    Ok(frames)
}

/// Appends a [`Frame::Fault`] without allocating: for a signal handler.
pub(crate) fn send_fault(fd: RawFd, fault: &Fault) {
    let mut frame = [0_u8; 4 + 1 + crash::LENGTH];
    frame[..4].copy_from_slice(&(1 + crash::LENGTH as u32).to_le_bytes());
    frame[4] = b'A';
    frame[5..].copy_from_slice(&fault.encode());
    // SAFETY: `frame` is readable for its length, and write(2) may be called in a signal handler.
    let _ = unsafe { libc::write(fd, frame.as_ptr().cast(), frame.len()) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Held, Place, When};

    fn fault(signal: c_int, address: u64) -> Fault {
        let access = crash::Access::Store;
        Fault { signal, code: c_int::MIN, address, access, near: None, calls: [5; 24] }
    }

    #[test]
    fn what_is_sent_is_received_in_order() {
        let file = anonymous_file(c"test").unwrap();
        let place = Some(Place { path: "a".into(), line: 1, column: 2 });
        let sent = [
            Frame::Hello(VERSION),
            Frame::OtherTable,
            Frame::Panic(Box::new(Panic {
                place,
                message: "m\nn".into(),
                held: Held::new(When::Then, String::new(), "", 3),
            })),
            Frame::Failed,
            Frame::Skipped("no perl".into()),
            Frame::Fault(Box::new(fault(11, u64::MAX))),
            Frame::Peer { pid: 7, name: "writer".into() },
            Frame::Key(-5),
            Frame::Token(9),
        ];
        for frame in &sent {
            send(&file, frame).unwrap();
        }
        send_fault(file.as_raw_fd(), &fault(7, 0));
        let mut received = receive(&file).unwrap();
        assert_eq!(received.pop(), Some(Frame::Fault(Box::new(fault(7, 0)))));
        assert_eq!(received, sent);
    }

    #[test]
    fn garbage_is_an_error_and_not_a_frame() {
        let hello: &[u8] = b"\x03\0\0\0H\x02\0";
        let after = |bytes: &[u8]| [hello, bytes].concat();
        let garbage = [
            b"\x01\0\0\0F".to_vec(), // no greeting
            after(hello),
            after(b"\x09\0\0\0T1234567"),
            after(b"\x01\0\0\0Z"),
            after(b"\x02\0\0\0Fx"),
            after(b"\x06\0\0\0K\x01\0\0\0\xff"),
            after(b"\x06\0\0\0K\x01\0\0\0\x1b"),
        ];
        for bytes in garbage {
            let file = anonymous_file(c"test").unwrap();
            (&file).write_all(&bytes).unwrap();
            assert!(receive(&file).is_err(), "{bytes:?}");
        }
        let file = anonymous_file(c"test").unwrap();
        send(&file, &Frame::Hello(VERSION + 1)).unwrap();
        assert!(receive(&file).unwrap_err().to_string().contains("version 3"));
    }
}
