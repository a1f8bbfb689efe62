//! What the files of a lesson and of the walkthrough must hold. Nothing here is built or run.

mod all;
mod card;
mod chapter;
mod commands;
mod figure;
mod files;
mod hints;
mod pages;
mod sandboxed;

pub use all::{book, lessons};
