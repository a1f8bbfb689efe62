//! What a test's end means, by what its process told and how it ended.

use std::{io, os::unix::process::ExitStatusExt, path::Path, process::ExitStatus, time::Duration};

use libc::c_int;

use super::channel::Frame;
use crate::{
    crash::{self, Fault},
    process::signal_name,
    report::{Ending, Held, Panic, Spot, When, cause_of},
};

/// How the test ended. `status` is `None` if it had to be ended, `after` so long; `output` is all that it printed.
pub(super) fn ending(
    status: Option<ExitStatus>,
    frames: io::Result<Vec<Frame>>,
    token: u64,
    nothing_runs: bool,
    output: &str,
    after: Duration,
    decoy: c_int,
) -> Ending {
    let (frames, garbled) = match frames {
        Ok(frames) => (frames, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let panics = || frames.iter().filter_map(|frame| panic(frame, decoy));
    let skipped = frames.iter().find_map(|frame| match frame {
        Frame::Skipped(reason) => Some(reason.clone()),
        _ => None,
    });
    let has = |wanted: &Frame| frames.contains(wanted);
    match status {
        None => Ending::TimedOut { after },
        Some(status) if let Some(signal) = status.signal() => {
            let fault = last_fault(&frames).filter(|fault| fault.signal == signal);
            let panics: Vec<_> = panics().collect();
            let said = panics.iter().map(|panic| panic.message.as_str()).chain([output]).collect::<Vec<_>>().join("\n");
            let what = fault.map_or_else(
                || format!("{} ({signal}): {}", signal_name(signal), cause_of(signal, &said)),
                ToString::to_string,
            );
            Ending::Crashed { what, line: None, panics }
        }
        Some(_) if let Some(error) = garbled => Ending::Garbled(error),
        Some(_) if has(&Frame::Failed) => Ending::Failed(panics().next_back().unwrap_or_else(silent)),
        Some(status) if status.success() && has(&Frame::Token(token)) => match skipped {
            Some(reason) => Ending::Skipped(reason),
            None if nothing_runs => Ending::Passed,
            None => Ending::LeftRunning,
        },
        Some(status) => Ending::EndedEarly(status),
    }
}

/// What is known last of a bad address.
fn last_fault(frames: &[Frame]) -> Option<&Fault> {
    frames.iter().rev().find_map(|frame| match frame {
        Frame::Fault(fault) => Some(&**fault),
        _ => None,
    })
}

/// The line of code that the last bad address was met at, in the file that the test ran from.
pub(super) fn line_of_crash(frames: &[Frame], program: &Path) -> Option<Spot> {
    crash::line_of(program, &last_fault(frames)?.calls).map(Spot::from)
}

/// Whether the test ended because it wants another table of segments.
pub(super) fn said_other_table(frames: &[Frame]) -> bool {
    frames.contains(&Frame::OtherTable)
}

/// The panic that a frame tells of. The body does not know which segment is the decoy.
fn panic(frame: &Frame, decoy: c_int) -> Option<Panic> {
    let Frame::Panic(panic) = frame else { return None };
    let held = Held { decoy, ..panic.held.clone() };
    Some(Panic { held, ..Panic::clone(panic) })
}

/// A panic that the hook did not see: `resume_unwind` does not call it.
fn silent() -> Panic {
    let message = "the test was left by resume_unwind, without a message".to_owned();
    Panic { place: None, message, held: Held::new(When::Then, String::new(), "", -1) }
}
