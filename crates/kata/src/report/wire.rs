//! The form in which a report travels: its fields one after the other, each number in little-endian order, each text
//! after its length. The reader refuses what the writer cannot have written: a length beyond the end, bytes that are no
//! UTF-8, control characters, bytes left over.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};

use super::{
    harmless::{harmless, in_one_line, is_harmless},
    place::{Place, Spot},
    printed::{How, Line, Printed},
    record::{Ending, Held, Panic, Report, Waiting, When},
};

/// What can be written, and read again.
pub(crate) trait Wire: Sized {
    fn write(&self, to: &mut Vec<u8>);
    /// `None` if the bytes are not what [`write`](Wire::write) writes.
    fn read(from: &mut &[u8]) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty)*) => { $(
        impl Wire for $number {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend(self.to_le_bytes());
            }

            fn read(from: &mut &[u8]) -> Option<Self> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(Self::from_le_bytes(*bytes))
            }
        }
    )* };
}
numbers!(u8 u16 u32 u64 i32);

impl Wire for bool {
    fn write(&self, to: &mut Vec<u8>) {
        u8::from(*self).write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        match u8::read(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// A structure: its fields in their order.
macro_rules! structure {
    ($name:ident { $($field:ident),* }) => {
        impl Wire for $name {
            fn write(&self, to: &mut Vec<u8>) {
                $(self.$field.write(to);)*
            }

            fn read(from: &mut &[u8]) -> Option<Self> {
                Some($name { $($field: Wire::read(from)?),* })
            }
        }
    };
}
structure!(Place { path, line, column });
structure!(Spot { place, function });
structure!(Panic { place, message, held });
structure!(Held { when, segments, maps, decoy });
structure!(Line { speaker, pid, how, text });
structure!(Printed { lines, left_out });
structure!(Waiting { pid, name, threads });
structure!(Report { test, package, seed, ending, people, has_a_key, held, alive, printed });

/// Text, with its control characters written out.
impl Wire for String {
    fn write(&self, to: &mut Vec<u8>) {
        let text = harmless(self);
        (text.len() as u32).write(to);
        to.extend(text.as_bytes());
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let length = u32::read(from)?;
        let (text, rest) = from.split_at_checked(length as usize)?;
        *from = rest;
        let text = str::from_utf8(text).ok()?;
        text.chars().all(is_harmless).then(|| text.to_owned())
    }
}

impl<T: Wire> Wire for Option<T> {
    fn write(&self, to: &mut Vec<u8>) {
        u8::from(self.is_some()).write(to);
        if let Some(value) = self {
            value.write(to);
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        match u8::read(from)? {
            0 => Some(None),
            1 => T::read(from).map(Some),
            _ => None,
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write(&self, to: &mut Vec<u8>) {
        (self.len() as u32).write(to);
        self.iter().for_each(|value| value.write(to));
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let count = u32::read(from)?;
        // Not with_capacity: the number may be anything.
        (0..count).map(|_| T::read(from)).collect()
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
        self.1.write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Some((A::read(from)?, B::read(from)?))
    }
}

impl Wire for Duration {
    fn write(&self, to: &mut Vec<u8>) {
        self.as_secs().write(to);
        self.subsec_nanos().write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let (seconds, nanoseconds) = (u64::read(from)?, u32::read(from)?);
        (nanoseconds < 1_000_000_000).then(|| Duration::new(seconds, nanoseconds))
    }
}

impl Wire for When {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(match self {
            When::Then => 0,
            When::AfterDeath => 1,
            When::AfterEnd => 2,
        });
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        [When::Then, When::AfterDeath, When::AfterEnd].get(usize::from(u8::read(from)?)).copied()
    }
}

impl Wire for How {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(How::ALL.iter().position(|how| how == self).unwrap_or_default() as u8);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        How::ALL.get(usize::from(u8::read(from)?)).copied()
    }
}

impl Wire for Ending {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Ending::Passed => to.push(b'P'),
            Ending::Skipped(reason) => tagged(to, b'S', &in_one_line(reason)),
            Ending::NotRun(reason) => tagged(to, b'N', &in_one_line(reason)),
            Ending::Failed(panic) => tagged(to, b'F', panic),
            Ending::Crashed { what, line, panics } => {
                tagged(to, b'C', &in_one_line(what));
                line.write(to);
                panics.write(to);
            }
            Ending::TimedOut { after } => tagged(to, b'T', after),
            Ending::EndedEarly(status) => tagged(to, b'E', &status.into_raw()),
            Ending::LeftRunning => to.push(b'L'),
            Ending::Garbled(why) => tagged(to, b'G', why),
            Ending::Unsupervised(why) => tagged(to, b'U', why),
        }
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::read(from)? {
            b'P' => Ending::Passed,
            b'S' => Ending::Skipped(Wire::read(from)?),
            b'N' => Ending::NotRun(Wire::read(from)?),
            b'F' => Ending::Failed(Wire::read(from)?),
            b'C' => Ending::Crashed { what: Wire::read(from)?, line: Wire::read(from)?, panics: Wire::read(from)? },
            b'T' => Ending::TimedOut { after: Wire::read(from)? },
            b'E' => Ending::EndedEarly(ExitStatus::from_raw(Wire::read(from)?)),
            b'L' => Ending::LeftRunning,
            b'G' => Ending::Garbled(Wire::read(from)?),
            b'U' => Ending::Unsupervised(Wire::read(from)?),
            _ => return None,
        })
    }
}

fn tagged(to: &mut Vec<u8>, tag: u8, value: &impl Wire) {
    to.push(tag);
    value.write(to);
}
