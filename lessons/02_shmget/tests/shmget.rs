//! Lesson 2: a key names a segment in the kernel.
//!
//! `create(key, size)` makes a segment, `open(key)` finds one, and both are one system call, shmget(2). Do not mix up
//! these three numbers:
//!
//! - the **key** is the number that programs agree on, before any segment exists;
//! - the **id** is the kernel's number for the segment, and differs each time one is created;
//! - an **address** comes with the next lesson.
//!
//! The tests read the kernel's table, as `ipcs -m` does, and ask a stranger: a separate process that does not run your
//! code. Each test has its own table, in which ids start at a random number and another program's segment exists.
//!
//! Read on: `man 2 shmget`, `man 7 sysvipc`, `man 1 ipcs`.

use std::ops::RangeInclusive;

use kata::errno::Call;
use kata::expect::{Explain, refused, same, same_table};
use kata::kernel::{Segment, limits};
use kata::sandbox::{Answer, Options, Sandbox, sandbox};
use libc::{c_int, key_t};
use rstest::rstest;
use shmget::{ShmId, create, open};

/// After `create` the kernel has one more segment, it has your key, and you are its creator. Do not create it with key
/// 0: `IPC_PRIVATE` asks for a segment that no program can find by its key.
// goal: 1
#[test]
fn the_kernel_lists_the_key() {
    sandbox(|s| {
        let key = s.key();
        made(key, some_size(s));
        let row = row(s, key);
        same(
            "the creator (cpid) after create",
            std::process::id() as c_int,
            row.cpid,
            "call shmget in this very process",
        );
        same("how many segments one create makes", 1, s.segments().len(), "one create is one shmget");
    });
}

/// The size counts bytes, not pages. The kernel maps whole pages, but it keeps the number that you asked for. A program
/// that opens the segment later can only tell from this number where your bytes end.
// goal: 1
#[rstest]
#[case::one_byte(1..=1)]
#[case::part_of_a_page(2..=4095)]
#[case::one_page(4096..=4096)]
#[case::some_pages_and_a_bit(4097..=20_000)]
#[case::some_mebibytes(1_048_577..=3_145_728)]
fn the_size_is_kept_to_the_byte(#[case] sizes: RangeInclusive<u64>) {
    sandbox(|s| {
        let (key, size) = (s.key(), s.number(sizes) as usize);
        made(key, size);
        let asked = format!("the size of the segment that create({key:#x}, {size}) makes");
        same(asked, size, row(s, key).size, "shmget's second argument: in bytes, and the kernel rounds for itself");
    });
}

/// `size` is a `usize`, 64 bits, and shmget uses all of them. If you cut it to 32 bits, a request for 4 GiB and 1 byte
/// creates a segment of 1 byte. (Few machines have so much memory, so the kernel refuses this request with `ENOMEM`,
/// and the test checks what you asked for.)
// goal: 1
// errors: create ENOMEM
#[rstest]
#[case::above_2_gib(0x8000_0001)]
#[case::above_4_gib(0x1_0000_0001)]
fn the_size_may_be_larger_than_any_32_bit_number(#[case] size: usize) {
    sandbox(|s| {
        let key = s.key();
        let mut asked_for = Vec::new();
        let result = s.stopping(
            &[libc::SYS_shmget],
            || create(key, size).map(ShmId::as_raw),
            |stop| {
                asked_for.push(stop.arguments[1]);
                Answer::Fail(libc::ENOMEM)
            },
        );
        same(
            format!("the size that shmget is asked for by create({key:#x}, {size})"),
            vec![size as u64],
            asked_for,
            "the second argument is a size_t, which is a usize: no cast is needed, and `as u32` or `as i32` cuts it",
        );
        refused(result, libc::ENOMEM, Call::Create, format!("create({key:#x}, {size})"));
    });
}

/// `create` returns the kernel's number for the new segment, the one in the column `id`. A stranger that asks for your
/// key gets the same id.
// goal: 3
#[test]
fn the_id_is_the_one_in_the_table() {
    sandbox(|s| {
        let key = s.key();
        let id = made(key, some_size(s)).as_raw();
        let asked = format!("the id that create({key:#x}, ..) returns");
        let look =
            if id == key { "this is the key; the id is what shmget returns" } else { "the id is what shmget returns" };
        same(asked, row(s, key).id, id, look);
        let theirs = s.stranger().open(key).arranged(Call::Find, "the stranger's shmget");
        same(
            "the id that create returns, and the one a stranger gets for the same key",
            theirs,
            id,
            "the columns key and id of the table below",
        );
    });
}

/// The low nine bits of shmget's last argument are the mode, as for a file. The mode grants only what you set: with 0
/// even you cannot attach the segment, and with 0666, which many examples use, every user of the machine can read and
/// overwrite your bytes. Your umask does not help, because System V ignores it.
// goal: 1
#[test]
fn only_the_owner_may_read_and_write() {
    sandbox(|s| {
        let key = s.key();
        made(key, some_size(s));
        let mode = format!("{:04o}", row(s, key).mode);
        let look =
            "shmget's third argument is flags and mode in one: IPC_CREAT | ... | 0o600. (600 without 0o is 0o1130)";
        same(format!("the mode of the segment that create({key:#x}, ..) makes"), "0600", mode.as_str(), look);
    });
}

/// Two programs can pick the same key. With `IPC_CREAT` alone shmget returns the segment that already has your key, and
/// both programs overwrite each other's bytes. With `IPC_EXCL` shmget fails instead, whatever size you ask for.
// goal: 1
// errors: create EEXIST
#[rstest]
#[case::a_smaller_one(100)]
#[case::the_same_size(1000)]
#[case::a_larger_one(10_000)]
fn a_taken_key_is_refused(#[case] size: usize) {
    sandbox(|s| {
        let key = s.plant(s.key(), 1000, 0o600).key();
        let before = s.segments();
        refused(
            create(key, size).map(ShmId::as_raw),
            libc::EEXIST,
            Call::Create,
            format!("create({key:#x}, {size}) on a taken key"),
        );
        same_table("a refused create", &before, &s.segments(), "create does nothing but shmget");
    });
}

/// If two programs first check whether the key is free and then create, both can check before either has created. And a
/// mode that is corrected afterwards is wrong for a moment. Only the kernel can do all of this in one step. Here a
/// filter makes the kernel return `EPERM` for each shmget that creates without `IPC_EXCL`, or with a mode that gives
/// access to other users.
// goal: 1
#[test]
fn create_is_a_single_step() {
    sandbox(|s| {
        let (key, size) = (s.key(), some_size(s));
        s.refuse_careless_creation();
        if let Err(error) = create(key, size) {
            panic!(
                "create({key:#x}, {size}) should look, create and set the mode in one shmget\n  \
                 expected: Ok, from a call with IPC_CREAT | IPC_EXCL | 0o600, which the filter lets pass\n  \
                 found:    {error}, as the filter says when IPC_EXCL is missing, or the mode lets others in\n  \
                 look:     if you call shmget twice, or set the mode later: what could another program do in between?"
            );
        }
    });
}

/// A segment has at least one byte, and no more than the limit `/proc/sys/kernel/shmmax`. The kernel returns `EINVAL`
/// for any other size. Return that error: a caller that computed a size of 0 has a bug and needs to know.
// goal: 3
// errors: create EINVAL
#[rstest]
#[case::nothing(0)]
#[case::more_than_there_is(usize::MAX)]
fn a_size_out_of_range_is_refused(#[case] size: usize) {
    sandbox(|s| {
        if limits().is_ok_and(|limits| limits.shmmax == u64::MAX) && size == usize::MAX {
            s.skip("this machine sets no limit to a segment's size");
        }
        let key = s.key();
        refused(create(key, size).map(ShmId::as_raw), libc::EINVAL, Call::Create, format!("create({key:#x}, {size})"));
        same("how many segments a refused create makes", 0, s.segments().len(), "hand the kernel's error on");
    });
}

/// The table may be full, or memory may be short. A test cannot fill them, so a filter makes the kernel return these
/// errors. The caller needs to know which error it was.
// goal: 3
// errors: create ENOSPC ENOMEM
#[rstest]
#[case::the_table_is_full(libc::ENOSPC)]
#[case::memory_is_short(libc::ENOMEM)]
fn other_errors_are_returned(#[case] errno: c_int) {
    sandbox(|s| {
        let (key, size) = (s.key(), some_size(s));
        s.plant(s.key(), size, 0o600);
        let before = s.segments();
        let result = s.refusing(libc::SYS_shmget, errno, || create(key, size).map(ShmId::as_raw));
        refused(result, errno, Call::Create, format!("create({key:#x}, {size})"));
        same_table("a refused create", &before, &s.segments(), "nothing has to give way: hand the kernel's error on");
    });
}

/// The flags ask for a new segment and for its mode, and for nothing else. With `SHM_NORESERVE`, for example, the
/// kernel may promise memory that it does not have, and a later store can kill the program.
// goal: 1
#[test]
fn create_asks_for_nothing_else() {
    sandbox(|s| {
        let (key, size) = (s.key(), some_size(s));
        let mut flags = Vec::new();
        let result = s.stopping(
            &[libc::SYS_shmget],
            || create(key, size).map(ShmId::as_raw),
            |stop| {
                flags.push(format!("{:#o}", stop.arguments[2] as c_int));
                Answer::GoOn
            },
        );
        result.explained(Call::Create, format!("create({key:#x}, {size})"));
        let expected = format!("{:#o}", libc::IPC_CREAT | libc::IPC_EXCL | 0o600);
        let look = "IPC_CREAT | IPC_EXCL | 0o600, in octal";
        same("the third argument of each shmget that create makes", vec![expected], flags, look);
    });
}

/// `errno` keeps the number of the last call that failed, which may be any earlier call. A call that succeeds does not
/// clear it. So it means something only after shmget has returned -1.
// goal: 3
#[test]
fn an_old_errno_is_no_failure() {
    sandbox(|s| {
        let (key, size) = (s.key(), some_size(s));
        std::fs::metadata("/missing").expect_err("no file has this name, and errno is ENOENT now");
        let id = made(key, size).as_raw();
        std::fs::metadata("/missing").expect_err("no file has this name, and errno is ENOENT now");
        found(key, id);
    });
}

/// Creating and finding are one system call each. Nothing else changes: no file stays open, the current directory and the
/// umask are what they were, and the segment is not locked in memory.
// goal: 3
#[test]
fn nothing_else_changes() {
    sandbox(|s| {
        let (key, size) = (s.key(), some_size(s));
        s.leaving_no_trace(format!("create({key:#x}, {size})"), || made(key, size));
        s.leaving_no_trace(format!("open({key:#x})"), || open(key).is_ok());
        same("whether the segment is locked in memory", false, row(s, key).locked, "create makes one call: shmget");
    });
}

/// Creating a segment does not attach it: `nattch` and `lpid` stay 0. The segment stays, attached or not, until it is
/// removed.
// goal: 1
#[test]
fn creating_is_not_attaching() {
    sandbox(|s| {
        let key = s.key();
        made(key, some_size(s));
        let row = row(s, key);
        let look = "create calls shmget, and no shmat";
        same("nattch after create, the number of attachments", 0, row.nattch, look);
        same("lpid after create, the process that attached or detached last", 0, row.lpid, look);
    });
}

/// A segment belongs to no process and to no thread. The thread that created it may end, and the segment stays.
// goal: 1
#[test]
fn a_segment_outlives_the_thread_that_made_it() {
    sandbox(|s| {
        let (key, size) = (s.key(), some_size(s));
        let made = std::thread::spawn(move || create(key, size).map(ShmId::as_raw)).join().expect("create returns");
        let id = made.explained(Call::Create, format!("create({key:#x}, {size}) in another thread"));
        same("the id of the segment after its thread has ended", id, row(s, key).id, "nothing of yours removes it");
        found(key, id);
    });
}

/// The same is true when a whole program ends: a later program finds the segment. Segments have to be removed
/// explicitly (lesson 6).
// goal: 1
#[test]
fn a_segment_outlives_the_process_that_made_it() {
    sandbox(|s| {
        let (key, size) = (s.key(), some_size(s));
        s.in_a_child(|| _ = made(key, size));
        same(
            "the size of the segment after its process has ended",
            size,
            row(s, key).size,
            "is anything registered with atexit?",
        );
        found(key, row(s, key).id);
    });
}

/// The first segment after a machine has started has id 0, and so has the first one in a new IPC namespace, such as a
/// container's. Ids are never negative, 0 is a valid id, and only -1 means that shmget failed.
// goal: 3
#[test]
fn zero_is_a_valid_id() {
    Options::new().fresh_table().run(|s| {
        let (key, size) = (s.key(), some_size(s));
        let id = made(key, size).as_raw();
        same(format!("the id of the first segment, from create({key:#x}, {size})"), 0, id, "only -1 is a failure");
    });
}

/// Two keys give two segments with two ids. A negative key is as valid as a positive one: every project above `0x7f`
/// sets the sign bit of ftok's key.
// goal: 3
#[test]
fn every_key_gets_its_own_segment() {
    sandbox(|s| {
        for key in [s.key(), s.this_key(-s.key()), s.key()] {
            let id = made(key, some_size(s)).as_raw();
            same(format!("the id that create({key:#x}, ..) returns"), row(s, key).id, id, "ask the kernel every time");
        }
        same("how many segments three creates make", 3, s.segments().len(), "one create is one shmget");
    });
}

/// A removed segment leaves its key free, and the next `create` makes another one with another id. A segment that is
/// removed while a process is attached stays without a key until that process detaches. Its key is free at once.
// goal: 3
// errors: open ENOENT
#[rstest]
#[case::removed(false)]
#[case::removed_while_attached(true)]
fn the_key_of_a_removed_segment_is_free(#[case] attached: bool) {
    sandbox(|s| {
        let (key, mut stranger) = (s.key(), s.stranger());
        let old = made(key, some_size(s)).as_raw();
        if attached {
            stranger.attach(old).arranged(Call::Shmat, "the stranger's attach");
        }
        s.remove(old);
        refused(open(key).map(ShmId::as_raw), libc::ENOENT, Call::Find, format!("open({key:#x}) after the removal"));
        let new = made(key, some_size(s)).as_raw();
        assert!(
            new != old,
            "create({key:#x}, ..), after the segment with this key was removed\n  expected: another id than before\n  \
             found:    {old}, the id of the removed segment\n  look:     ask the kernel every time"
        );
        found(key, new);
    });
}

/// Every program that knows the key can find the segment, and gets the same id. It does not need to know the size: 0
/// asks for "at least 0 bytes". The kernel refuses a size above the segment's own with `EINVAL`.
// goal: 2
#[rstest]
#[case::one_byte(1)]
#[case::many_pages(50_000)]
fn open_finds_what_a_stranger_made(#[case] size: usize) {
    sandbox(|s| {
        let mut stranger = s.stranger();
        let [_, (key, id), _] = [some_size(s), size, some_size(s)].map(|size| {
            let key = s.key();
            (key, stranger.create(key, size, 0o600).arranged(Call::Create, "the stranger's shmget"))
        });

        let before = s.segments();
        found(key, id);
        same_table("open", &before, &s.segments(), "open does nothing but shmget, without IPC_CREAT");
    });
}

/// Keys are numbers of 32 bits with a sign, and all but 0 can be found. Segments without a key (`IPC_PRIVATE`), of which
/// there may be many, cannot be found.
// goal: 2
#[test]
fn open_takes_every_key() {
    sandbox(|s| {
        for _ in 0..2 {
            s.plant(libc::IPC_PRIVATE, some_size(s), 0o600);
        }
        for key in [s.this_key(-s.key()), s.this_key(key_t::MIN), s.this_key(-1), s.this_key(1), s.this_key(key_t::MAX)]
        {
            let segment = s.plant(key, some_size(s), 0o600);
            found(key, segment.id());
        }
    });
}

/// shmget compares the mode bits that `open` asks for with the segment's mode. So ask for none: then `open` also finds
/// a segment that this process may read but not write. shmat checks the access later.
// goal: 2
#[rstest]
#[case::to_write_what_is_read_only(0o400)]
#[case::to_read_what_is_closed(0o000)]
fn open_asks_for_no_permission(#[case] mode: u32) {
    sandbox(|s| {
        let segment = s.plant(s.key(), some_size(s), mode);
        found(segment.key(), segment.id());
    });
}

/// If no segment has the key, `open` fails. With `IPC_CREAT` in `open` a reader that starts too early would create an
/// empty segment and read zeros from it, and the writer that starts next would find the key taken.
// goal: 2
// errors: open ENOENT
#[test]
fn open_creates_nothing() {
    sandbox(|s| {
        let key = s.key();
        refused(
            open(key).map(ShmId::as_raw),
            libc::ENOENT,
            Call::Find,
            format!("open({key:#x}) of a key that no segment has"),
        );
        same(format!("how many segments open({key:#x}) makes"), 0, s.segments().len(), "IPC_CREAT belongs to create");
    });
}

/// Key 0 is `IPC_PRIVATE`: it always asks for a new segment, with or without `IPC_CREAT`, and never finds one. The
/// kernel does not create a segment of 0 bytes, so `open(0)` is an error.
// goal: 2
// errors: open EINVAL ENOENT
#[test]
fn open_creates_nothing_under_key_zero() {
    sandbox(|s| {
        let result = open(libc::IPC_PRIVATE);
        same(
            "how many segments open(0) makes",
            0,
            s.segments().len(),
            "which size do you ask for? No segment has 0 bytes",
        );
        let errno = result.as_ref().err().and_then(std::io::Error::raw_os_error);
        assert!(
            matches!(errno, Some(libc::EINVAL | libc::ENOENT)),
            "open(0), and no segment has the key 0\n  expected: EINVAL (22), as the kernel says, or ENOENT (2)\n  found:    \
             {result:?}\n  look:     the key 0 is IPC_PRIVATE: hand on what shmget says"
        );
    });
}

/// At any time another program can remove the segment and create a new one with the same key. The new segment has
/// another id, so `open` has to ask the kernel every time.
// goal: 2
// errors: open ENOENT
#[test]
fn open_looks_every_time() {
    sandbox(|s| {
        let key = s.key();
        for _ in 0..2 {
            let segment = s.plant(key, some_size(s), 0o600);
            found(key, segment.id());
            s.remove(segment.id());
        }
        refused(
            open(key).map(ShmId::as_raw),
            libc::ENOENT,
            Call::Find,
            format!("open({key:#x}) after the segment was removed"),
        );
    });
}

/// The segment with id 0 can be found like any other.
// goal: 3
#[test]
fn segment_zero_can_be_found() {
    Options::new().fresh_table().run(|s| {
        let segment = s.plant(s.key(), some_size(s), 0o600);
        same("the id of the first segment", 0, segment.id(), "this table should have been empty: it is printed below");
        found(segment.key(), 0);
    });
}

fn some_size(s: &Sandbox) -> usize {
    s.number(1000..=3000) as usize
}

#[track_caller]
fn made(key: key_t, size: usize) -> ShmId {
    create(key, size).explained(Call::Create, format!("create({key:#x}, {size})"))
}

/// Asks for the segment that has `key`, and requires this id.
#[track_caller]
fn found(key: key_t, id: c_int) {
    let found = open(key).explained(Call::Find, format!("open({key:#x})")).as_raw();
    let look = "the table below has the key and its id: ask shmget for it each time";
    same(format!("the id that open({key:#x}) returns"), id, found, look);
}

/// The kernel's row for `key`.
#[track_caller]
fn row(s: &Sandbox, key: key_t) -> Segment {
    s.segment_by_key(key).unwrap_or_else(|| {
        panic!(
            "create({key:#x}, ..) returned Ok\n  \
             expected: a segment with key {key:#010x} in the kernel's table\n  \
             found:    none\n  \
             look:     shmget's first argument is the key, as it is, its sign too. Is a row below new, and which key \
             has it?"
        )
    })
}
