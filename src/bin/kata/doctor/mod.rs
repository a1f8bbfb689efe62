//! `kata doctor`: what could keep a learner from working, before it does.
//!
//! [`checks`] ask the machine and return [`finding`]s, which are data; [`show`] draws them.

mod checks;
mod finding;
mod left;
mod lessons;
mod machine;
mod show;

use clap::ArgMatches;

use crate::course::Course;
use crate::format::Format;
use crate::paint::Paint;
use crate::trouble::Trouble;
use crate::{Answer, emit};

/// `kata doctor [--clean]`: [`Answer::No`] when there is something to mend. Without a `course` it looks at the machine
/// alone.
pub fn run(matches: &ArgMatches, course: Option<&Course>, paint: Paint) -> Result<Answer, Trouble> {
    if matches.get_flag("clean") {
        return left::clean(matches.get_flag("yes"));
    }
    let findings = checks::all(course)?;
    match Format::of(matches) {
        Format::Text => emit(&show::text(&findings, paint)),
        Format::Json => emit(&format!("{}\n", show::json(&findings))),
    }
    Ok(if finding::to_mend(&findings) == 0 { Answer::Yes } else { Answer::No })
}
