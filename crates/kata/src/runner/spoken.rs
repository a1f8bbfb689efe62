//! Who printed what: lines of the programs go to the same file as what the test itself prints, so that their order is
//! kept, and are marked there with their speaker.

use libc::pid_t;

use crate::report::{How, Line};

/// Begins a line that a program printed, as opposed to the test itself; [`SPEAKER_END`] ends the speaker's name.
const SPEAKER: char = '\x1e';
const SPEAKER_END: char = '\x1f';

const HOW: [(char, How); 6] = [
    ('o', How::Printed),
    ('e', How::Complained),
    ('s', How::Started),
    ('f', How::Fed),
    ('x', How::Ended),
    ('r', How::Remark),
];

/// A program's line, marked.
pub(super) fn marked(name: &str, pid: pid_t, how: How, text: &str) -> String {
    let text = text.trim_end_matches('\n');
    let how = HOW.iter().find(|(_, known)| *known == how).map_or('o', |(mark, _)| *mark);
    format!("{SPEAKER}{how}{pid} {name}{SPEAKER_END}{text}\n")
}

/// The lines of the body's output, each with its speaker.
pub(super) fn spoken(output: &str, test: &str, body: pid_t) -> Vec<Line> {
    let announcement = format!("test {test} ... ");
    let mut lines = Vec::new();
    for line in output.lines() {
        // libtest announces the test without ending the line.
        let line = line.strip_prefix(&announcement).unwrap_or(line);
        // A program's line may follow one of the test that has no end yet.
        let (own, program) = line.split_once(SPEAKER).map_or((line, None), |(own, program)| (own, Some(program)));
        if !own.is_empty() && own != "running 1 test" {
            lines.push(Line { speaker: "test".to_owned(), pid: body, how: How::Printed, text: own.to_owned() });
        }
        lines.extend(program.and_then(programs));
    }
    lines
}

fn programs(marked: &str) -> Option<Line> {
    let (speaker, text) = marked.split_once(SPEAKER_END)?;
    let (pid, name) = speaker.get(1..)?.split_once(' ')?;
    let (_, how) = *HOW.iter().find(|(mark, _)| speaker.starts_with(*mark))?;
    Some(Line { speaker: name.to_owned(), pid: pid.parse().ok()?, how, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_speaker() {
        let hello = marked("my writer", 7, How::Complained, "Hello\n");
        let output = format!("\nrunning 1 test\ntest a ... half{hello}mine\n{SPEAKER}?7 x{SPEAKER_END}forged\n");
        let lines: Vec<_> =
            spoken(&output, "a", 5).into_iter().map(|line| (line.pid, line.speaker, line.how, line.text)).collect();
        let expected = [
            (5, "test".into(), How::Printed, "half".into()),
            (7, "my writer".into(), How::Complained, "Hello".into()),
            (5, "test".into(), How::Printed, "mine".into()),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn every_way_of_speaking_is_told_apart() {
        for (_, how) in HOW {
            assert_eq!(spoken(&marked("cat", 7, how, "x"), "a", 5)[0].how, how);
        }
    }
}
