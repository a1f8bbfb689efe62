//! Checking a lesson for the learner: what came of it is noted as progress.

use std::io;

use crate::check::verdict::Verdict;
use crate::check::{self, Following};
use crate::course::progress::{self, Mark, Progress, Standing};
use crate::course::{Course, Lesson};
use crate::trouble::Trouble;

/// What came of a check.
#[derive(Debug)]
pub struct Judged {
    pub verdict: Verdict,
    /// Whether the note of it could be kept.
    pub kept: io::Result<()>,
}

/// Checks a lesson and notes what came of it.
pub fn judge(course: &Course, lesson: &Lesson, colored: bool, following: Following<'_>) -> Result<Judged, Trouble> {
    // What is noted is what was there before the tests ran: an edit in between is a change.
    let fingerprint = progress::fingerprint(course, lesson)?;
    let verdict = check::check(course, lesson, colored, following)?;

    let mut progress = Progress::load(&course.root);
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
    let own = || Ok(is_own(course, lesson, &verdict) && progress::unsettled(course, &progress, lesson)?.is_none());
    let kept = if mark.is_some() || (!changed && own()?) {
        progress.note(&lesson.name, mark);
        progress.save()
    } else {
        Ok(())
    };
    Ok(Judged { verdict, kept })
}

/// Whether a failure happened in the lesson's own code or tests, as far as it tells.
fn is_own(course: &Course, lesson: &Lesson, verdict: &Verdict) -> bool {
    match verdict {
        Verdict::DoesNotCompile(errors) => errors.lesson == lesson.name,
        Verdict::Failed(report) => {
            report.blank().and_then(|blank| course.owner_of(&blank.place.path)).is_none_or(|owner| owner == lesson)
        }
        Verdict::Passed(_) | Verdict::Partial(_) => true,
    }
}
