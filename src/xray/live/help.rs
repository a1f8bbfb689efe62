//! What the keys do, and how to read what they show.

use crate::terminal::canvas::{Line, Span};
use crate::terminal::style::Stylize;

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
    terminal::rows(PANEL, width).into_iter().map(|row| row.line).collect()
}

const PANEL: &str = "
  \x1b[1m↑ ↓  j k\x1b[0m          another segment
  \x1b[1mPgDn PgUp\x1b[0m         the bytes, a page on or back
  \x1b[1mJ K  Shift-↓ ↑\x1b[0m    the bytes, a row on or back
  \x1b[1mHome End\x1b[0m          the first bytes, the last ones
  \x1b[1mspace\x1b[0m             freeze: it looks again when you move, or press space
  \x1b[1mq Esc\x1b[0m             leave

  A byte that has changed is \x1b[1;7mreversed\x1b[0m, and then for a second \x1b[1;33mbold\x1b[0m; the line above the \
bytes says when, how many and where. Changes are seen in the bytes on screen: others are not read.

  Ten times a second the selected segment is attached for reading, and detached again. The kernel notes that in lpid, \
atime and dtime, and for the moment nattch is one more; the table shown here is read before.
";
