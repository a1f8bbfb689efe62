//! How a command ends: its answer or its trouble, as an exit code.

use std::process::ExitCode;
use std::time::Duration;

use crate::out::{advise, warn};
use crate::process::signals;
use crate::trouble::Trouble;

/// What a command found; the reason why it could not find out is [`Trouble`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Exit code 0.
    Yes,
    /// Exit code 1.
    No,
}

/// Says what kept the command from its answer, and returns the exit code: 0 yes, 1 no, 2 it could not, and 128 + N after
/// signal N.
pub fn code(answer: Result<Answer, Trouble>) -> ExitCode {
    let answer = match signals::caught() {
        Some(signal) => Err(Trouble::Interrupted(signal)),
        None => answer,
    };
    match answer {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(Trouble::Cannot { what, advice }) => {
            warn(&what);
            advise(&advice);
            ExitCode::from(2)
        }
        // Only the watching runner stops what it began, and goes on.
        Err(Trouble::Unwanted) => ExitCode::from(2),
        Err(Trouble::Interrupted(signal)) => {
            signals::outlive_descendants(Duration::from_secs(2));
            ExitCode::from(128 + signal as u8)
        }
    }
}
