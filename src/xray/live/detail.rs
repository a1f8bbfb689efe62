//! The selected segment: who made it, who has it mapped and where, and its bytes.

use std::collections::HashSet;
use std::ops::Range;

use crate::terminal::canvas::Rect;
use crate::text::line::raw;
use crate::text::style::{Style, Stylize};
use crate::text::{Line, Span};

use super::layout::{Grid, sides};
use super::state::Live;
use super::watched::{Emphasis, changed, emphasis};
use crate::terminal;
use crate::xray::fold::{self, Part, folded};
use crate::xray::frame::{Attachment, Bytes, Seen};
use crate::xray::text::{access, creating_process, marked_for_removal, none, not_found, visible};

/// Cells before what is said of something that has a name; where it is narrower than [`NARROW`], none.
const LABEL: usize = 9;
const NARROW: u16 = 60;

/// Where the segment comes from and what becomes of it; or why there is nothing to see.
pub fn about(live: &Live, width: u16) -> Vec<Line> {
    if let Some(trouble) = &live.trouble {
        return labelled("", &format!("It cannot be looked at: {}", visible(trouble)), width);
    }
    let Some(row) = live.table.selected() else {
        let mut lines = vec![Line::default()];
        for said in none(live.wanted) {
            lines.extend(labelled("", &said, width));
        }
        lines.extend(labelled("", "As soon as there is one, it is shown here.", width));
        return lines;
    };
    let Some(seen) = &live.seen else {
        return labelled("", "It was removed before it could be read.", width);
    };
    let creator =
        format!("{} (uid {}), {}", live.users.name(row.segment.cuid), row.segment.cuid, creating_process(seen));
    let mut lines = labelled("creator", &creator, width);
    if row.gone.is_none() && row.segment.marked_for_removal {
        lines.extend(labelled("status", marked_for_removal(&row.segment), width));
    }
    lines
}

/// A row for each attachment, and what else is to be said of them.
pub fn mapped(live: &Live, width: u16) -> Vec<Line> {
    let Some(seen) = live.seen.as_ref().filter(|_| is_there(live)) else { return Vec::new() };
    let mut rows: Vec<Vec<Span>> = Vec::new();
    let who = |attachment: &Attachment| format!("{} {}", attachment.pid, visible(&attachment.process));
    let cells = |text: &str| Span::raw(text).width();
    let widest = seen.attachments.iter().map(|attachment| cells(&who(attachment))).max().unwrap_or(0);
    for attachment in &seen.attachments {
        let mapping = &attachment.mapping;
        let who = who(attachment);
        let start = format!("{:#x}", mapping.start).cyan();
        rows.push(if width < NARROW {
            vec![format!("{who} ").into(), start, format!(" {}", access(mapping.permissions).1).into()]
        } else {
            let blank = " ".repeat(widest - cells(&who) + 2);
            let end = format!("-{:#x}  {}", mapping.end, access(mapping.permissions).0);
            vec![who.into(), blank.into(), start, end.into()]
        });
    }
    if !live.table.selected().is_some_and(|row| live.holders.know(row)) {
        rows.push(vec!["nattch has just changed: its processes are being looked up".dim()]);
    } else if let Some(more) = not_found(seen) {
        rows.push(vec![more.into()]);
    } else if rows.is_empty() {
        rows.push(vec!["by no process".into()]);
    }
    rows.extend(addresses(seen).map(|said| vec![said.bold()]));
    let label = |index| if index == 0 { "mapped" } else { "" };
    rows.into_iter().enumerate().map(|(index, row)| label_before(label(index), row, width)).collect()
}

/// That one segment has several addresses, if it does.
fn addresses(seen: &Seen) -> Option<String> {
    let addresses: HashSet<usize> = seen.attachments.iter().map(|attachment| attachment.mapping.start).collect();
    (addresses.len() > 1).then(|| format!("the same bytes, at {} different addresses", addresses.len()))
}

/// As many lines as fit; the last says how many attachments are not among them.
pub fn shortened(live: &Live, mut lines: Vec<Line>, rows: u16) -> Vec<Line> {
    let rows = usize::from(rows);
    let attachments = live.seen.as_ref().map_or(0, |seen| seen.attachments.len());
    if lines.len() > rows && rows > 1 && attachments >= rows {
        lines.truncate(rows - 1);
        let more = format!("and {} more: xray --once shows all", attachments - (rows - 1));
        lines.push(label_before("", vec![more.dim()], lines[0].width() as u16));
    }
    lines
}

/// What has changed in the bytes on screen, and which ones these are.
pub fn heading(live: &Live, part: Rect) -> Line {
    let Some(seen) = &live.seen else { return Line::default() };
    let size = seen.segment.size;
    let Some(shown) = extent(live, part) else { return Line::default() };
    let said = match (&seen.bytes, live.watched.last()) {
        (Bytes::Withheld(_), _) => "not shown:".into(),
        _ if !is_there(live) => "as they were when last seen".bold(),
        (_, None) => "no change seen".dim(),
        (_, Some(change)) if emphasis(Some(change.at), live.now) == Emphasis::None => change.words(live.now).into(),
        (_, Some(change)) => Span::styled(change.words(live.now), changed(Emphasis::Fading)),
    };
    let extent = match shown.len() {
        0 => format!("{size} bytes"),
        _ => format!("{:#06x}-{:#06x} of {size}", shown.start, shown.end - 1),
    };
    sides(label_before("bytes", vec![said], part.width).spans, extent.dim(), part.width)
}

/// Why the bytes are not shown, in lines.
pub fn withheld(live: &Live, width: u16) -> Vec<Line> {
    match &live.seen {
        Some(Seen { bytes: Bytes::Withheld(reason), .. }) => labelled("", &visible(reason), width),
        _ => Vec::new(),
    }
}

/// The bytes that were read, in rows for this width. A byte that has just changed is in no run.
pub fn parts(live: &Live, width: u16) -> Vec<Part> {
    let Some(seen) = live.seen.as_ref() else { return Vec::new() };
    let Some((_, bytes)) = live.watched.bytes(seen.segment.id) else { return Vec::new() };
    let stands_out = |mut row: Range<usize>| row.any(|index| live.watched.emphasis(index, live.now) != Emphasis::None);
    fold::parts(bytes, Grid::of(width, seen.segment.size).columns, stands_out)
}

/// The first and last of the bytes in `part`, from the segment's first on.
pub fn extent(live: &Live, part: Rect) -> Option<Range<usize>> {
    let (offset, _) = live.watched.bytes(live.seen.as_ref()?.segment.id)?;
    let parts = parts(live, part.width);
    let last = parts.iter().take(usize::from(part.height)).next_back();
    Some(offset..offset + last.map_or(0, |last| last.range().end))
}

/// The rows of bytes in `part`, or why there are none.
pub fn bytes(live: &Live, part: Rect) -> Vec<Line> {
    let withheld = withheld(live, part.width);
    let Some(seen) = live.seen.as_ref().filter(|_| withheld.is_empty()) else { return withheld };
    let Some((offset, bytes)) = live.watched.bytes(seen.segment.id) else { return Vec::new() };
    let grid = Grid::of(part.width, seen.segment.size);
    let gone = !is_there(live);
    let style = |index: usize| match live.watched.emphasis(index, live.now) {
        Emphasis::None if gone || bytes[index] == 0 => Style::new().dim(),
        emphasis => changed(emphasis),
    };
    let line = |part: Part| match part {
        Part::Row(range) => hex(grid, offset + range.start, &bytes[range.clone()], |at| style(range.start + at)),
        Part::Run(range, value) => run(grid, offset + range.start, &folded(&range, value)),
    };
    parts(live, part.width).into_iter().take(usize::from(part.height)).map(line).collect()
}

fn run(grid: Grid, offset: usize, said: &str) -> Line {
    Line::from([format!("{offset:0digits$x}{}{said}", if grid.airy { "  " } else { " " }, digits = grid.digits).dim()])
}

fn hex(grid: Grid, offset: usize, bytes: &[u8], style: impl Fn(usize) -> Style) -> Line {
    let blank = |cells: usize| " ".repeat(cells);
    let gap = |column: usize| if column > 0 && column == grid.columns / 2 && grid.airy { 2 } else { 1 };
    let mut spans = vec![format!("{offset:0digits$x}{}", blank(usize::from(grid.airy)), digits = grid.digits).dim()];
    let columns: Vec<(usize, Style)> = (0..bytes.len()).map(|column| (column, style(column))).collect();
    let runs = || columns.chunk_by(|one, next| one.1 == next.1);
    for run in runs() {
        let (first, style) = run[0];
        spans.push(blank(gap(first)).into());
        let mut text = String::new();
        for &(column, _) in run {
            text += &blank(if column == first { 0 } else { gap(column) });
            text += &format!("{:02x}", bytes[column]);
        }
        spans.push(Span::styled(text, style));
    }
    let missing: usize = (bytes.len()..grid.columns).map(|column| gap(column) + 2).sum();
    spans.push(format!("{}|", blank(missing + 1 + usize::from(grid.airy))).dim());
    for run in runs() {
        let printable = |byte: u8| if matches!(byte, b' '..=b'~') { char::from(byte) } else { '.' };
        let text: String = run.iter().map(|(column, _)| printable(bytes[*column])).collect();
        spans.push(Span::styled(text, run[0].1));
    }
    spans.push("|".dim());
    Line::from(spans)
}

fn is_there(live: &Live) -> bool {
    live.table.selected().is_some_and(|row| row.gone.is_none())
}

/// `text` in lines of `width` cells, the first with a label before it.
fn labelled(label: &'static str, text: &str, width: u16) -> Vec<Line> {
    let room = if width < NARROW { width } else { width - LABEL as u16 };
    let text = if width < NARROW && !label.is_empty() { format!("{label} {text}") } else { text.to_owned() };
    let lines = terminal::rows(&raw(&text).collect::<Vec<_>>(), room).into_iter().enumerate();
    let label = |index| if index == 0 && width >= NARROW { label } else { "" };
    lines.map(|(index, line)| label_before(label(index), line.spans, width)).collect()
}

fn label_before(label: &'static str, mut spans: Vec<Span>, width: u16) -> Line {
    if width >= NARROW {
        spans.insert(0, format!("{label:LABEL$}").dim());
    } else if !label.is_empty() {
        spans.insert(0, format!("{label} ").dim());
    }
    Line::from(spans)
}
