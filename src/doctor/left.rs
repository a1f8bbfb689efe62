//! Segments that programs of this user left behind: their creator has ended, and no process is attached.

use kata::kernel::{self, Segment};
use kata::{calls::shm, process};
use libc::{pid_t, uid_t};

use super::finding::Finding;
use crate::exit::Answer;
use crate::out::agreed;
use crate::out::emit;
use crate::trouble::{Trouble, cannot};
use crate::users;

/// Those of the table that were left behind. `is_there` says whether a process still runs.
fn left(table: Vec<Segment>, user: uid_t, is_there: impl Fn(pid_t) -> bool) -> Vec<Segment> {
    let left = |segment: &Segment| segment.cuid == user && segment.nattch == 0 && !is_there(segment.cpid);
    table.into_iter().filter(left).collect()
}

fn left_here() -> kernel::Result<Vec<Segment>> {
    Ok(left(kernel::segments()?, users::own(), process::is_there))
}

/// A finding a segment; one that says so when there is none.
pub fn findings(table: &[Segment]) -> Vec<Finding> {
    const NAME: &str = "left-behind";
    let left = left(table.to_vec(), users::own(), process::is_there);
    if left.is_empty() {
        return vec![Finding::fine(NAME, "no segment of yours was left behind")];
    }
    let advice = |id| {
        format!(
            "It is a message that waits for its reader, or it was forgotten. To remove it:\n\
             ipcrm -m {id}    or: cargo kata doctor --clean"
        )
    };
    left.iter().map(|segment| Finding::note(NAME, described(segment), advice(segment.id))).collect()
}

fn described(segment: &Segment) -> String {
    let Segment { id, key, size, cpid, .. } = segment;
    format!(
        "segment {id}, key {key:#010x}, {size} bytes: its creator, process {cpid}, has ended, and no process is attached"
    )
}

/// `kata doctor --clean [--yes]`: removes them after asking. [`Answer::No`] when something stays that could go.
pub fn clean(yes: bool) -> Result<Answer, Trouble> {
    let unreadable = |error| cannot(error, "Without the kernel's table nothing can be said, and nothing is removed.");
    let found = left_here().map_err(unreadable)?;
    if found.is_empty() {
        emit("Nothing was left behind.\n");
        return Ok(Answer::Yes);
    }
    for segment in &found {
        emit(&format!("{}\n", described(segment)));
    }
    let question = if found.len() == 1 { "Remove it?".to_owned() } else { format!("Remove these {}?", found.len()) };
    if !yes && !agreed(&question, "nothing is removed", "kata doctor --clean --yes")? {
        emit("Nothing was removed.\n");
        return Ok(Answer::No);
    }
    let mut answer = Answer::Yes;
    for Segment { id, ctime, .. } in found {
        // Time has passed, over the question too: only what is still as it was shown goes.
        if !left_here().map_err(unreadable)?.iter().any(|now| now.id == id && now.ctime == ctime) {
            emit(&format!("kept     segment {id}: it is not as it was any more\n"));
            continue;
        }
        match shm::remove(id) {
            Ok(()) => emit(&format!("removed  segment {id}\n")),
            Err(error) => {
                emit(&format!("kept     segment {id}: {error}\n"));
                answer = Answer::No;
            }
        }
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_behind_is_what_is_mine_unattached_and_without_its_creator() {
        let row = |id, cuid, cpid, nattch| Segment {
            key: 1,
            id,
            mode: 0o600,
            marked_for_removal: false,
            locked: false,
            size: 1,
            cpid,
            lpid: 0,
            nattch,
            uid: cuid,
            gid: 0,
            cuid,
            cgid: 0,
            atime: 0,
            dtime: 0,
            ctime: 0,
            memory: None,
        };
        let table = vec![row(1, 7, 100, 0), row(2, 8, 100, 0), row(3, 7, 200, 0), row(4, 7, 100, 1)];
        let ids: Vec<_> = left(table, 7, |pid| pid == 200).iter().map(|segment| segment.id).collect();
        assert_eq!(ids, [1]);
    }
}
