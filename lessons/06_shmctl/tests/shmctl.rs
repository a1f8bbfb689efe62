//! Lesson 6: a segment outlives everyone until someone removes it.
//!
//! `stat(id)` and `remove(id)` are two commands of one call, shmctl(2): `IPC_STAT` and `IPC_RMID`. `run(key)` is the
//! program `remover` around them.
//!
//! Detaching, exiting and crashing remove nothing. After a removal no program finds the segment by its key any more.
//! The bytes stay until the last process detaches. The tests keep a stranger attached, a process that does not run your
//! code, and read the kernel's table before and after.
//!
//! Read on: `man 2 shmctl`, `man 1 ipcs` (`dest`), `man 1 ipcrm`.

use std::fmt::Display;
use std::io;
use std::os::fd::AsRawFd;

use kata::errno::Call;
use kata::expect::{Explain, fails, prints, refused, soon};
use kata::kernel::Segment;
use kata::sandbox::{Answer, Finished, Options, Planted, Sandbox, sandbox};
use libc::{c_int, key_t};
use rstest::rstest;
use shmctl::{Stat, remove, stat};
use shmget::ShmId;

/// The kernel keeps what was asked for at creation: the key, the size to the byte (not rounded to a page), and the nine
/// permission bits.
// goal: 1
#[test]
fn stat_returns_key_size_and_mode() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), some_mode(s));
        let (found, row) = (stat_of(&segment), row(s, &segment));
        same("key from stat", hexadecimal(found.key), hexadecimal(row.key));
        same("size in bytes from stat", found.size, row.size);
        same("mode (octal) from stat", format!("{:o}", found.mode), format!("{:o}", row.mode));
        same("marked for removal, from stat", found.marked_for_removal, false);
    });
}

/// Keys are signed, sizes have 64 bits, and a segment may have no key at all. Each field is as wide as in the kernel.
// goal: 1
#[rstest]
#[case::a_negative_key(i64::from(key_t::MIN) + 1, 70_000)]
#[case::no_key(0, 1)]
#[case::some_mebibytes(1, 5_000_001)]
fn stat_cuts_nothing_off(#[case] key: i64, #[case] size: usize) {
    sandbox(|s| {
        let key = if key == 0 { libc::IPC_PRIVATE } else { s.this_key(key as key_t) };
        let segment = s.plant(key, size, 0o600);
        let found = stat_of(&segment);
        same("key from stat", hexadecimal(found.key), hexadecimal(key));
        same("size in bytes from stat", found.size, size);
        same("marked for removal, from stat", found.marked_for_removal, false);
    });
}

/// A segment may be larger than 4 GiB, and `size` has to hold that number. (The segment is created with
/// `SHM_NORESERVE`, and no page of it is touched, so it takes no memory.)
// goal: 1
#[test]
fn a_size_may_be_larger_than_any_32_bit_number() {
    sandbox(|s| {
        const SIZE: usize = (5 << 30) + 123;
        let flags = libc::IPC_CREAT | libc::IPC_EXCL | libc::SHM_NORESERVE | 0o600;
        // SAFETY: shmget takes integers.
        let id = unsafe { libc::shmget(s.key(), SIZE, flags) };
        if id == -1 {
            s.skip(format!("this machine makes no segment of 5 GiB: {}", io::Error::last_os_error()));
        }
        let found = stat(ShmId::from_raw(id)).explained(Call::Stat, format!("stat of segment {id}"));
        same("size in bytes from stat", found.size, SIZE);
    });
}

/// In the kernel's record the mode has more bits than the nine permission bits. One of them says that the segment is
/// locked in memory. It belongs neither to `mode` nor to `marked_for_removal`.
// goal: 1
#[test]
fn other_bits_of_the_mode_are_ignored() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o640);
        // SAFETY: SHM_LOCK takes an id and never looks at the third argument.
        if unsafe { libc::shmctl(segment.id(), libc::SHM_LOCK, std::ptr::null_mut()) } == -1 {
            s.skip("this process may lock no memory: ulimit -l");
        }
        let found = stat_of(&segment);
        same("mode (octal) of a locked segment from stat", format!("{:o}", found.mode), "640".to_owned());
        same("marked for removal, from stat of a locked segment", found.marked_for_removal, false);
    });
}

/// `cpid` is the process that created the segment, `lpid` the one that attached or detached last. `ipcs -m -p` shows
/// both.
// goal: 1
#[test]
fn stat_tells_the_creator_from_the_last_process() {
    sandbox(|s| {
        let mut stranger = s.stranger();
        let segment = s.plant(s.key(), some_size(s), 0o600);
        same("lpid from stat, before anybody has attached", stat_of(&segment).lpid, 0);
        stranger.attach(segment.id()).arranged(Call::Shmat, "the stranger's attach");
        let found = stat_of(&segment);
        same("cpid from stat, the process that made the segment", found.cpid, std::process::id().cast_signed());
        same("lpid from stat, the stranger that has attached", found.lpid, stranger.pid());
    });
}

/// `nattch` counts mappings and not processes, although the manual page says otherwise: a process that attaches twice
/// counts twice.
// goal: 1
#[test]
fn stat_counts_the_mappings() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        same("nattch from stat, before anybody has attached", stat_of(&segment).nattch, 0);
        attach(segment.id());
        attach(segment.id());
        same("nattch from stat, after this process has attached twice", stat_of(&segment).nattch, 2);
        s.stranger().attach(segment.id()).arranged(Call::Shmat, "the stranger's attach");
        soon(|| row(s, &segment).nattch == 2);
        same("nattch from stat, after a stranger has come, attached, and ended", stat_of(&segment).nattch, 2);
        (2..300).for_each(|_| attach(segment.id()));
        same("nattch from stat, after this process has attached 300 times", stat_of(&segment).nattch, 300);
    });
}

/// Each field has to agree with `/proc/sysvipc/shm`. The owner may differ from the creator: if this process can (root
/// can, in its own namespace), the test gives the segment to another user first.
// goal: 1
#[test]
fn stat_agrees_with_the_kernels_table() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), some_mode(s));
        // Numbers of more than 16 bits where the kernel takes any, smaller ones where it knows few.
        for (uid, gid) in [(65_534, 65_533), (1_234_567, 7_654_321)] {
            change(segment.id(), |permissions| (permissions.uid, permissions.gid) = (uid, gid));
        }
        let (found, row) = (stat_of(&segment), row(s, &segment));
        same("key from stat", hexadecimal(found.key), hexadecimal(row.key));
        same("size in bytes from stat", found.size, row.size);
        same("mode (octal) from stat", format!("{:o}", found.mode), format!("{:o}", row.mode));
        same("marked for removal, from stat", found.marked_for_removal, row.marked_for_removal);
        same("nattch from stat", found.nattch, row.nattch);
        same("cpid from stat, the process that made the segment", found.cpid, row.cpid);
        same("lpid from stat, the process that attached or detached last", found.lpid, row.lpid);
        same("uid from stat, the owner", found.uid, row.uid);
        same("gid from stat, the owner's group", found.gid, row.gid);
        same("cuid from stat, the creator", found.cuid, row.cuid);
        same("cgid from stat, the creator's group", found.cgid, row.cgid);
    });
}

/// The owner may differ from the creator, but only root can arrange that. Here the test answers instead of the kernel,
/// with a record in which all numbers differ.
// goal: 1
#[test]
fn stat_mixes_up_no_fields() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        // SAFETY: all of its fields are numbers, for which zero is a value.
        let mut record: libc::shmid_ds = unsafe { std::mem::zeroed() };
        let numbers: Vec<u32> = (1..10).map(|field| field * 10_000_000 + s.number(0..=999_999) as u32).collect();
        let [key, uid, gid, cuid, cgid, size, cpid, lpid, nattch] = numbers[..] else { panic!("there are nine") };
        record.shm_perm.__key = key.cast_signed();
        (record.shm_perm.uid, record.shm_perm.gid) = (uid, gid);
        (record.shm_perm.cuid, record.shm_perm.cgid) = (cuid, cgid);
        record.shm_perm.mode = 0o640;
        (record.shm_segsz, record.shm_nattch) = (size as usize, nattch.into());
        (record.shm_cpid, record.shm_lpid) = (cpid.cast_signed(), lpid.cast_signed());
        // SAFETY: every byte was zeroed above, and `record` is not changed any more.
        let bytes = unsafe { std::slice::from_raw_parts((&raw const record).cast(), size_of_val(&record)) };

        let found = s.stopping(&[libc::SYS_shmctl], || stat_of(&segment), |stop| stop.store(2, bytes));
        same("key from stat", found.key, key.cast_signed());
        same("uid from stat, the owner", found.uid, uid);
        same("gid from stat, the owner's group", found.gid, gid);
        same("cuid from stat, the creator", found.cuid, cuid);
        same("cgid from stat, the creator's group", found.cgid, cgid);
        same("mode (octal) from stat", format!("{:o}", found.mode), "640".to_owned());
        same("size in bytes from stat", found.size, size as usize);
        same("cpid from stat, the process that made the segment", found.cpid, cpid.cast_signed());
        same("lpid from stat, the process that attached or detached last", found.lpid, lpid.cast_signed());
        same("nattch from stat", found.nattch, nattch.into());
    });
}

/// An id without a segment is `EINVAL`, whether the segment was removed or never existed. A record full of zeroes would
/// be wrong.
// goal: 1
// errors: stat EINVAL
#[test]
fn stat_of_a_missing_segment_is_an_error() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        s.remove(segment.id());
        refused(stat(id(&segment)).map(drop), libc::EINVAL, Call::Stat, "stat of a segment that has been removed");
        refused(stat(ShmId::from_raw(-1)).map(drop), libc::EINVAL, Call::Stat, "stat(-1)");
        // An id is a place in the kernel's table and a number that tells the segments in that place apart.
        let next = s.plant(s.key(), some_size(s), 0o600).id() + (1 << 15);
        refused(stat(ShmId::from_raw(next)).map(drop), libc::EINVAL, Call::Stat, format!("stat({next}), never an id"));
    });
}

/// `stat` needs read permission. Without it the error is `EACCES`.
// goal: 1
// errors: stat EACCES
#[test]
fn stat_needs_read_permission() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0);
        if s.stranger().read(segment.id(), 0, 1).is_ok() {
            s.skip("this process may read a segment of mode 000: it is too privileged to be refused");
        }
        refused(stat(id(&segment)).map(drop), libc::EACCES, Call::Stat, "stat of a segment of mode 000");
    });
}

/// When the kernel refuses, its errno is the caller's only way to know why. Removing another user's segment is `EPERM`.
/// A test cannot create a segment as another user, so a filter makes the kernel return these errors.
// goal: 2
// errors: remove EPERM
#[rstest]
#[case::not_yours(libc::EPERM)]
#[case::just_removed(libc::EIDRM)]
fn the_kernels_errno_is_returned(#[case] errno: c_int) {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        let result = s.refusing(libc::SYS_shmctl, errno, || remove(id(&segment)));
        refused(result, errno, Call::Remove, format!("remove of segment {}", segment.id()));
        let result = s.refusing(libc::SYS_shmctl, errno, || stat(id(&segment)).map(drop));
        refused(result, errno, Call::Stat, format!("stat of segment {}", segment.id()));
        row(s, &segment);
    });
}

/// `errno` keeps the number of the last call that failed, which may be any earlier call. A call that succeeds does not
/// clear it. And neither call changes anything else in the process.
// goal: 1
#[test]
fn an_old_errno_is_no_failure() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        std::fs::metadata("/missing").expect_err("no file has this name, and errno is ENOENT now");
        s.leaving_no_trace("stat", || stat_of(&segment));
        std::fs::metadata("/missing").expect_err("no file has this name, and errno is ENOENT now");
        s.leaving_no_trace("remove", || removed(&segment));
    });
}

/// Two threads may ask at the same time, each for a different segment.
// goal: 1
#[test]
fn two_threads_may_ask_at_once() {
    sandbox(|s| {
        let segments = [s.plant(s.key(), 100, 0o600), s.plant(s.key(), 200, 0o600)];
        let ask = |segment: &Planted| {
            let size = segment.size();
            (0..2000).map(|_| stat(id(segment)).map_or(0, |found| found.size)).find(|found| *found != size)
        };
        let wrong = std::thread::scope(|scope| {
            let threads = segments.each_ref().map(|segment| scope.spawn(|| ask(segment)));
            threads.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        for (segment, wrong) in segments.iter().zip(wrong) {
            same("size from stat, while another thread asks too", wrong.unwrap_or(segment.size()), segment.size());
        }
    });
}

/// If no process is attached, the segment disappears at once: its row is gone, and its key finds nothing. Other
/// segments stay.
// goal: 2
#[test]
fn a_removed_segment_is_gone() {
    sandbox(|s| {
        let (other, segment) = (s.plant(s.key(), some_size(s), 0o600), s.plant(s.key(), some_size(s), 0o600));
        removed(&segment);
        gone(s, &segment, "remove");
        row(s, &other);
        key_is_free(s, &segment);
    });
}

/// While a process is attached, the segment stays and is marked for removal: `ipcs` shows `dest`. Its key is gone, so
/// that no other program finds it.
// goal: 2
#[test]
fn a_segment_in_use_is_marked() {
    sandbox(|s| {
        let mut stranger = s.stranger();
        let segment = s.plant(s.key(), some_size(s), 0o600);
        stranger.attach(segment.id()).arranged(Call::Shmat, "the stranger's attach");
        removed(&segment);
        is_marked(s, &segment);
        key_is_free(s, &segment);
    });
}

/// The mark is one more bit in the mode of the record, above the nine permission bits: 1600 is 600 with the mark.
// goal: 2
#[test]
fn stat_sees_the_mark() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        attach(segment.id());
        s.remove(segment.id());
        let found = stat_of(&segment);
        same("marked for removal, from stat", found.marked_for_removal, true);
        same("key from stat, which a marked segment has lost", hexadecimal(found.key), hexadecimal(0));
        same("mode (octal) from stat", format!("{:o}", found.mode), "600".to_owned());
    });
}

/// Processes that are attached keep their bytes until they detach. Meanwhile a new segment may use the key. It has
/// another id. Then there are two segments, and the old one has no key.
// goal: 2
#[test]
fn attached_processes_keep_their_bytes() {
    sandbox(|s| {
        let mut stranger = s.stranger();
        let segment = s.plant(s.key(), some_size(s), 0o600);
        segment.write(0, b"still here");
        stranger.attach(segment.id()).arranged(Call::Shmat, "the stranger's attach");
        removed(&segment);
        let new = s.plant(segment.key(), some_size(s), 0o600);
        let found = stranger.read(segment.id(), 0, 10).arranged(Call::Shmat, "the stranger's look at its bytes");
        same(
            "what the stranger reads in the removed segment",
            found.escape_ascii().to_string(),
            "still here".to_owned(),
        );

        drop(stranger);
        soon(|| s.segment(segment.id()).is_none());
        gone(s, &segment, "its removal and its last detach");
        row(s, &new);
    });
}

/// A segment that is marked already can be marked again: the kernel returns no error, so return none either.
// goal: 2
#[test]
fn marking_twice_is_no_error() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        attach(segment.id());
        removed(&segment);
        removed(&segment);
        is_marked(s, &segment);
    });
}

/// A segment that is gone cannot be removed again. The error is the only sign that the id was wrong.
// goal: 2
// errors: remove EINVAL
#[test]
fn removing_a_missing_segment_is_an_error() {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        s.remove(segment.id());
        refused(remove(id(&segment)), libc::EINVAL, Call::Remove, "remove of a segment that is gone");
        refused(remove(ShmId::from_raw(-1)), libc::EINVAL, Call::Remove, "remove(-1)");
        let there = s.plant(s.key(), some_size(s), 0o600);
        let next = there.id() + (1 << 15);
        refused(remove(ShmId::from_raw(next)), libc::EINVAL, Call::Remove, format!("remove({next}), never an id"));
        row(s, &there);
    });
}

/// Id 0 is a valid id: the first segment after a machine or a container has started has it.
// goal: 2
#[test]
fn segment_zero_can_be_removed() {
    Options::new().fresh_table().run(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        assert_eq!(segment.id(), 0, "this table should have been empty: it is printed below");
        let found = stat_of(&segment);
        same("key from stat of segment 0", hexadecimal(found.key), hexadecimal(segment.key()));
        removed(&segment);
        gone(s, &segment, "remove of segment 0");
    });
}

/// Now the whole program. It removes the segment under its key, and no other.
// goal: 3
#[test]
fn the_remover_removes() {
    sandbox(|s| {
        let other = s.plant(s.key(), 1024, 0o600);
        for key in [s.key(), s.this_key(-s.key())] {
            let segment = s.plant(key, 1024, 0o600);
            let ended = remover(s, key);
            gone(s, &segment, "the remover");
            row(s, &other);
            says_news(&ended, &segment, "Removed");
        }
    });
}

/// Here a process is attached twice. The remover marks the segment and prints how many attachments are left. It does
/// not wait.
// goal: 3
#[rstest]
#[case::once(1)]
#[case::twice(2)]
fn the_remover_prints_the_attachments_left(#[case] times: usize) {
    sandbox(|s| {
        let segment = s.plant(s.key(), 1024, 0o600);
        (0..times).for_each(|_| attach(segment.id()));
        let ended = remover(s, segment.key());
        is_marked(s, &segment);
        says_news(&ended, &segment, &format!("Marked for removal, still attached: {times}"));
    });
}

/// If the kernel refuses the removal, this is an error, whatever `stat` would return. A test cannot create a segment
/// that you may not remove, so a filter makes the kernel refuse.
// goal: 3
#[test]
fn run_says_that_it_could_not_remove() {
    sandbox(|s| {
        let segment = s.plant(s.key(), 1024, 0o600);
        let result = s.stopping(
            &[libc::SYS_shmctl],
            || shmctl::run(segment.key()),
            |stop| {
                let removes = stop.arguments[1] as c_int & 0xff == libc::IPC_RMID;
                if removes { Answer::Fail(libc::EPERM) } else { Answer::GoOn }
            },
        );
        let kind = result.map_err(|error| error.kind());
        assert!(
            kind == Err(io::ErrorKind::PermissionDenied),
            "run, when the kernel refuses the removal (EPERM)\n  expected: an error of the kind PermissionDenied\n  \
             found:    {kind:?}\n  look:     return what remove returned; words of yours may come with it"
        );
        row(s, &segment);
    });
}

/// The program prints what `stat` says after the removal. What it said before is old news: meanwhile another attachment
/// may have come, or the last one gone.
// goal: 3
#[test]
fn the_remover_looks_after_the_removal() {
    sandbox(|s| {
        let segment = s.plant(s.key(), 1024, 0o600);
        attach(segment.id());
        let path = std::env::temp_dir().join("printed");
        let file = std::fs::File::create(&path).expect("a file in the temporary directory");
        // SAFETY: dup2 takes two numbers and touches no memory.
        assert_eq!(unsafe { libc::dup2(file.as_raw_fd(), 1) }, 1, "the file becomes standard output");
        let result = s.stopping(
            &[libc::SYS_shmctl],
            || shmctl::run(segment.key()),
            |stop| {
                if stop.arguments[1] as c_int & 0xff == libc::IPC_RMID {
                    attach(segment.id());
                }
                Answer::GoOn
            },
        );
        result.arranged(Call::Remove, "run, with the segment attached");
        let printed = std::fs::read_to_string(&path).expect("the test reads its own file");
        let (expected, found) = ("Marked for removal, still attached: 2", printed.lines().last().unwrap_or_default());
        assert!(
            found == expected,
            "the last line of run, where a second attachment comes just before the removal\n  expected: {expected}\n  \
             found:    {found}\n  look:     print what stat says after the removal, and not what it said before"
        );
    });
}

/// Remove first, then call `stat`. Here no process is attached, and the mode (000) does not allow `stat`, but the owner
/// may remove the segment. A remover that calls `stat` first fails, and does not remove it.
// goal: 3
#[test]
fn the_remover_removes_before_it_looks() {
    sandbox(|s| {
        let segment = s.plant(s.key(), 1024, 0);
        let ended = remover(s, segment.key());
        let look = "IPC_RMID comes first: where the mode grants no reading, the kernel refuses IPC_STAT (EACCES), and not \
                    IPC_RMID";
        gone_by(s, &segment, "the remover", look);
        says_news(&ended, &segment, "Removed");
    });
}

/// Here the mode (000) does not allow `stat`, so `stat` fails although the segment still exists: it is attached. The
/// removal has succeeded, and so does the program. It prints that the segment is marked.
// goal: 3
#[test]
fn a_refused_stat_does_not_undo_the_removal() {
    sandbox(|s| {
        let segment = s.plant(s.key(), 1024, 0o600);
        attach(segment.id());
        change(segment.id(), |permissions| permissions.mode = 0);
        let ended = remover(s, segment.key());
        is_marked(s, &segment);
        let (found, how, stderr) = (ended.stdout(), ended.ending(), ended.stderr());
        let last = found.lines().last().unwrap_or_default();
        assert!(
            ended.code() == Some(0) && last.starts_with("Marked for removal"),
            "the remover, where it may not look\n  expected: exit code 0, and \"Marked for removal\"\n  found:    {how}, \
             {last:?}, and on standard error {stderr:?}\n  look:     which error of stat says that the segment is gone?"
        );
    });
}

/// If no segment has the key, this is an error. The remover must not create one.
// goal: 3
#[test]
fn without_a_segment_the_remover_fails() {
    sandbox(|s| {
        let key = s.key();
        let ended = remover(s, key);
        assert!(
            s.segments().is_empty(),
            "a remover that finds no segment\n  expected: it makes none\n  found:    one, in the table below\n  look:     \
             program::find looks for a segment; program::claim creates one"
        );
        fails(&ended, &[&format!("no segment has key {key} ({key:#x})")], "no segment has this key");
    });
}

/// A segment of another size was created by another program, so the remover must not remove it.
// goal: 3
#[test]
fn another_programs_segment_stays() {
    sandbox(|s| {
        let segment = s.plant(s.key(), 1024 + s.number(1..=1000) as usize, 0o600);
        let ended = remover(s, segment.key());
        let key = row(s, &segment).key;
        same("the key of another program's segment, after the remover", hexadecimal(key), hexadecimal(segment.key()));
        let words = format!("ipcs -m -i {}", segment.id());
        fails(&ended, &[&words], "a segment of another size is not the programs' own");
    });
}

const REMOVER: &str = env!("CARGO_BIN_EXE_remover");

fn some_size(s: &Sandbox) -> usize {
    s.number(1..=9000) as usize
}

/// A mode that lets the owner read and write, with random bits for the group and the others.
fn some_mode(s: &Sandbox) -> u32 {
    0o600 | s.number(0..=0o77) as u32
}

fn id(segment: &Planted) -> ShmId {
    ShmId::from_raw(segment.id())
}

#[track_caller]
fn same<T: PartialEq + Display>(what: &str, found: T, expected: T) {
    let look = match what {
        _ if what.starts_with("mode") => {
            "the mode is the low nine bits alone; the mark (SHM_DEST) and the lock are others"
        }
        _ if what.contains("stat") => "each field has the kernel's own value: `struct shmid_ds`, in man 2 shmctl",
        _ => "remove this segment alone, with IPC_RMID and nothing else",
    };
    assert!(found == expected, "{what}\n  expected: {expected}\n  found:    {found}\n  look:     {look}");
}

/// A key as `ipcs` and the table below show it.
fn hexadecimal(key: key_t) -> String {
    format!("{key:#010x}")
}

#[track_caller]
fn key_is_free(s: &Sandbox, segment: &Planted) {
    let key = segment.key();
    let found = s.stranger().open(key).map_err(|error| error.raw_os_error());
    assert!(
        found == Err(Some(libc::ENOENT)),
        "the key {key:#010x} after remove\n  expected: no segment has it (ENOENT)\n  found:    {found:?}, as a stranger is \
         told\n  look:     IPC_RMID takes the key away, also from a segment that is in use"
    );
}

#[track_caller]
fn row(s: &Sandbox, segment: &Planted) -> Segment {
    let id = segment.id();
    s.segment(id)
        .unwrap_or_else(|| {
        panic!(
            "segment {id} should not have been removed\n  expected: its row in the kernel's table\n  found:    none\n  look:     \
             which segment does your code name to shmctl, and did program::find give you its id?"
        )
    })
}

#[track_caller]
fn is_marked(s: &Sandbox, segment: &Planted) {
    let found = row(s, segment).marked_for_removal;
    assert!(
        found,
        "whether segment {}, which is in use, is marked for removal\n  expected: true\n  found:    {found}\n  look:     \
         shmctl with IPC_RMID marks it",
        segment.id()
    );
}

#[track_caller]
fn gone(s: &Sandbox, segment: &Planted, after: &str) {
    gone_by(s, segment, after, "shmctl with IPC_RMID removes it, and nothing else does");
}

#[track_caller]
fn gone_by(s: &Sandbox, segment: &Planted, after: &str, look: &str) {
    assert!(
        s.segment(segment.id()).is_none(),
        "after {after}\n  expected: segment {} is gone\n  found:    it is still in the table below\n  look:     {look}",
        segment.id()
    );
}

#[track_caller]
fn stat_of(segment: &Planted) -> Stat {
    stat(id(segment)).explained(Call::Stat, format!("stat of segment {}", segment.id()))
}

#[track_caller]
fn removed(segment: &Planted) {
    remove(id(segment)).explained(Call::Remove, format!("remove of segment {}", segment.id()));
}

/// Attaches a segment to the test's own process, until that ends.
fn attach(id: c_int) {
    // SAFETY: with no address given the kernel picks a free one.
    let address = unsafe { libc::shmat(id, std::ptr::null(), 0) };
    assert_ne!(address.addr(), usize::MAX, "the test cannot attach its own segment: {}", io::Error::last_os_error());
}

/// Changes owner or mode, if the kernel lets this process: in a user namespace there is no second user to give to.
fn change(id: c_int, change: impl FnOnce(&mut libc::ipc_perm)) {
    // SAFETY: all of its fields are numbers, for which zero is a value.
    let mut record: libc::shmid_ds = unsafe { std::mem::zeroed() };
    // SAFETY: `record` has room for what IPC_STAT stores, and IPC_SET only reads it.
    unsafe {
        assert_eq!(libc::shmctl(id, libc::IPC_STAT, &raw mut record), 0, "the test looks at its own segment");
        change(&mut record.shm_perm);
        libc::shmctl(id, libc::IPC_SET, &raw mut record);
    }
}

fn remover(s: &Sandbox, key: key_t) -> Finished {
    s.program(REMOVER).arg(key.to_string()).run()
}

/// Exit code 0, and two lines: which segment it was, and what has become of it.
#[track_caller]
fn says_news(ended: &Finished, segment: &Planted, news: &str) {
    let (key, id) = (segment.key(), segment.id());
    prints(ended, &format!("Key of shared memory is {key} ({key:#x}), id {id}\n{news}\n"));
}
