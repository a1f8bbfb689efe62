//! What the live view knows.

use std::time::Instant;

use crate::terminal::canvas::Rect;
use crate::text::Line;
use crate::xray::frame::Seen;
use crate::xray::wanted::Wanted;

use super::clock;
use super::events::Events;
use super::people::{Holders, Users};
use super::table::Table;
use super::watched::Watched;

/// Lines, and the part of the screen that they stand in, from its top on.
pub type Picture = Vec<(Rect, Vec<Line>)>;

/// What a key leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Stay,
    Leave,
}

/// The live view: [`Live::key`] for every key, [`Live::look`] after it and about ten times a second, then [`Live::draw`].
#[derive(Debug)]
pub struct Live {
    pub(super) wanted: Wanted,
    pub(super) table: Table,
    pub(super) holders: Holders,
    pub(super) users: Users,
    /// The selected segment, as of the last look at it; it may be gone since.
    pub(super) seen: Option<Seen>,
    pub(super) watched: Watched,
    pub(super) events: Events,
    /// The time of day at which it began to look.
    pub(super) since: String,
    /// The offset of the first byte on screen.
    pub(super) top: usize,
    pub(super) frozen: bool,
    pub(super) help: bool,
    /// When and for which part of the screen the last look was.
    pub(super) now: Instant,
    pub(super) area: Rect,
    /// Why the last look failed.
    pub(super) trouble: Option<String>,
    /// The last look, as it is drawn.
    pub(super) picture: Picture,
    /// A key press has moved the view to a part that has not been read yet.
    pub(super) moved: bool,
}

impl Live {
    /// A view that has not looked yet.
    pub fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            table: Table::default(),
            holders: Holders::default(),
            users: Users::default(),
            seen: None,
            watched: Watched::default(),
            events: Events::default(),
            since: clock::now(),
            top: 0,
            frozen: false,
            help: false,
            now: Instant::now(),
            area: Rect::ZERO,
            trouble: None,
            picture: Picture::new(),
            moved: false,
        }
    }

    /// Why the last look failed, if it did.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }
}
