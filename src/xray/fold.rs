//! A segment's bytes in rows. Rows that hold one value alone, as nearly all of a new segment do, are folded.

use std::ops::Range;

/// A row of a dump, or what is said in the place of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// These bytes, in a row.
    Row(Range<usize>),
    /// These bytes, of which each has this value.
    Run(Range<usize>, u8),
}

impl Part {
    pub fn range(&self) -> &Range<usize> {
        let (Self::Row(range) | Self::Run(range, _)) = self;
        range
    }
}

/// The bytes in rows of `columns`. Two or more rows in succession of one value alone are a run. What `keep` wants to be
/// shown stays in its row.
pub fn parts(bytes: &[u8], columns: usize, keep: impl Fn(Range<usize>) -> bool) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    // The value of the row before, if it may be folded.
    let mut before = None;
    for start in (0..bytes.len()).step_by(columns) {
        let row = start..bytes.len().min(start + columns);
        let first = bytes[start];
        let value = (bytes[row.clone()].iter().all(|byte| *byte == first) && !keep(row.clone())).then_some(first);
        match (parts.last_mut(), value) {
            (Some(last), Some(value)) if before == Some(value) => *last = Part::Run(last.range().start..row.end, value),
            _ => parts.push(Part::Row(row)),
        }
        before = value;
    }
    parts
}

/// `… 992 zero bytes`
pub fn folded(range: &Range<usize>, value: u8) -> String {
    match value {
        0 => format!("… {} zero bytes", range.len()),
        value => format!("… {} bytes, each {value:#04x}", range.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_value_are_folded_and_a_single_one_is_not() {
        let bytes = [b"ab".as_slice(), &[0; 14], &[7; 4], &[7; 4], &[0; 4], b"abc"].concat();
        let expected =
            [Part::Row(0..4), Part::Run(4..16, 0), Part::Run(16..24, 7), Part::Row(24..28), Part::Row(28..31)];
        assert_eq!(parts(&bytes, 4, |_| false), expected);
        assert_eq!(parts(&[0; 9], 4, |_| false), [Part::Run(0..9, 0)], "the last row may be shorter");
        assert_eq!(parts(&[], 4, |_| false), []);
    }

    #[test]
    fn a_row_that_is_to_be_seen_is_in_no_run() {
        let kept = parts(&[0; 20], 4, |row| row.contains(&9));
        assert_eq!(kept, [Part::Run(0..8, 0), Part::Row(8..12), Part::Run(12..20, 0)]);
    }

    #[test]
    fn a_run_says_how_long_it_is_and_of_what() {
        assert_eq!(folded(&(16..1008), 0), "… 992 zero bytes");
        assert_eq!(folded(&(0..32), 0xff), "… 32 bytes, each 0xff");
    }
}
