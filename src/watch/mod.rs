//! The runner that a learner lives in: it watches the lesson's files, checks the lesson after every save, and takes keys
//! all the while.
//!
//! One loop takes [`event`]s in turn and changes the [`state`]; [`draw`] shows the state on a screen, [`lines`] tells it
//! line by line. [`work`] checks, [`files`] watches, [`keys`] says what a key means and [`app`] does it.

mod app;
mod bars;
mod body;
mod book;
mod draw;
mod editor;
mod event;
mod files;
mod found;
mod keys;
mod lines;
mod links;
mod panel;
mod run;
mod screen;
mod state;
mod texts;
mod ticks;
mod work;

pub use run::run;

#[cfg(test)]
mod without_files;
