//! A judgement and the board as text, plain text or JSON: functions of what was found, and of nothing else.

pub mod board;
pub mod difference;
pub mod facts;
pub mod json;
pub mod outcome;
pub mod paint;
pub mod solution;
pub mod spoken;
pub mod verdict;
pub mod wording;

pub use verdict::Scene;
