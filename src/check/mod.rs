//! From a lesson to a judgement on it, which is made once.

mod built;
pub mod cargo;
pub mod guide;
pub mod judge;
pub mod lesson;
pub mod libtest;
pub mod run;
pub mod verdict;

pub use lesson::check;
pub use run::{Following, News, Run};
