//! The screen: a function of the state, the time and the window's size.

use std::time::Instant;

use crate::terminal::canvas::{Buffer, Rect};
use crate::text::style::{Modifier, Style, Stylize};

use crate::show::paint::Paint;
use crate::terminal::{Link, rows};
use crate::text::{Line, Span};

use super::panel::{Kind, Panel};
use super::state::State;
use super::{bars, body, found};

/// From this width on the tests stand beside what failed, and not above it in marks alone.
const WIDE: u16 = 120;
/// What is left for it then, at least.
const FAILURE: u16 = 80;

/// From this width on the lesson's card is beside them: both have the 76 columns that code may have, indented by four.
const BESIDE: u16 = 161;
/// How wide the card is at most.
const CARD: u16 = 94;

/// What drawing found out.
#[derive(Debug, Default)]
pub struct Drawn {
    pub links: Vec<Link>,
    /// The furthest that the text can be scrolled, in lines.
    pub bottom: usize,
    /// How many lines of it are in sight.
    pub page: usize,
    /// Whether the card is beside what was found.
    pub beside: bool,
}

/// Draws everything.
pub fn draw(state: &State, now: Instant, paint: Paint, area: Rect, buffer: &mut Buffer) -> Drawn {
    let beside = area.width >= BESIDE && has_card_beside(state);
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
    canvas.put(take(&mut rest, 1, false), bars::status(state, now, beside));
    if let Some(note) = state.note.as_ref().filter(|_| area.height >= 3) {
        let note = rows(&[Line::raw(note.text.as_str())], area.width);
        let height = (note.len() as u16).min(area.height / 3);
        canvas.fill(take(&mut rest, height, false), &note);
    }
    if let Some(places) = found::places(state, usize::from(area.width)).filter(|_| area.height >= 8) {
        canvas.put(take(&mut rest, 1, false), places);
    }
    let mut below = None;
    if beside {
        let width = (area.width / 2).min(CARD);
        let card = Rect { width, ..rest };
        rest = canvas.divide(rest, width);
        let text = rows(&body::card(state, usize::from(width - 1)), width);
        let page = usize::from(rest.height);
        let bottom = text.len().saturating_sub(page);
        let scroll = if state.reads_card() { state.scroll } else { state.read }.min(bottom);
        canvas.fill(card, &text[scroll..]);
        if let Some(line) = &mut line {
            canvas.put(Rect { width, ..*line }, bars::rule("task", bottom - scroll, width));
            *line = Rect { x: rest.x - 1, width: rest.width + 1, ..*line };
        }
        below = state.reads_card().then_some((bottom, page));
    }
    let shows_tests = (state.panel.is_none() || beside && state.reads_card())
        && state.found.is_some()
        && !state.passes()
        && !body::is_running(state, now);
    if shows_tests && !beside && area.width >= WIDE {
        let names = rows(&body::tests(state), u16::MAX);
        let longest = names.iter().map(Line::width).max().unwrap_or(0) as u16;
        let width = (longest + 2).min(rest.width - FAILURE);
        canvas.fill(Rect { width, ..rest }, &names);
        rest = canvas.divide(rest, width);
    } else if shows_tests && area.height >= 10 {
        let marks: Vec<Span> = state.tests().into_iter().map(|(_, mark, _)| mark.span()).collect();
        if !marks.is_empty() {
            let failing = state.failing().len();
            let choose = format!("   {} of {failing} that fail; arrows choose", state.shown() + 1);
            let choose = (failing > 1).then(|| choose.dim());
            canvas.put(top(&mut rest), ["  ".into()].into_iter().chain(marks).chain(choose).collect());
        }
    }
    let lines = body::text(state, now, usize::from(rest.width), beside);
    let text = rows(&lines, rest.width);
    let page = usize::from(rest.height);
    let bottom = text.len().saturating_sub(page);
    let mut scroll = if below.is_some() { 0 } else { state.scroll };
    if let Some(Panel::Lessons(list)) = &state.panel {
        // The one chosen stays in sight.
        let above = list.left(&state.course).iter().take_while(|place| **place != list.at).count();
        let until = |count: usize| rows(&lines[..count.min(lines.len())], rest.width).len();
        scroll = scroll.max(until(above + 1).saturating_sub(page)).min(until(above));
    }
    let scroll = scroll.min(bottom);
    canvas.fill(rest, &text[scroll..]);
    // What is from before the run is not to be mistaken for what is now.
    let is_verdict = state.panel.is_none() || beside && state.reads_card();
    if state.run.is_some() && state.found.is_some() && is_verdict && !body::is_running(state, now) {
        canvas.buffer.set_style(rest, dim());
    }
    if let Some(line) = line {
        canvas.put(line, bars::rule(&body::title(state, beside), bottom - scroll, line.width));
    }
    let (bottom, page) = below.unwrap_or((bottom, page));
    Drawn { links: canvas.links, bottom, page, beside }
}

/// Whether the card is to be beside what is shown: code that is as wide as the window has it for itself.
fn has_card_beside(state: &State) -> bool {
    let wide = matches!(state.panel, Some(Panel::Text { kind: Kind::Solution | Kind::Difference, .. }));
    !state.task.is_empty() && !wide
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

    /// A line behind the first `width` columns of `area`; what is left beyond it.
    fn divide(&mut self, area: Rect, width: u16) -> Rect {
        for y in area.top()..area.bottom() {
            self.buffer.set_string(area.x + width, y, "│", dim());
        }
        Rect { x: area.x + width + 1, width: area.width - width - 1, ..area }
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
        let style = if colored { span.style } else { span.style.uncolored() };
        let end = self.buffer.set_styled(x, y, &span.content, style, right.saturating_sub(x));
        if let Some(spot) = span.link.as_ref().filter(|_| colored && end > x) {
            let url = self.state.links.url(&self.state.course.root, spot);
            self.links.push(Link { x, y, width: end - x, url });
        }
        end
    }
}

#[cfg(test)]
mod card_and_pass;
#[cfg(test)]
mod tests;
