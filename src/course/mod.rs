//! What lies on disk: the lessons, their files, what there is to read, and how far the learner is.

pub mod afterwards;
pub mod exchange;
pub mod lesson_tests;
pub mod lessons;
pub mod markdown;
pub mod material;
pub mod progress;
pub mod source;
pub mod starter;
pub mod store;

pub use lessons::{Course, Lesson};
