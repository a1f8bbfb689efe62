//! The screen: a function of the state, the time and the window's size.

use std::time::Instant;

use crate::terminal::canvas::{Buffer, Rect};
use crate::terminal::style::{Modifier, Style};

use crate::show::paint::Paint;
use crate::terminal::{Link, Row, rows};

use super::state::{Panel, State};
use super::{bars, body};

/// From this width on the tests stand beside what failed, and not above it in marks alone.
const WIDE: u16 = 120;
/// What is left for it then, at least.
const FAILURE: u16 = 80;

/// What drawing found out.
#[derive(Debug, Default)]
pub struct Drawn {
    pub links: Vec<Link>,
    /// The furthest that the text can be scrolled, in lines.
    pub bottom: usize,
    /// How many lines of it are in sight.
    pub page: usize,
}

/// Draws everything.
pub fn draw(state: &State, now: Instant, paint: Paint, area: Rect, buffer: &mut Buffer) -> Drawn {
    let mut drawn = Drawn::default();
    let mut rest = area;
    let mut line = None;
    let top = |rest: &mut Rect| take(rest, 1, true);
    if area.height >= 10 {
        put(buffer, top(&mut rest), &bars::header(state, paint, area.width), &mut drawn.links);
        put(buffer, top(&mut rest), &bars::board(state, paint, area.width), &mut drawn.links);
        line = Some(top(&mut rest));
    } else if area.height >= 5 {
        put(buffer, top(&mut rest), &bars::header(state, paint, area.width), &mut drawn.links);
    }
    if area.height >= 8 {
        put(buffer, take(&mut rest, 1, false), &bars::keys(state, paint, area.width), &mut drawn.links);
    }
    put(buffer, take(&mut rest, 1, false), &bars::status(state, now, paint), &mut drawn.links);
    if let Some(note) = state.note.as_ref().filter(|_| area.height >= 3) {
        put(buffer, take(&mut rest, 1, false), &note.text, &mut drawn.links);
    }
    if let Some(places) = body::places(state, paint).filter(|_| area.height >= 8) {
        put(buffer, take(&mut rest, 1, false), &places, &mut drawn.links);
    }
    let tests = state.panel.is_none() && state.found.is_some() && !state.passes() && !body::is_running(state, now);
    if tests && area.width >= WIDE {
        let names = rows(&body::tests(state, paint), u16::MAX);
        let longest = names.iter().map(|row| row.line.width()).max().unwrap_or(0) as u16;
        let width = (longest + 2).min(rest.width - FAILURE);
        fill(buffer, Rect { width, ..rest }, &names, &mut drawn.links);
        for y in rest.top()..rest.bottom() {
            buffer.set_string(rest.x + width, y, "│", dim());
        }
        rest = Rect { x: rest.x + width + 1, width: rest.width - width - 1, ..rest };
    } else if tests && area.height >= 10 {
        let marks: String = state.tests().into_iter().map(|(_, mark, _)| paint.mark(mark)).collect();
        if !marks.is_empty() {
            put(buffer, top(&mut rest), &format!("  {marks}"), &mut drawn.links);
        }
    }
    let painted = body::text(state, now, paint, usize::from(rest.width));
    let text = rows(&painted, rest.width);
    drawn.page = usize::from(rest.height);
    drawn.bottom = text.len().saturating_sub(drawn.page);
    let mut scroll = state.scroll;
    if let Some(Panel::Lessons(list)) = &state.panel {
        // The one chosen stays in sight.
        let above = list.left(&state.course).iter().take_while(|place| **place != list.at).count();
        let until = |lines| painted.lines().take(lines).map(|line| rows(line, rest.width).len()).sum::<usize>();
        scroll = scroll.max(until(above + 1).saturating_sub(drawn.page)).min(until(above));
    }
    let scroll = scroll.min(drawn.bottom);
    fill(buffer, rest, &text[scroll..], &mut drawn.links);
    // What is from before the run is not to be mistaken for what is now.
    if state.run.is_some() && state.found.is_some() && state.panel.is_none() && !body::is_running(state, now) {
        buffer.set_style(rest, dim());
    }
    if let Some(line) = line {
        let below = drawn.bottom - scroll;
        put(buffer, line, &bars::rule(state, below, paint, area.width), &mut drawn.links);
    }
    drawn
}

fn dim() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

/// Cuts `height` lines off, from above or from below.
fn take(rest: &mut Rect, height: u16, above: bool) -> Rect {
    let height = height.min(rest.height);
    let part = Rect { y: if above { rest.y } else { rest.bottom() - height }, height, ..*rest };
    rest.height -= height;
    if above {
        rest.y += height;
    }
    part
}

/// One line of painted text; what does not fit is left out, and a sign says so.
fn put(buffer: &mut Buffer, area: Rect, painted: &str, links: &mut Vec<Link>) {
    fill(buffer, area, &rows(painted, u16::MAX), links);
}

fn fill(buffer: &mut Buffer, area: Rect, rows: &[Row], links: &mut Vec<Link>) {
    for (y, row) in (area.top()..area.bottom()).zip(rows) {
        buffer.set_line(area.x, y, &row.line, area.width);
        if row.line.width() > usize::from(area.width) && area.width > 0 {
            buffer.set_string(area.right() - 1, y, "…", Style::new());
        }
        for (x, width, url) in &row.links {
            if *x < area.width {
                let width = (*width).min(area.width - x);
                links.push(Link { x: area.x + x, y, width, url: url.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests;
