//! Which segments are wanted: by key and by id, as they can be typed.

use kata::kernel::Segment;
use libc::{c_int, key_t};

/// Which segments are wanted; all, when nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    pub key: Option<key_t>,
    pub id: Option<c_int>,
}

impl Wanted {
    pub fn includes(self, segment: &Segment) -> bool {
        self.key.is_none_or(|key| segment.key == key) && self.id.is_none_or(|id| segment.id == id)
    }
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
