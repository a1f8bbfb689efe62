//! The table of segments, as `ipcs -m` has it.

use crate::show::board::cut;
use crate::terminal::canvas::Rect;
use crate::text::style::{Style, Stylize};
use crate::text::{Line, Span};

use super::state::Live;
use super::table::Row;
use super::watched::{Emphasis, changed, emphasis};
use crate::xray::frame::{self, Attachment};
use crate::xray::text::{access, visible};

/// The columns from left to right: the name, whether numbers stand in it, and which goes first where it is narrow.
const COLUMNS: [(&str, bool, u8); 8] = [
    ("key", false, 2),
    ("id", true, 0),
    ("size", true, 4),
    ("mode", false, 5),
    ("owner", false, 6),
    ("creator", false, 7),
    ("nattch", true, 1),
    ("status", false, 3),
];
const ID: usize = 1;
const SIZE: usize = 2;
const NATTCH: usize = 6;
/// The last column, where there is room for it: who has the segment mapped.
const MAPPED: &str = "mapped by";
/// The least room for it.
const ROOM: usize = 24;
/// Cells before the first column, and between two.
const MARK: usize = 2;
const GAPS: [usize; 2] = [2, 1];

/// The heads of the columns, and the rows around the selected one that fit into `part`.
pub fn table(live: &Live, part: Rect) -> (Line, Vec<Line>) {
    let height = usize::from(part.height);
    let all = live.table.rows();
    let selected = live.table.position().unwrap_or(0);
    let first = selected.saturating_sub(height / 2).min(all.len().saturating_sub(height));
    let in_sight = &all[first..all.len().min(first + height)];
    let cells: Vec<[String; 8]> = in_sight.iter().map(|row| cells(live, row)).collect();
    let widths = widths(all, &cells);
    let (shown, gap) = shown(&widths, usize::from(part.width));
    let used = MARK + shown.iter().map(|column| widths[*column] + gap).sum::<usize>();
    let room = usize::from(part.width).saturating_sub(used);
    let line = |cells: &[String; 8], mark: &'static str, style: Style, nattch: Style| {
        let mut spans = vec![Span::styled(mark, style)];
        for &column in &shown {
            let (cell, width) = (&cells[column], widths[column]);
            let blank = " ".repeat(width - Span::raw(cell).width());
            let style = if column == NATTCH { style.patch(nattch) } else { style };
            let cell = Span::styled(cell.clone(), style);
            let right = COLUMNS[column].1;
            spans.extend(if right { [blank.into(), cell] } else { [cell, blank.into()] });
            spans.push(" ".repeat(gap).into());
        }
        Line::from(spans)
    };
    let rows = in_sight.iter().zip(&cells).enumerate().map(|(index, (row, cells))| {
        let selected = first + index == selected;
        let mark = if selected { "▸ " } else { "  " };
        let by = mapped_by(live, row, room);
        let style = match row {
            Row { gone: Some(_), .. } => Style::new().dim().crossed_out(),
            _ if emphasis(row.came, live.now) != Emphasis::None => Style::new().bold().green(),
            _ if selected => Style::new().bold(),
            _ => Style::new(),
        };
        let mut line = line(cells, mark, style, changed(emphasis(row.recounted, live.now)));
        line.push_span(by.into());
        line
    });
    let heads = COLUMNS.map(|(name, ..)| name.to_owned());
    let mut heads = line(&heads, "  ", Style::new().dim(), Style::new());
    heads.push_span(if room < ROOM { "".into() } else { MAPPED.dim() });
    (heads, rows.collect())
}

/// Who has the segment mapped, with the addresses if they fit; nothing where there is no room.
fn mapped_by(live: &Live, row: &Row, room: usize) -> String {
    if room < ROOM || row.gone.is_some() {
        return String::new();
    }
    let attachments = frame::attachments(live.holders.found(), row.segment.id);
    let all = |one: fn(&Attachment) -> String| attachments.iter().map(one).collect::<Vec<_>>().join(", ");
    let who = |attachment: &Attachment| format!("{} {}", attachment.pid, visible(&attachment.process));
    let with_addresses = all(|Attachment { pid, process, mapping }| {
        format!("{pid} {} {:#x} {}", visible(process), mapping.start, access(mapping.permissions).1)
    });
    if Span::raw(&with_addresses).width() <= room { with_addresses } else { cut(&all(who), room) }
}

/// How wide the columns are: numbers as the longest of all rows, so that nothing moves when the table scrolls.
fn widths(all: &[Row], in_sight: &[[String; 8]]) -> [usize; 8] {
    let mut widths = COLUMNS.map(|(name, ..)| name.len());
    let ids = all.iter().map(|row| row.segment.id).max().unwrap_or(0).to_string();
    let sizes = all.iter().map(|row| row.segment.size).max().unwrap_or(0).to_string();
    (widths[ID], widths[SIZE]) = (widths[ID].max(ids.len()), widths[SIZE].max(sizes.len()));
    for cells in in_sight {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(Span::raw(cell).width());
        }
    }
    widths
}

/// The columns that fit, and the cells between two. They move together before one goes, and the last to go is the id.
fn shown(widths: &[usize; 8], width: usize) -> (Vec<usize>, usize) {
    let mut shown: Vec<usize> = (0..COLUMNS.len()).collect();
    loop {
        let used: usize = shown.iter().map(|column| widths[*column]).sum();
        let gap = GAPS.into_iter().find(|gap| MARK + used + gap * (shown.len() - 1) <= width);
        if gap.is_some() || shown.len() == 1 {
            return (shown, gap.unwrap_or(1));
        }
        let least = shown.iter().copied().max_by_key(|column| COLUMNS[*column].2);
        shown.retain(|column| Some(*column) != least);
    }
}

fn cells(live: &Live, row: &Row) -> [String; 8] {
    let segment = &row.segment;
    let status: Vec<&str> = [
        ("removed", row.gone.is_some()),
        ("dest", segment.marked_for_removal && row.gone.is_none()),
        ("locked", segment.locked),
        ("new", row.gone.is_none() && emphasis(row.came, live.now) != Emphasis::None),
    ]
    .into_iter()
    .filter_map(|(word, holds)| holds.then_some(word))
    .collect();
    [
        match segment.key {
            0 if segment.marked_for_removal => "taken away".to_owned(),
            0 => "private".to_owned(),
            key => format!("{key:#010x}"),
        },
        segment.id.to_string(),
        segment.size.to_string(),
        format!("{:03o}", segment.mode),
        live.users.name(segment.uid).to_owned(),
        live.users.name(segment.cuid).to_owned(),
        segment.nattch.to_string(),
        status.join(" "),
    ]
}
