//! Placeholder.

use clap::ArgMatches;

use crate::Answer;
use crate::course::Course;
use crate::paint::Paint;
use crate::trouble::Trouble;

pub fn run(_course: &Course, _matches: &ArgMatches, _paint: Paint) -> Result<Answer, Trouble> {
    Ok(Answer::Yes)
}
