//! Who printed what while a test ran.

use libc::pid_t;

use super::place::{Blank, Place, blank_after, panicked_at};

/// How a line came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Printed on standard output, or by the test itself on either stream.
    Printed,
    /// Printed by a program on standard error.
    Complained,
    /// The test started the program; its name and arguments.
    Started,
    /// The test wrote this to the program's standard input.
    Fed,
    /// The program ended; how.
    Ended,
    /// A remark of the sandbox's.
    Remark,
}

impl How {
    pub(super) const ALL: [Self; 6] =
        [Self::Printed, Self::Complained, Self::Started, Self::Fed, Self::Ended, Self::Remark];

    /// The label before such a line.
    pub fn mark(self) -> &'static str {
        match self {
            How::Printed => "",
            How::Complained => "(stderr) ",
            How::Started => "(started) ",
            How::Fed => "(is fed) ",
            How::Ended => "(ended) ",
            How::Remark => "",
        }
    }
}

/// A line, and who printed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `test`, or a program's name.
    pub speaker: String,
    /// The speaker's process.
    pub pid: pid_t,
    /// How the line came about.
    pub how: How,
    /// The line, without its end; the beginning of one that is too long to read.
    pub text: String,
}

/// What was printed: all lines, or the first and the last [`Printed::END`] of many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// The lines that are kept, in their order.
    pub lines: Vec<Line>,
    /// How many are left out behind the first [`Printed::END`].
    pub left_out: u32,
}

impl Printed {
    /// How many lines are kept of the beginning, and how many of the end.
    pub const END: usize = 20;
    /// How many characters are kept of a line.
    const LENGTH: usize = 500;

    /// Keeps of `lines` what a person reads.
    pub(crate) fn new(mut lines: Vec<Line>) -> Self {
        let left_out = lines.len().saturating_sub(2 * Self::END);
        lines.drain(lines.len().min(Self::END)..lines.len().min(Self::END) + left_out);
        for line in &mut lines {
            if let Some((end, _)) = line.text.char_indices().nth(Self::LENGTH) {
                line.text = format!("{}... and {} bytes more", &line.text[..end], line.text.len() - end);
            }
        }
        Printed { lines, left_out: left_out as u32 }
    }

    /// The places of the panics that Rust's runtime told of.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.lines.iter().filter_map(|line| panicked_at(&line.text))
    }

    /// The first blank that a program, or another thread of the test, ran into.
    pub fn blank(&self) -> Option<Blank> {
        let pairs = self.lines.iter().enumerate().map(|(index, line)| (line, &self.lines[index + 1..]));
        let mut blanks = pairs.filter_map(|(line, rest)| {
            let place = panicked_at(&line.text)?;
            // Another process may have printed something in between.
            blank_after(&place, &rest.iter().find(|next| next.pid == line.pid)?.text)
        });
        blanks.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pid: pid_t, text: &str) -> Line {
        Line { speaker: "writer".into(), pid, how: How::Complained, text: text.into() }
    }

    #[test]
    fn a_long_output_keeps_its_ends_and_a_long_line_its_beginning() {
        let lines = (0..100).map(|number| line(7, &number.to_string()));
        let printed = Printed::new(lines.collect());
        let text = |index: usize| printed.lines[index].text.as_str();
        assert_eq!((printed.lines.len(), printed.left_out), (40, 60));
        assert_eq!((text(0), text(19), text(20), text(39)), ("0", "19", "80", "99"));
        let all = Printed::new((0..40).map(|number| line(7, &number.to_string())).collect());
        assert_eq!((all.lines.len(), all.left_out), (40, 0));
        let long = Printed::new(vec![line(7, &"é".repeat(600))]);
        assert!(long.lines[0].text.ends_with("é... and 200 bytes more"), "{long:?}");
    }

    #[test]
    fn a_blank_of_a_program_is_found() {
        let panicked = line(7, "thread 'main' (7) panicked at lessons/04_write/src/lib.rs:12:5:");
        let printed = Printed::new(vec![panicked, line(8, "another's"), line(7, "not yet implemented: write it")]);
        let blank = printed.blank().unwrap();
        assert_eq!((blank.place.line, blank.task.as_str()), (12, "write it"));
        assert_eq!(printed.places().collect::<Vec<_>>(), [blank.place]);
    }
}
