//! A judgement and the board as text, plain text or JSON: functions of what was found, and of nothing else.

pub mod board;
pub mod difference;
pub mod facts;
pub mod inline;
pub mod json;
pub mod outcome;
pub mod page;
pub mod paint;
mod passed;
pub mod solution;
pub mod spoken;
mod table;
pub mod verdict;

pub use verdict::Scene;
