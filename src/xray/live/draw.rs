//! The view as cells: a function of the state alone.

use crate::show::board::cut;
use crate::terminal::canvas::{Buffer, Rect};
use crate::text::style::{Modifier, Stylize};
use crate::text::{Line, Span};

use super::detail;
use super::events::Event;
use super::help;
use super::layout::{Grid, Layout, Wish, sides};
use super::rows;
use super::state::{Live, Picture};
use super::watched::{age, changed, emphasis};

/// Where the parts of the view go in `area`.
pub fn layout(live: &Live, area: Rect) -> Layout {
    let width = Layout::width(area);
    let bytes = detail::parts(live, width).len().max(detail::withheld(live, width).len());
    with_rows_of_bytes(live, area, bytes)
}

/// How many rows of bytes there is room for in `area`, if so many are wanted.
pub fn capacity(live: &Live, area: Rect) -> usize {
    let size = live.seen.as_ref().map_or(0, |seen| seen.segment.size);
    let rows = Grid::of(Layout::width(area), size).rows(size);
    usize::from(with_rows_of_bytes(live, area, rows).bytes.height)
}

fn with_rows_of_bytes(live: &Live, area: Rect, bytes: usize) -> Layout {
    let width = Layout::width(area);
    let wish = Wish {
        segments: live.table.rows().len(),
        about: detail::about(live, width).len(),
        mapped: detail::mapped(live, width).len(),
        bytes,
        events: live.events.log().len(),
    };
    Layout::of(area, wish)
}

/// The view in `area`.
pub fn picture(live: &Live, area: Rect) -> Picture {
    let parts = layout(live, area);
    let mut picture = vec![(parts.title, vec![title(live, parts)]), (parts.keys, vec![help::keys(live, area.width)])];
    if live.help {
        let top = parts.title.bottom();
        picture.push((Rect { y: top, height: parts.keys.y - top, ..area }, help::panel(area.width)));
        return picture;
    }
    let (columns, table) = rows::table(live, parts.table);
    picture.extend([
        (parts.columns, vec![columns]),
        (parts.table, table),
        (parts.rule, vec![rule(live, parts.rule.width)]),
        (parts.about, detail::about(live, parts.about.width)),
        (parts.mapped, detail::shortened(live, detail::mapped(live, parts.mapped.width), parts.mapped.height)),
        (parts.heading, vec![detail::heading(live, parts.bytes)]),
        (parts.bytes, detail::bytes(live, parts.bytes)),
        (parts.log, vec![log(live, parts.log.width)]),
        (parts.events, events(live, parts.events)),
    ]);
    picture
}

impl Live {
    /// Draws the last look, for which `area` is best the same.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        for (part, lines) in &self.picture {
            let part = part.intersection(area);
            for (y, line) in (part.y..part.bottom()).zip(lines) {
                put(buffer, part, y, line);
            }
        }
    }
}

/// The line at the row `y` of `part`. Nearly all of it is ASCII, whose cells need no measuring: that is most of the cost.
fn put(buffer: &mut Buffer, part: Rect, y: u16, line: &Line) {
    let mut x = part.x;
    for span in &line.spans {
        if !span.content.is_ascii() || span.content.contains(char::is_control) {
            x = buffer.set_span(x, y, span, part.right() - x);
            continue;
        }
        let room = usize::from(part.right() - x);
        for byte in span.content.bytes().take(room) {
            buffer[(x, y)].set_char(char::from(byte)).set_style(span.style);
            x += 1;
        }
    }
}

fn title(live: &Live, parts: Layout) -> Line {
    let count = live.table.count();
    let rows = live.table.rows().len();
    let segments = match (live.table.position(), count) {
        (Some(position), _) if rows > usize::from(parts.table.height) => format!("{} of {rows} segments", position + 1),
        (_, 1) => "1 segment".to_owned(),
        _ => format!("{count} segments"),
    };
    let only = match (live.wanted.key, live.wanted.id) {
        (None, None) => String::new(),
        (Some(key), None) => format!(" with the key {key:#x}"),
        (None, Some(id)) => format!(" with the id {id}"),
        (Some(key), Some(id)) => format!(" with the key {key:#x} and the id {id}"),
    };
    let state = if live.frozen { "frozen".reversed() } else { "live".green() };
    sides(vec!["x-ray".bold(), format!("  {segments}{only}").into()], state, parts.title.width)
}

fn rule(live: &Live, width: u16) -> Line {
    let mut spans = vec!["──".dim()];
    if let Some(row) = live.table.selected() {
        spans.push(format!(" segment {} ", row.segment.id).bold());
        if let Some(gone) = row.gone {
            let said = format!("was removed {} ago ", age(live.now.duration_since(gone)));
            spans.push(said.bold().yellow());
        }
    }
    ruled(spans, width)
}

/// The line above the events.
fn log(live: &Live, width: u16) -> Line {
    ruled(vec!["──".dim(), format!(" events since {} ", live.since).bold()], width)
}

fn ruled(mut spans: Vec<Span>, width: u16) -> Line {
    let used: usize = spans.iter().map(Span::width).sum();
    spans.push("─".repeat(usize::from(width).saturating_sub(used)).dim());
    Line::from(spans)
}

/// The newest events that fit into `part`, the last one at the bottom.
fn events(live: &Live, part: Rect) -> Vec<Line> {
    let log = live.events.log();
    let ids = log.iter().map(|event| event.id.to_string().len()).max().unwrap_or(0);
    let line = |event: &Event| {
        let style = changed(emphasis(Some(event.at), live.now));
        // What stands out is what happened, and not in reverse: a line is much.
        let style = style.remove_modifier(Modifier::REVERSED);
        let times = if event.times > 1 { format!("  ({} times)", event.times) } else { String::new() };
        let (time, segment) = (event.time.as_str().dim(), Span::from(format!("  segment {:ids$}  ", event.id)));
        // An address that is cut off would be another one: a whole word goes, and the line says so.
        let room = usize::from(part.width).saturating_sub(time.width() + segment.width());
        let what = Span::styled(cut(&format!("{}{times}", event.what), room), style);
        Line::from([time, segment, what])
    };
    log.iter().skip(log.len().saturating_sub(usize::from(part.height))).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::style::Modifier;

    #[test]
    fn what_a_terminal_would_obey_is_not_drawn() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        put(&mut buffer, Rect::new(1, 0, 6, 1), 0, &Line::from(vec!["a\x1b[2J\x7f".into(), "▸".into(), "bcd".bold()]));
        assert_eq!(buffer.content().iter().map(|cell| cell.symbol).collect::<String>(), " a[2J▸b ");
        assert_eq!((buffer[(5, 0)].modifier == Modifier::empty(), buffer[(6, 0)].modifier), (true, Modifier::BOLD));
    }
}
