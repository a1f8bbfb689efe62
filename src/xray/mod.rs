//! `kata xray`: the segments, who has them mapped and where, and the bytes in them.
//!
//! [`frame`] looks, [`text`] and [`json`] draw: a frame is data, and drawing it is a function of it alone. [`live`] looks
//! ten times a second.

mod dump;
mod frame;
mod json;
mod live;
mod text;

use std::process::id;

use libc::{c_int, key_t};

use crate::exit::Answer;
use crate::out::emit;
use crate::show::paint::Paint;
use crate::trouble::{Trouble, cannot};
pub use frame::Wanted;
pub use live::{Live, TICK, Then, run as live};

/// One frame, with the first `length` bytes of each segment: [`Answer::No`] when the segment asked for does not exist.
pub fn once(wanted: Wanted, length: usize, json: bool, paint: Paint) -> Result<Answer, Trouble> {
    let frame = frame::take(wanted, length)
        .map_err(|error| cannot(error, format!("`ls -l /proc/sysvipc /proc/{}/maps` shows what is missing.", id())))?;
    if json {
        emit(&format!("{}\n", json::of(&frame)));
    } else {
        emit(&text::draw(&frame, wanted, paint));
    }
    let asked = wanted != Wanted::default();
    Ok(if asked && frame.segments.is_empty() { Answer::No } else { Answer::Yes })
}

/// A key as it can be typed: decimal, also negative, or hexadecimal with `0x`, as `ipcs` prints it.
pub fn parse_key(text: &str) -> Result<key_t, String> {
    let key = match text.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok().map(u32::cast_signed),
        None => text.parse().ok().or_else(|| text.parse::<u32>().ok().map(u32::cast_signed)),
    };
    key.ok_or_else(|| "a key is a number of 32 bits: decimal, or hexadecimal with 0x".to_owned())
}

/// A segment's id: not negative, and 0 is one.
pub fn parse_id(text: &str) -> Result<c_int, String> {
    text.parse().ok().filter(|id| *id >= 0).ok_or_else(|| "an id is a number from 0 on: ipcs -m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_programs_print_it() {
        assert_eq!(parse_key("2345"), Ok(2345));
        assert_eq!(parse_key("0x929"), Ok(2345));
        assert_eq!(parse_key("0xffffffff"), Ok(-1));
        assert_eq!((parse_key("-1"), parse_key("4294967295")), (Ok(-1), Ok(-1)));
        for wrong in ["", "0x", "0x100000000", "4294967296", "key"] {
            assert!(parse_key(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse_id("0"), Ok(0));
        assert!(parse_id("-1").is_err());
    }
}
