//! One frame, printed.

use std::process::id;

use super::wanted::Wanted;
use super::{frame, json, text};
use crate::exit::Answer;
use crate::out::emit;
use crate::show::paint::Paint;
use crate::trouble::{Trouble, cannot};

/// One frame, with the first `length` bytes of each segment: [`Answer::No`] when the segment asked for does not exist.
pub fn once(wanted: Wanted, length: usize, json: bool, paint: Paint) -> Result<Answer, Trouble> {
    let frame = frame::take(wanted, length)
        .map_err(|error| cannot(error, format!("`ls -l /proc/sysvipc /proc/{}/maps` shows what is missing.", id())))?;
    if json {
        emit(&format!("{}\n", json::of(&frame)));
    } else {
        emit(&paint.text(&text::draw(&frame, wanted)));
    }
    let asked = wanted != Wanted::default();
    Ok(if asked && frame.segments.is_empty() { Answer::No } else { Answer::Yes })
}
