//! Bytes as hexdump -C prints them, with their runs folded.

use super::fold::{Part, folded, parts};

/// Bytes in a row.
const ROW: usize = 16;

/// The rows: offset, bytes, and what of them is printable ASCII; of runs the offset and the length.
pub fn dump(bytes: &[u8]) -> Vec<String> {
    let line = |part: &Part| match part {
        Part::Row(range) => line(range.start, &bytes[range.clone()]),
        Part::Run(range, value) => format!("{:08x}  {}", range.start, folded(range, *value)),
    };
    parts(bytes, ROW, |_| false).iter().map(line).collect()
}

fn line(offset: usize, row: &[u8]) -> String {
    let mut hex = String::new();
    for (column, byte) in row.iter().enumerate() {
        hex += if column == ROW / 2 { "  " } else { " " };
        hex += &format!("{byte:02x}");
    }
    let printable: String =
        row.iter().map(|&byte| if matches!(byte, b' '..=b'~') { char::from(byte) } else { '.' }).collect();
    format!("{offset:08x} {hex:width$}  |{printable}|", width = 3 * ROW + 1)
}

/// The same for the ear: what is printable as a text, zeros by their number, the others in hexadecimal.
pub fn spoken(bytes: &[u8]) -> String {
    let kind = |byte: &u8| match byte {
        0 => 0,
        b' '..=b'~' => 1,
        _ => 2,
    };
    let run = |run: &[u8]| match kind(&run[0]) {
        0 if run.len() == 1 => "a zero byte".to_owned(),
        0 => format!("{} zero bytes", run.len()),
        1 => format!("\"{}\"", String::from_utf8_lossy(run)),
        _ => run.iter().map(|byte| format!("0x{byte:02x}")).collect::<Vec<_>>().join(" "),
    };
    bytes.chunk_by(|one, next| kind(one) == kind(next)).map(run).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_hexdump_prints_it_and_runs_are_folded() {
        let mut bytes = b"Hello World\0\x7f\xff~ ".to_vec();
        bytes.extend([0; 48]);
        bytes.extend([1, 2, 3]);
        let expected = "\
00000000  48 65 6c 6c 6f 20 57 6f  72 6c 64 00 7f ff 7e 20  |Hello World...~ |
00000010  … 48 zero bytes
00000040  01 02 03                                          |...|";
        assert_eq!(dump(&bytes).join("\n"), expected);
        assert!(dump(&[]).is_empty());
    }

    #[test]
    fn for_the_ear_runs_are_named() {
        assert_eq!(
            spoken(b"Hello World\0\x02\xffab\0\0\0"),
            "\"Hello World\", a zero byte, 0x02 0xff, \"ab\", 3 zero bytes"
        );
        assert_eq!(spoken(b""), "");
    }
}
