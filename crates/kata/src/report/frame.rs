//! Reports on their way to another process: frames appended to one file by many writers.
//!
//! A frame is `KATA`, a version (2 bytes), the key of the run (8), the length of what follows (4), its checksum (4), and
//! then the content. A writer that is killed leaves a frame cut off, and others write behind it: the reader says so, and
//! finds the next frame.

use std::fmt::{self, Display, Formatter};

use super::{record::Report, wire::Wire};

const MAGIC: [u8; 4] = *b"KATA";
/// The version of the form: it changes with any field of a report.
const VERSION: u16 = 2;
const HEAD: usize = MAGIC.len() + 2 + 8 + 4 + 4;
/// No report is longer: what programs print is cut short.
const LONGEST: usize = 16 << 20;

/// What a process tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// What came of a test.
    Report(Box<Report>),
    /// Tests share the machine's table of segments; why.
    Fallback(String),
}

impl Wire for Told {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Told::Report(report) => {
                to.push(b'R');
                report.write(to);
            }
            Told::Fallback(why) => {
                to.push(b'F');
                why.write(to);
            }
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        match u8::read(from)? {
            b'R' => Some(Told::Report(Box::new(Wire::read(from)?))),
            b'F' => Some(Told::Fallback(Wire::read(from)?)),
            _ => None,
        }
    }
}

/// Why a frame cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Its writer did not come to its end.
    CutOff,
    /// Another version of the kata wrote it.
    Version(u16),
    /// It bears the key of another run: this run's tests did not write it.
    Forged,
    /// Its bytes are not what a report is written in.
    Garbled,
}

impl Display for Unreadable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::CutOff => f.write_str("a report is cut off: its writer was killed before it was done"),
            Unreadable::Version(version) => write!(
                f,
                "a report has version {version}, and this kata reads version {VERSION}: was one of them built from other \
                 sources? Build again"
            ),
            Unreadable::Forged => {
                f.write_str("a report does not bear this run's key: the tests of this run did not write it")
            }
            Unreadable::Garbled => {
                f.write_str("a report is garbled: something else wrote to the descriptor of the reports")
            }
        }
    }
}

/// The frame of `told`, for a reader that knows `key`.
pub fn frame(told: &Told, key: u64) -> Vec<u8> {
    let mut content = Vec::new();
    told.write(&mut content);
    let mut frame = MAGIC.to_vec();
    VERSION.write(&mut frame);
    key.write(&mut frame);
    (content.len() as u32).write(&mut frame);
    checksum(&content).write(&mut frame);
    frame.append(&mut content);
    frame
}

/// FNV-1a: against accidents, not against forgery.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Reads frames as their bytes arrive.
#[derive(Debug)]
pub struct Deframer {
    key: u64,
    bytes: Vec<u8>,
    /// Whether what stands next belongs to a frame that could not be read, of which the reader was told.
    lost: bool,
}

impl Deframer {
    /// For frames that bear this key.
    pub fn new(key: u64) -> Self {
        Deframer { key, bytes: Vec::new(), lost: false }
    }

    /// The frames that are complete with these bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Result<Told, Unreadable>> {
        self.bytes.extend(bytes);
        let mut told = Vec::new();
        while let Some(next) = self.next() {
            told.push(next);
        }
        told
    }

    /// No more bytes will come: what is incomplete is cut off, and what other writers wrote behind it is read.
    pub fn finish(&mut self) -> Vec<Result<Told, Unreadable>> {
        let mut told = Vec::new();
        while !self.bytes.is_empty() {
            if let Some(next) = self.next() {
                told.push(next);
            } else if self.lost {
                self.bytes.clear();
            } else {
                told.push(Err(Unreadable::CutOff));
                self.skip(1);
            }
        }
        told
    }

    /// The next frame; `None` while more bytes are needed.
    fn next(&mut self) -> Option<Result<Told, Unreadable>> {
        if self.lost {
            self.skip(0);
        }
        if self.lost || self.bytes.is_empty() {
            return None;
        }
        let next = read(&self.bytes, self.key)?;
        match &next {
            Ok((_, length)) => drop(self.bytes.drain(..*length)),
            Err(_) => self.skip(1),
        }
        Some(next.map(|(told, _)| told))
    }

    /// Drops the bytes up to the next frame's beginning, which lies `from` bytes away at least.
    fn skip(&mut self, from: usize) {
        let next = self.bytes.windows(MAGIC.len()).skip(from).position(|bytes| bytes == MAGIC);
        self.lost = next.is_none();
        // The last bytes may be the first of a beginning.
        let end = next.map_or(self.bytes.len().saturating_sub(MAGIC.len() - 1).max(from), |next| next + from);
        self.bytes.drain(..end);
    }
}

/// The frame at the beginning of `bytes`, with its length; `None` while more bytes are needed.
fn read(bytes: &[u8], key: u64) -> Option<Result<(Told, usize), Unreadable>> {
    if !bytes.iter().zip(&MAGIC).all(|(one, other)| one == other) {
        return Some(Err(Unreadable::Garbled));
    }
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let mut head = &head[MAGIC.len()..];
    let version = u16::read(&mut head)?;
    let (theirs, length, sum) = (u64::read(&mut head)?, u32::read(&mut head)? as usize, u32::read(&mut head)?);
    if version != VERSION {
        return Some(Err(Unreadable::Version(version)));
    }
    if theirs != key {
        return Some(Err(Unreadable::Forged));
    }
    if length > LONGEST {
        return Some(Err(Unreadable::Garbled));
    }
    let (mut content, _) = rest.split_at_checked(length)?;
    if checksum(content) != sum {
        // Most likely the next frame begins where the rest of this one belongs.
        return Some(Err(Unreadable::CutOff));
    }
    let told = Told::read(&mut content).filter(|_| content.is_empty());
    Some(told.map(|told| (told, HEAD + length)).ok_or(Unreadable::Garbled))
}
