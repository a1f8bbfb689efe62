//! `kata doctor`: what could keep a learner from working, before it does.
//!
//! [`checks`] ask the machine and return [`finding`]s, which are data; [`show`] draws them.

mod checks;
mod finding;
mod left;
mod lessons;
mod machine;
mod show;

use crate::course::Course;
use crate::exit::Answer;
use crate::out::emit;
use crate::show::paint::Paint;
use crate::trouble::Trouble;
pub use left::clean;

/// `kata doctor`: [`Answer::No`] when there is something to mend. Without a `course` it looks at the machine alone.
pub fn look(course: Option<&Course>, json: bool, paint: Paint) -> Result<Answer, Trouble> {
    let findings = checks::all(course)?;
    if json {
        emit(&format!("{}\n", show::json(&findings)));
    } else {
        emit(&show::text(&findings, paint));
    }
    Ok(if finding::to_mend(&findings) == 0 { Answer::Yes } else { Answer::No })
}
