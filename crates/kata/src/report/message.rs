//! What a failing check says, line by line: what was asked, what was expected, what was found, where to look.
//!
//! [`expect`](crate::expect) and the lesson tests write such messages:
//!
//! ```text
//! the size of the segment
//!   expected: 1000
//!   found:    4096
//!   look:     which argument of shmget is the size?
//! ```

/// What a line of a message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What was asked of the code, and whatever else comes before the first label.
    Asked,
    /// What a right solution brings about.
    Expected,
    /// What was there instead.
    Found,
    /// Where the difference may come from.
    Look,
}

const LABELS: [(&str, Part); 3] = [("expected:", Part::Expected), ("found:", Part::Found), ("look:", Part::Look)];

/// The lines of a message, each with the part that it belongs to and without its label. A line without a label goes on
/// with what the line before it tells.
pub fn parts(message: &str) -> impl Iterator<Item = (Part, &str)> {
    let mut part = Part::Asked;
    message.lines().map(move |line| {
        let labelled = LABELS.iter().find_map(|(label, part)| Some((*part, line.trim_start().strip_prefix(label)?)));
        let text = labelled.map_or(line, |(labelled, text)| {
            part = labelled;
            text
        });
        (part, text.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_part() {
        let message =
            "the size\n  expected: 1000\n  found:    4096\n            or so\n  look:     here\n  look:     there";
        let expected = [
            (Part::Asked, "the size"),
            (Part::Expected, "1000"),
            (Part::Found, "4096"),
            (Part::Found, "or so"),
            (Part::Look, "here"),
            (Part::Look, "there"),
        ];
        assert_eq!(parts(message).collect::<Vec<_>>(), expected);
    }
}
