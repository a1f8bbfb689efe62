//! What the files of a lesson and of the walkthrough must hold. Nothing here is built or run.

mod all;
mod chapter;
mod files;
mod pages;
mod sandboxed;
mod texts;

pub use all::{book, lessons};
