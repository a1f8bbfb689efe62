//! Lesson 3: attaching a segment gives it an address.
//!
//! `attach(id, access)` maps a segment into this process with shmat(2), `detach(base)` unmaps it again with shmdt(2).
//! While it is attached, its bytes are ordinary memory, without system calls or copies. Two things to remember:
//!
//! - shmat fails with the address -1, not with NULL;
//! - the address is valid in this process only: other processes have the same bytes at other addresses.
//!
//! The tests read `/proc/self/maps`, where the kernel lists each attachment with its segment's id, and the
//! column `nattch` of `ipcs -m`. The segments are made by the test, and `s.stranger()` is a second process.
//!
//! Read on: `man 2 shmat`, `man 5 proc`.

use std::io;
use std::ptr::NonNull;

use kata::errno::Call;
use kata::expect::{Explain, refused, same};
use kata::kernel::{Mapping, Segment};
use kata::sandbox::{Options, Planted, Sandbox, sandbox};
use libc::c_int;
use rstest::rstest;
use shmat::{Access, attach, detach};
use shmget::ShmId;

/// The kernel finds free addresses in your process and maps the whole segment there, including its last page. In
/// `/proc/self/maps` the line begins with the address and shows the segment's id as its inode.
// goal: 1
#[test]
fn the_address_is_in_the_kernels_map() {
    sandbox(|s| {
        let [_, segment, _] = [some_segment(s), some_segment(s), some_segment(s)];
        let base = attached(segment.id(), Access::ReadWrite);
        let mapping = mapping(s, segment.id());
        same(
            format!("the address that attach returns for segment {}", segment.id()),
            mapping.start as *mut u8,
            base.as_ptr(),
            "what shmat returned, unchanged, is the address of the first byte",
        );
        let (length, size) = (mapping.length(), segment.size());
        assert!(
            length >= size,
            "attach should map the whole segment\n  expected: {size} bytes at least\n  found:    {length}\n  look:     \
             shmat maps it all by itself"
        );
    });
}

/// Each call makes one attachment. The kernel counts attachments in `nattch`, and `lpid` is the process that attached
/// or detached last. A segment that is removed stays until the count is 0.
// goal: 1
#[test]
fn the_kernel_counts_one_attachment() {
    sandbox(|s| {
        let segment = some_segment(s);
        attached(segment.id(), Access::ReadWrite);
        let row = row(s, segment.id());
        same("nattch after one attach", 1, row.nattch, "call shmat once");
        same(
            "lpid after attach, the process that attached last",
            std::process::id() as c_int,
            row.lpid,
            "call shmat in this very process",
        );
    });
}

/// All processes see the same bytes, up to the last one: you find what a stranger wrote before you attached, and the
/// stranger reads what you store.
// goal: 1
#[test]
fn the_bytes_are_the_strangers_bytes() {
    sandbox(|s| {
        let (segment, mut stranger) = (some_segment(s), s.stranger());
        let last = segment.size() - 1;
        let [early, late] = [(); 2].map(|()| s.number(1..=255) as u8);
        stranger.write(segment.id(), last, &[early]).expect("the stranger writes");

        let base = attached(segment.id(), Access::ReadWrite);
        // SAFETY: both bytes lie within the attachment, and the stranger is waiting for its next order.
        let seen = unsafe { base.add(last).read_volatile() };
        same(
            "the last byte after attach, which a stranger wrote before",
            early,
            seen,
            "attaching changes no byte: which store of yours does?",
        );

        // SAFETY: as above.
        unsafe { base.write_volatile(late) };
        let read = stranger.read(segment.id(), 0, 1).expect("the stranger reads");
        same(
            "the first byte as a stranger reads it, stored where attach says",
            vec![late],
            read,
            "/proc/self/maps: rw-s?",
        );
    });
}

/// `ReadOnly` is `r--s` in the map, and the kernel enforces it: a store is a SIGSEGV, and even mprotect(2) cannot make
/// the attachment writable. `ReadWrite` is `rw-s`. The `s` means shared.
// goal: 1
#[rstest]
#[case::read_only(Access::ReadOnly, "r--s")]
#[case::read_write(Access::ReadWrite, "rw-s")]
fn the_access_is_what_was_asked_for(#[case] access: Access, #[case] expected: &str) {
    sandbox(|s| {
        let segment = some_segment(s);
        let base = attached(segment.id(), access);
        let found = mapping(s, segment.id()).permissions.to_string();
        let asked = format!("the permissions of attach(.., {access:?}) in /proc/self/maps");
        same(
            asked,
            expected,
            found.as_str(),
            "the flags of shmat, its third argument: SHM_RDONLY asks for reading alone, 0 for both",
        );
        // SAFETY: mprotect changes what this test may do with its own attachment, and nothing uses it afterwards.
        let widened = unsafe { libc::mprotect(base.as_ptr().cast(), 1, libc::PROT_READ | libc::PROT_WRITE) } == 0;
        same(
            format!("whether mprotect can make attach(.., {access:?}) writable"),
            matches!(access, Access::ReadWrite),
            widened,
            "ask shmat itself for SHM_RDONLY: what is attached for writing and narrowed later can be widened again",
        );
    });
}

/// An id that names no segment is `EINVAL`. shmat says so with the address -1, all bits set, which is not NULL: a
/// `NonNull` accepts it, and the first load through it crashes, possibly in a quite different function.
// goal: 2
// errors: attach EINVAL
#[test]
fn an_id_without_a_segment_is_an_error() {
    sandbox(|s| {
        let (removed, there) = (some_segment(s).id(), some_segment(s).id());
        s.remove(removed);
        // The last 15 bits of an id are a place in the kernel's table; the others tell whose place it was before.
        for id in [removed, there + (1 << 15), -1] {
            no_address(id, Access::ReadWrite, libc::EINVAL, "an id that no segment has");
        }
    });
}

/// A process may have no free addresses left, and then the kernel returns `ENOMEM`. A test cannot use them all up, so a
/// filter makes the kernel return this error, and its other errors too.
// goal: 2
// errors: attach ENOMEM
#[rstest]
#[case::no_room(libc::ENOMEM)]
#[case::just_being_removed(libc::EIDRM)]
fn other_errors_of_attach_are_returned(#[case] errno: c_int) {
    sandbox(|s| {
        let id = some_segment(s).id();
        let asked = format!("attach(ShmId({id}), ReadWrite)");
        let result = s.leaving_no_trace(&asked, || {
            s.refusing(libc::SYS_shmat, errno, || {
                attach(ShmId::from_raw(id), Access::ReadWrite).map(|base| base.as_ptr().addr())
            })
        });
        refused(result, errno, Call::Shmat, asked);
        row(s, id);
    });
}

/// `errno` keeps the number of the last call that failed, which may be any earlier call. A call that succeeds does not
/// clear it. So it means something only after a call has returned -1.
// goal: 2
#[test]
fn an_old_errno_is_no_failure() {
    sandbox(|s| {
        let id = some_segment(s).id();
        std::fs::metadata("/missing").expect_err("no file has this name, and errno is ENOENT now");
        let base = attached(id, Access::ReadWrite);
        std::fs::metadata("/missing").expect_err("no file has this name, and errno is ENOENT now");
        detached(base);
    });
}

/// Attaching and detaching change the process's memory map and nothing else: no file stays open, and the segment keeps
/// its mode and is not locked in memory.
// goal: 3
#[test]
fn nothing_else_changes() {
    sandbox(|s| {
        let id = some_segment(s).id();
        let before = row(s, id);
        let base = s.leaving_no_trace(format!("attach(ShmId({id}), ReadWrite)"), || attached(id, Access::ReadWrite));
        s.leaving_no_trace(format!("detach({base:?})"), || detached(base));
        let after = row(s, id);
        let look = "each is one call: shmat, shmdt";
        let octal = |row: &Segment| format!("{:04o}", row.mode);
        same("mode of the segment after attach and detach", octal(&before), octal(&after), look);
        same("whether the segment is locked after attach and detach", before.locked, after.locked, look);
    });
}

/// Id 0 is a valid id: the first segment after a machine or a container has started has it.
// goal: 2
#[test]
fn segment_zero_can_be_attached() {
    Options::new().fresh_table().run(|s| {
        let segment = s.plant(s.key(), 4096, 0o600);
        same("the id of the first segment", 0, segment.id(), "this table should have been empty: it is printed below");
        attached(0, Access::ReadWrite);
        same("nattch of segment 0 after attach", 1, row(s, 0).nattch, "which ids does your code take for a failure?");
    });
}

/// The mode decides, for the owner too: a segment of mode 0400 may be read but not written, one of mode 0 neither. The
/// kernel returns `EACCES`. Return that error, and do not attach with less access than was asked for.
// goal: 1
// errors: attach EACCES
#[rstest]
#[case::writing_what_is_read_only(0o400, Access::ReadWrite)]
#[case::writing_without_permission(0o000, Access::ReadWrite)]
#[case::reading_without_permission(0o000, Access::ReadOnly)]
#[case::reading_what_is_only_writable(0o200, Access::ReadOnly)]
#[case::both_of_what_is_only_writable(0o200, Access::ReadWrite)]
fn the_mode_decides_about_access(#[case] mode: u32, #[case] access: Access) {
    sandbox(|s| {
        let id = s.plant(s.key(), 1000, mode).id();
        if s.stranger().attach(id).is_ok() {
            s.skip("this process may do what no mode grants: it is too privileged to be refused");
        }
        no_address(id, access, libc::EACCES, &format!("a segment of mode {mode:04o}"));
        same(
            "attachments after a refused attach",
            0,
            s.mappings().len(),
            "what is attached is listed below the table: give back what you do not return",
        );
        row(s, id);
    });
}

/// `ReadOnly` asks for read permission only, so it can attach a segment that does not grant more.
// goal: 1
#[test]
fn a_readable_segment_can_be_attached() {
    sandbox(|s| {
        let id = s.plant(s.key(), 1000, 0o400).id();
        attached(id, Access::ReadOnly);
    });
}

/// If you attach twice, the same bytes are at two addresses. This is why an address means nothing to other processes,
/// and why `nattch` counts attachments and not processes.
// goal: 1
#[test]
fn each_attachment_has_its_own_address() {
    sandbox(|s| {
        let segment = some_segment(s);
        let (one, two) = (attached(segment.id(), Access::ReadWrite), attached(segment.id(), Access::ReadWrite));
        assert!(
            one != two,
            "attach, called twice for one segment\n  expected: two addresses\n  found:    {one:?} twice\n  look:     ask \
             shmat each time"
        );
        same("nattch after two attaches", 2, row(s, segment.id()).nattch, "ask shmat each time");
    });
}

/// A process can have many attachments, and the kernel's map has a line for each of them.
// goal: 1
#[test]
fn there_is_room_for_many() {
    sandbox(|s| {
        let segment = some_segment(s);
        let bases: Vec<_> = (0..100).map(|_| attached(segment.id(), Access::ReadWrite)).collect();
        same("nattch after 100 attaches", 100, row(s, segment.id()).nattch, "what keeps count besides the kernel?");
        bases.into_iter().for_each(detached);
        same("nattch after 100 detaches", 0, row(s, segment.id()).nattch, "shmdt, once for each");
    });
}

/// An attachment belongs to the process, not to the thread: it lasts until `detach`, or until the process ends.
// goal: 1
#[test]
fn an_attachment_outlives_the_thread_that_made_it() {
    sandbox(|s| {
        let id = some_segment(s).id();
        let made = std::thread::spawn(move || attach(ShmId::from_raw(id), Access::ReadWrite).map(|base| base.addr()));
        let address =
            made.join().expect("attach returns").explained(Call::Shmat, format!("attach(ShmId({id}), ReadWrite)"));
        let found = mapping(s, id).start;
        same(
            "the address of the attachment after its thread has ended",
            address.get(),
            found,
            "nothing of yours detaches it",
        );
    });
}

/// A segment that is removed while a process is attached is only marked for removal. It keeps its id, and a process
/// that knows the id can attach it, until the last attachment has ended.
// goal: 1
#[test]
fn a_segment_marked_for_removal_can_still_be_attached() {
    sandbox(|s| {
        let (segment, mut stranger) = (some_segment(s), s.stranger());
        stranger.attach(segment.id()).arranged(Call::Shmat, "the stranger's attach");
        s.remove(segment.id());
        attached(segment.id(), Access::ReadWrite);
        same("nattch of the marked segment", 2, row(s, segment.id()).nattch, "let shmat decide which ids are good");
    });
}

/// `detach` ends the attachment and nothing else: the mapping is gone and `nattch` falls, but the segment stays, with
/// its key and its bytes, for the next program.
// goal: 3
#[test]
fn detaching_leaves_the_segment_and_its_bytes() {
    sandbox(|s| {
        let segment = some_segment(s);
        let before = row(s, segment.id());
        segment.write(100, b"still here");
        let base = attached(segment.id(), Access::ReadWrite);
        mapping(s, segment.id());
        detached(base);

        same(
            format!("attachments after detach({base:?})"),
            0,
            s.mappings().len(),
            "shmdt ends one, with all its pages: is it called, with the address that attach returned?",
        );
        let Some(after) = s.segment(segment.id()) else {
            panic!(
                "detach({base:?}) should end the attachment and leave the segment\n  expected: segment {} is still in the \
                 kernel's table\n  found:    it is gone\n  look:     shmdt does not remove it: which call of yours does?",
                segment.id()
            )
        };
        same(format!("nattch after detach({base:?})"), 0, after.nattch, "shmdt ends an attachment");
        if let Some((field, before, after)) = before.difference(&Segment { lpid: before.lpid, ..after }) {
            let look =
                "detach ends one attachment of this process: what becomes of the segment is shmctl's, in lesson 6";
            same(format!("{field} of the segment after detach({base:?})"), before, after, look);
        }
        same(
            "the segment's bytes after a detach",
            b"still here".to_vec(),
            segment.read(100..110),
            "touch none of them",
        );
    });
}

/// If there are several attachments, `detach` ends the one that it is given, and the others stay usable.
// goal: 3
#[rstest]
#[case::the_first(0)]
#[case::the_second(1)]
#[case::the_third(2)]
fn detaching_one_leaves_the_others(#[case] which: usize) {
    sandbox(|s| {
        let segment = some_segment(s);
        let mut bases = vec![
            attached(segment.id(), Access::ReadWrite),
            attached(some_segment(s).id(), Access::ReadOnly),
            attached(segment.id(), Access::ReadOnly),
        ];
        let gone = bases.remove(which);
        detached(gone);

        let found: Vec<_> = s.mappings().iter().map(|mapping| mapping.start as *mut u8).collect();
        bases.sort_unstable();
        same(
            format!("the attachments that are left after detach({gone:?})"),
            bases.iter().map(|base| base.as_ptr()).collect(),
            found,
            "shmdt takes the address of the attachment that is to end",
        );
    });
}

/// An attachment belongs to the process, and the kernel keeps the list. `detach` ends one that another function made
/// (here the test itself, with shmat), and one that another thread made.
// goal: 3
#[rstest]
#[case::made_by_the_test(false)]
#[case::from_another_thread(true)]
fn detach_does_not_depend_on_attach(#[case] by_attach: bool) {
    sandbox(|s| {
        let segment = some_segment(s);
        let base = if by_attach { attached(segment.id(), Access::ReadWrite) } else { attached_by_the_test(&segment) };
        let address = base.as_ptr().expose_provenance();
        let result = std::thread::spawn(move || {
            let base = NonNull::new(std::ptr::with_exposed_provenance_mut(address)).expect("an attachment's address");
            // SAFETY: it is an attachment of this test, and no pointer into it is used afterwards.
            unsafe { detach(base) }
        });
        let result = result.join().expect("detach returns");
        result.explained(Call::Shmdt, format!("detach({address:#x}) in another thread"));
        same("attachments after the detach", 0, s.mappings().len(), "shmdt ends one, whichever thread calls it");
    });
}

/// The kernel identifies an attachment by its first address. An address in the middle is `EINVAL`, on a page boundary
/// or not, and everything stays attached.
// goal: 3
// errors: detach EINVAL
#[rstest]
#[case::one_byte_in(1)]
#[case::one_page_in(4096)]
fn an_address_inside_is_refused(#[case] offset: usize) {
    sandbox(|s| {
        let id = s.plant(s.key(), 10_000, 0o600).id();
        let base = attached(id, Access::ReadWrite);
        // SAFETY: the address lies within the attachment, and no pointer into it is used after the detach.
        let result = unsafe { detach(base.add(offset)) };
        refused(result, libc::EINVAL, Call::Shmdt, format!("detach(base + {offset})"));
        same(
            format!("the address of the attachment after the refused detach(base + {offset})"),
            base.as_ptr(),
            mapping(s, id).start as *mut u8,
            "shmdt leaves it in place when it refuses",
        );
    });
}

/// `detach` must not unmap memory that is not a segment. munmap(2) would unmap any memory; shmdt only unmaps segments.
// goal: 3
// errors: detach EINVAL
#[test]
fn other_memory_is_refused() {
    sandbox(|_| {
        let page = private_page();
        // SAFETY: nothing uses the page after the detach unless it is still there.
        let result = unsafe { detach(page) };
        refused(result, libc::EINVAL, Call::Shmdt, format!("detach({page:?}) of a page of private memory"));
        let mut resident = 0;
        // SAFETY: mincore writes one byte for one page, and looks at the page's address without touching the page.
        let there = unsafe { libc::mincore(page.as_ptr().cast(), 1, &raw mut resident) } == 0;
        same(
            "whether the page is still there after the refused detach",
            true,
            there,
            "munmap takes any memory, shmdt no other",
        );
    });
}

/// A second detach of the same address is `EINVAL`. You cannot rely on that error: if another segment has been attached
/// at this address in the meantime, the second detach unmaps that one. This is why `detach` is `unsafe`.
// goal: 3
// errors: detach EINVAL
#[test]
fn detaching_twice_is_an_error() {
    sandbox(|s| {
        let base = attached(some_segment(s).id(), Access::ReadWrite);
        detached(base);
        // SAFETY: nothing was mapped since the first detach, and nothing uses the address.
        refused(unsafe { detach(base) }, libc::EINVAL, Call::Shmdt, format!("a second detach({base:?})"));
    });
}

/// A segment of some pages and a bit, which its owner may read and write.
fn some_segment(s: &Sandbox) -> Planted {
    s.plant(s.key(), s.number(4097..=20_000) as usize, 0o600)
}

/// The address at which the test itself attached the segment.
fn attached_by_the_test(segment: &Planted) -> NonNull<u8> {
    // SAFETY: with no address given the kernel picks a free one.
    let address = unsafe { libc::shmat(segment.id(), std::ptr::null(), 0) };
    assert_ne!(address.addr(), usize::MAX, "the test cannot attach its own segment: {}", io::Error::last_os_error());
    NonNull::new(address.cast()).expect("an address that the kernel picked")
}

/// A page that has nothing to do with any segment.
fn private_page() -> NonNull<u8> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: with no address given the kernel picks a free one.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_READ, flags, -1, 0) };
    assert_ne!(page, libc::MAP_FAILED, "mmap: {}", io::Error::last_os_error());
    NonNull::new(page.cast()).expect("an address that the kernel picked")
}

#[track_caller]
fn attached(id: c_int, access: Access) -> NonNull<u8> {
    let asked = format!("attach(ShmId({id}), {access:?})");
    let base = attach(ShmId::from_raw(id), access).explained(Call::Shmat, &asked);
    let own = kata::kernel::mappings(std::process::id() as c_int).expect("this process's mappings can be read");
    let own: Vec<_> = own.iter().filter(|mapping| mapping.id == id).collect();
    // A mistake of attach must not be reported as one of detach.
    if !own.is_empty() && own.iter().all(|mapping| mapping.start != base.as_ptr().addr()) {
        let starts: Vec<_> = own.iter().map(|mapping| format!("{:#x}", mapping.start)).collect();
        same(
            format!("the address that {asked} returns"),
            starts.join(" or "),
            format!("{base:?}"),
            "what shmat returned, unchanged, is the address of the first byte",
        );
    }
    base
}

#[track_caller]
fn detached(base: NonNull<u8>) {
    // SAFETY: `base` is an attachment of this test, and no pointer into it is used afterwards.
    unsafe { detach(base) }.explained(Call::Shmdt, format!("detach({base:?})"));
}

/// Calls attach and requires an error. If the address is -1 instead, the message says what that means.
#[track_caller]
fn no_address(id: c_int, access: Access, errno: c_int, what: &str) {
    let asked = format!("attach(ShmId({id}), {access:?}), {what},");
    let result = attach(ShmId::from_raw(id), access);
    if let Ok(base) = result {
        assert!(
            base.as_ptr() as isize != -1,
            "{asked} should be an error\n  \
             expected: {} ({errno})\n  \
             found:    Ok({base:?})\n  \
             look:     this is -1, what shmat returns when it fails: compare with -1 before you make a NonNull of it",
            kata::errno::name(errno).unwrap_or_default()
        );
    }
    refused(result, errno, Call::Shmat, asked);
}

/// The only attachment of segment `id` in this process.
#[track_caller]
fn mapping(s: &Sandbox, id: c_int) -> Mapping {
    let mut mappings = s.mappings();
    mappings.retain(|mapping| mapping.id == id);
    match mappings.as_slice() {
        [mapping] => mapping.clone(),
        _ => panic!(
            "attach(ShmId({id}), ..) returned Ok, so the segment should be attached once in this process\n  \
             expected: one line of /proc/self/maps with its id\n  \
             found:    {}\n  \
             look:     {}",
            match mappings.len() {
                0 => "none".to_owned(),
                count => format!("{count} such lines"),
            },
            match mappings.len() {
                0 =>
                    "the address has to come from shmat, whose first argument is the id: memory of your own is no segment",
                _ => "call shmat once",
            }
        ),
    }
}

#[track_caller]
fn row(s: &Sandbox, id: c_int) -> Segment {
    s.segment(id).unwrap_or_else(|| {
        panic!(
            "neither attach nor detach should remove a segment\n  expected: segment {id} in the kernel's table\n  found:    \
             none\n  look:     shmctl removes segments: which call of yours is it?"
        )
    })
}
