//! The findings, shown.

use super::{checks, finding, show};
use crate::course::Course;
use crate::exit::Answer;
use crate::out::emit;
use crate::show::paint::Paint;
use crate::trouble::Trouble;

/// `kata doctor`: [`Answer::No`] when there is something to mend. Without a `course` it looks at the machine alone.
pub fn look(course: Option<&Course>, json: bool, paint: Paint) -> Result<Answer, Trouble> {
    let findings = checks::all(course)?;
    if json {
        emit(&format!("{}\n", show::json(&findings)));
    } else {
        emit(&paint.text(&show::text(&findings)));
    }
    Ok(if finding::to_mend(&findings) == 0 { Answer::Yes } else { Answer::No })
}
