//! A lesson checked for the learner: everything that is to be known of it afterwards, found out once.

use crate::check::guide::{self, Guide};
use crate::check::verdict::Verdict;
use crate::check::{self, Following};
use crate::course::afterwards::Afterwards;
use crate::course::progress::{self, Board, Mark, Progress, Standing};
use crate::course::{Course, Lesson};
use crate::trouble::Trouble;

/// What came of a check. It is all that is needed to show it; nothing is read for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The lesson checked: its place in the course.
    pub lesson: usize,
    pub verdict: Verdict,
    /// Where to look, after each failure or the compiler's first error.
    pub guides: Vec<Guide>,
    /// What the lesson has to say once it passes.
    pub afterwards: Afterwards,
    /// Every lesson, with this verdict noted.
    pub board: Board,
    /// An earlier lesson that this one builds on and that does not pass, or not as it is now: its place in the course.
    pub unsettled: Option<usize>,
    /// Why the verdict could not be noted, if it could not.
    pub unkept: Option<String>,
}

/// Checks a lesson and notes what came of it.
pub fn judge(course: &Course, lesson: &Lesson, colored: bool, following: Following<'_>) -> Result<Judgement, Trouble> {
    // What is noted is what was there before the tests ran: an edit in between is a change.
    let fingerprint = progress::fingerprint(course, lesson)?;
    let verdict = check::check(course, lesson, colored, following)?;

    let fingerprints = progress::fingerprints(course)?;
    let mut progress = Progress::load(&course.root);
    let unsettled = Board::of(course, &progress, fingerprints.clone()).unsettled(course, lesson);
    let mark = match &verdict {
        Verdict::Passed(_) => Some((Mark::Done, fingerprint.as_str())),
        // What was shown on one machine is not taken back where it cannot be shown again.
        Verdict::Partial(_) if progress.standing(&lesson.name, &fingerprint) == Standing::Done => {
            Some((Mark::Done, fingerprint.as_str()))
        }
        Verdict::Partial(_) => Some((Mark::Partial, fingerprint.as_str())),
        Verdict::Failed(_) | Verdict::DoesNotCompile(_) => None,
    };
    // A lesson that passed before and was changed since stays known as such; only what is noted falsely goes, and that
    // is not known while the fault may be an earlier lesson's.
    let changed = progress.standing(&lesson.name, &fingerprint) == Standing::Changed;
    let mut unkept = None;
    if mark.is_some() || (!changed && unsettled.is_none() && is_own(course, lesson, &verdict)) {
        progress.note(&lesson.name, mark);
        if let Err(error) = progress.save() {
            unkept = Some(error.to_string());
            progress = Progress::load(&course.root);
        }
    }
    Ok(Judgement {
        lesson: course.place(lesson),
        guides: guide::guides(course, lesson, &verdict),
        afterwards: match verdict {
            Verdict::Passed(_) | Verdict::Partial(_) => Afterwards::read(course, lesson),
            Verdict::Failed(_) | Verdict::DoesNotCompile(_) => Afterwards::default(),
        },
        verdict,
        board: Board::of(course, &progress, fingerprints),
        unsettled,
        unkept,
    })
}

/// Whether a failure happened in the lesson's own code or tests, as far as it tells.
fn is_own(course: &Course, lesson: &Lesson, verdict: &Verdict) -> bool {
    match verdict {
        Verdict::DoesNotCompile(errors) => errors.lesson == lesson.name,
        Verdict::Failed(results) => {
            results.blank().and_then(|blank| course.owner_of(&blank.place.path)).is_none_or(|owner| owner == lesson)
        }
        Verdict::Passed(_) | Verdict::Partial(_) => true,
    }
}
