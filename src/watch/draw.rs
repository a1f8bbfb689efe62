//! The screen: a function of the state, the time and the window's size.

use std::time::Instant;

use crate::terminal::canvas::{Buffer, Rect};
use crate::text::style::{Modifier, Style};

use crate::show::paint::Paint;
use crate::terminal::{Link, rows};
use crate::text::{Line, Span};

use super::panel::Panel;
use super::state::State;
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
    let mut canvas = Canvas { state, paint, buffer, links: Vec::new() };
    let mut rest = area;
    let mut line = None;
    let top = |rest: &mut Rect| take(rest, 1, true);
    if area.height >= 10 {
        canvas.put(top(&mut rest), bars::header(state, area.width));
        canvas.put(top(&mut rest), bars::board(state, area.width));
        line = Some(top(&mut rest));
    } else if area.height >= 5 {
        canvas.put(top(&mut rest), bars::header(state, area.width));
    }
    if area.height >= 8 {
        canvas.put(take(&mut rest, 1, false), bars::keys(state, area.width));
    }
    canvas.put(take(&mut rest, 1, false), bars::status(state, now));
    if let Some(note) = state.note.as_ref().filter(|_| area.height >= 3) {
        canvas.put(take(&mut rest, 1, false), Line::raw(note.text.as_str()));
    }
    if let Some(places) = body::places(state).filter(|_| area.height >= 8) {
        canvas.put(take(&mut rest, 1, false), places);
    }
    let tests = state.panel.is_none() && state.found.is_some() && !state.passes() && !body::is_running(state, now);
    if tests && area.width >= WIDE {
        let names = rows(&body::tests(state), u16::MAX);
        let longest = names.iter().map(Line::width).max().unwrap_or(0) as u16;
        let width = (longest + 2).min(rest.width - FAILURE);
        canvas.fill(Rect { width, ..rest }, &names);
        for y in rest.top()..rest.bottom() {
            canvas.buffer.set_string(rest.x + width, y, "│", dim());
        }
        rest = Rect { x: rest.x + width + 1, width: rest.width - width - 1, ..rest };
    } else if tests && area.height >= 10 {
        let marks: Vec<Span> = state.tests().into_iter().map(|(_, mark, _)| mark.span()).collect();
        if !marks.is_empty() {
            canvas.put(top(&mut rest), ["  ".into()].into_iter().chain(marks).collect());
        }
    }
    let lines = body::text(state, now, usize::from(rest.width));
    let text = rows(&lines, rest.width);
    let page = usize::from(rest.height);
    let bottom = text.len().saturating_sub(page);
    let mut scroll = state.scroll;
    if let Some(Panel::Lessons(list)) = &state.panel {
        // The one chosen stays in sight.
        let above = list.left(&state.course).iter().take_while(|place| **place != list.at).count();
        let until = |count: usize| rows(&lines[..count.min(lines.len())], rest.width).len();
        scroll = scroll.max(until(above + 1).saturating_sub(page)).min(until(above));
    }
    let scroll = scroll.min(bottom);
    canvas.fill(rest, &text[scroll..]);
    // What is from before the run is not to be mistaken for what is now.
    if state.run.is_some() && state.found.is_some() && state.panel.is_none() && !body::is_running(state, now) {
        canvas.buffer.set_style(rest, dim());
    }
    if let Some(line) = line {
        canvas.put(line, bars::rule(state, bottom - scroll, area.width));
    }
    Drawn { links: canvas.links, bottom, page }
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

/// Where lines become cells, and places links.
struct Canvas<'a> {
    state: &'a State,
    paint: Paint,
    buffer: &'a mut Buffer,
    links: Vec<Link>,
}

impl Canvas<'_> {
    /// One line; what does not fit is left out, and a sign says so.
    fn put(&mut self, area: Rect, line: Line) {
        self.fill(area, &rows(&[line], u16::MAX));
    }

    fn fill(&mut self, area: Rect, rows: &[Line]) {
        for (y, row) in (area.top()..area.bottom()).zip(rows) {
            let mut x = area.x;
            for span in &row.spans {
                x = self.span(x, y, span, area.right());
            }
            if row.width() > usize::from(area.width) && area.width > 0 {
                self.buffer.set_string(area.right() - 1, y, "…", Style::new());
            }
        }
    }

    /// As much of it as fits before `right`; where it ends.
    fn span(&mut self, x: u16, y: u16, span: &Span, right: u16) -> u16 {
        let colored = self.paint == Paint::Colored;
        let style = if colored { span.style } else { Style::new() };
        let end = self.buffer.set_styled(x, y, &span.content, style, right.saturating_sub(x));
        if let Some(spot) = span.link.as_ref().filter(|_| colored && end > x) {
            let url = self.state.links.url(&self.state.course.root, spot);
            self.links.push(Link { x, y, width: end - x, url });
        }
        end
    }
}

#[cfg(test)]
mod tests;
