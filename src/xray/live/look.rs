//! How a look and a key change what the live view knows.

use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use kata::kernel;

use super::layout::{Grid, Layout};
use super::state::{Live, Then};
use super::{detail, draw};
use crate::terminal::canvas::Rect;
use crate::xray::frame::{self, Bytes};

/// What is read ends with a page: once a byte of a page is read, the rest takes no more memory. Where pages are larger
/// that is so too.
const PAGE: usize = 4096;

impl Live {
    /// Looks at what is to be drawn into `area`, and at no more: the kernel's table, who is attached when that may have
    /// changed, and those bytes of the selected segment that are on screen. A frozen view looks when it is moved.
    ///
    /// Returns whether there is anything else to draw than after the look before.
    pub fn look(&mut self, area: Rect, now: Instant) -> bool {
        if !self.frozen || self.moved || self.area != area {
            (self.moved, self.area, self.now) = (false, area, now);
            self.trouble = self.take().err().map(|error| error.to_string());
            self.events.end(now);
        }
        let picture = draw::picture(self, area);
        let changed = picture != self.picture;
        self.picture = picture;
        changed
    }

    /// The table and the mappings are read before anything is attached, as in a frame.
    fn take(&mut self) -> kernel::Result<()> {
        self.table.update(self.wanted, kernel::segments()?, self.now);
        for row in self.table.rows() {
            self.users.ask(row.segment.uid);
            self.users.ask(row.segment.cuid);
        }
        self.holders.update(self.table.rows(), self.now)?;
        self.events.note(self.table.rows(), self.holders.fresh(self.now), self.now);
        let Some(row) = self.table.selected() else {
            self.seen = None;
            return Ok(());
        };
        if row.gone.is_some() {
            // What was last seen of it stays; of another one that has gone nothing is known.
            self.seen = self.seen.take().filter(|seen| seen.segment.id == row.segment.id);
            return Ok(());
        }
        let segment = row.segment.clone();
        let is_new = row.came == Some(self.now);
        let (id, size) = (segment.id, segment.size);
        if self.seen.as_ref().is_none_or(|before| before.segment.id != id) {
            self.top = 0;
        }
        let name = |uid| self.users.name(uid).to_owned();
        self.seen = Some(frame::seen(segment.clone(), self.holders.found(), name, Bytes::Read(Vec::new())));
        let (rows, columns) = (draw::capacity(self, self.area), Grid::of(Layout::width(self.area), size).columns);
        let last = size.div_ceil(columns).saturating_sub(rows) * columns;
        self.top = (self.top / columns * columns).min(last);
        let bytes = match frame::bytes(&segment, self.top..(self.top + rows * columns).next_multiple_of(PAGE)) {
            Bytes::Read(bytes) => bytes,
            withheld => {
                self.seen.as_mut().expect("it was seen just now").bytes = withheld;
                Vec::new()
            }
        };
        if is_new {
            // The kernel clears a new segment, so what is in it was stored since.
            self.watched.update(id, self.top, vec![0; bytes.len()], self.now);
        }
        self.watched.update(id, self.top, bytes, self.now);
        if let Some((change, bytes)) = self.watched.found(self.now) {
            self.events.stored(id, change, bytes, self.now);
        }
        Ok(())
    }

    /// What a key does.
    pub fn key(&mut self, key: KeyEvent) -> Then {
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return Then::Stay;
        }
        if self.help {
            self.help = false;
            return Then::Stay;
        }
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Then::Leave,
            KeyCode::Char('?') => self.help = true,
            KeyCode::Char(' ') => self.frozen = !self.frozen,
            KeyCode::Char('J') => self.scroll(1),
            KeyCode::Char('K') => self.scroll(-1),
            KeyCode::Down if shift => self.scroll(1),
            KeyCode::Up if shift => self.scroll(-1),
            KeyCode::Char('j') | KeyCode::Down => self.moved |= self.table.move_by(1),
            KeyCode::Char('k') | KeyCode::Up => self.moved |= self.table.move_by(-1),
            KeyCode::PageDown => self.scroll(self.page()),
            KeyCode::PageUp => self.scroll(-self.page()),
            KeyCode::Home => self.scroll(isize::MIN),
            KeyCode::End => self.scroll(isize::MAX),
            _ => {}
        }
        Then::Stay
    }

    /// How many rows the bytes on screen would take if none were folded.
    fn page(&self) -> isize {
        let size = self.seen.as_ref().map_or(0, |seen| seen.segment.size);
        let columns = Grid::of(Layout::width(self.area), size).columns;
        let shown = detail::extent(self, draw::layout(self, self.area).bytes);
        shown.map_or(1, |shown| shown.len().div_ceil(columns).max(1)) as isize
    }

    /// Moves the bytes by `rows`; the next look stops where they end.
    fn scroll(&mut self, rows: isize) {
        let size = self.seen.as_ref().map_or(0, |seen| seen.segment.size);
        if rows > 0 && detail::extent(self, draw::layout(self, self.area).bytes).is_some_and(|shown| shown.end == size)
        {
            return;
        }
        let columns = Grid::of(Layout::width(self.area), size).columns as isize;
        self.top = self.top.saturating_add_signed(rows.saturating_mul(columns)).min(size);
        self.moved = true;
    }
}
