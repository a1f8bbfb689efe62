//! What the files of a lesson and of the walkthrough must hold. Nothing here is built or run.

mod all;
mod chapter;
mod errors;
mod files;
mod pages;
mod tests;
mod texts;

pub use all::{book, lessons};
