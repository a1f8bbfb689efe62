//! What the keys do, and how to read what they show.

use crate::text::style::Stylize;
use crate::text::{Line, Span};

use super::state::Live;
use crate::terminal;

/// The keys in one row: all that fit.
pub fn keys(live: &Live, width: u16) -> Line {
    if live.help {
        return Line::from(vec!["any key".bold(), " closes this".into()]);
    }
    let space = if live.frozen { "go on" } else { "freeze" };
    let all = [("↑↓", "segment"), ("PgUp PgDn", "bytes"), ("space", space), ("?", "keys"), ("q", "leave")];
    let row = |keys: &[(&'static str, &'static str)]| {
        let spans = keys.iter().flat_map(|(key, does)| [key.bold(), format!(" {does}  ").dim()]);
        Line::from(spans.collect::<Vec<Span>>())
    };
    let rows = (0..all.len()).map(|from| row(&all[from..]));
    rows.into_iter().find(|row| row.width() <= usize::from(width) + 2).unwrap_or_else(|| row(&all[4..]))
}

/// Everything, in lines of at most `width` cells.
pub fn panel(width: u16) -> Vec<Line> {
    let keys = KEYS.iter().map(|(keys, does)| {
        Line::from(["  ".into(), keys.bold(), format!("{:1$}", "", 18 - keys.chars().count()).into(), (*does).into()])
    });
    let changes = Line::from([
        "  A byte that has changed is ".into(),
        "reversed".bold().reversed(),
        ", and then for a second ".into(),
        "bold".bold().yellow(),
        "; the line above the bytes says when, how many and where. Only the bytes on screen are read, and those to the \
         end of their page; a change elsewhere is not seen."
            .into(),
    ]);
    let blank = Line::default;
    let lines = [blank()].into_iter().chain(keys).chain([blank(), changes, blank(), Line::raw(TOUCHES)]);
    terminal::rows(&lines.collect::<Vec<_>>(), width)
}

const KEYS: [(&str, &str); 6] = [
    ("↑ ↓  j k", "another segment"),
    ("PgDn PgUp", "the bytes, a page on or back"),
    ("J K  Shift-↓ ↑", "the bytes, a row on or back"),
    ("Home End", "the first bytes, the last ones"),
    ("space", "freeze: it looks again when you move, or press space"),
    ("q Esc", "leave"),
];

const TOUCHES: &str = "  Ten times a second the selected segment is attached for reading, and detached again. The kernel \
                       notes that in lpid, atime and dtime, and for the moment nattch is one more; the table shown here \
                       is read before.";
