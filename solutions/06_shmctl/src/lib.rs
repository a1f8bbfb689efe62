//! Lesson 6: a segment outlives everyone until someone removes it.

use std::io;

use libc::{gid_t, key_t, pid_t, uid_t};
use shmget::ShmId;

// ANCHOR: solution
use std::{io::Write, mem::MaybeUninit, ptr};

use write::program;
// ANCHOR_END: solution

/// The bit above the nine permission bits that says: marked for removal, gone with the last detach. The kernel's
/// `<linux/shm.h>` calls it so; the libc crate has no name for it.
pub const SHM_DEST: u32 = 0o1000;

/// What the kernel keeps about a segment: the fields of `struct shmid_ds` that the kata uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// The key it was created under; 0 once it is marked for removal, since no `shmget` finds it any more.
    pub key: key_t,
    /// The size asked for at its creation, in bytes. What is mapped is rounded up to whole pages.
    pub size: usize,
    /// The nine permission bits, and those alone.
    pub mode: u32,
    /// Whether [`SHM_DEST`] is set.
    pub marked_for_removal: bool,
    /// How many times it is attached, in all processes together.
    pub nattch: u64,
    /// The process that created it.
    pub cpid: pid_t,
    /// The process that attached or detached last; 0 if none has.
    pub lpid: pid_t,
    /// Its owner, whom `IPC_SET` can change.
    pub uid: uid_t,
    /// Its owner's group.
    pub gid: gid_t,
    /// Its creator, who never changes.
    pub cuid: uid_t,
    /// Its creator's group.
    pub cgid: gid_t,
}

/// Asks the kernel about the segment `id`.
///
/// # Errors
/// `EINVAL` if no segment has the id (any more), `EACCES` if its mode does not let this process read.
///
/// Source: shmctl(2), `IPC_STAT`.
pub fn stat(id: ShmId) -> io::Result<Stat> {
    // ANCHOR: stat todo!("ask shmctl what the kernel keeps about {id:?}")
    let mut record = MaybeUninit::<libc::shmid_ds>::uninit();
    // SAFETY: IPC_STAT stores one shmid_ds at the address, and there is room for one.
    if unsafe { libc::shmctl(id.as_raw(), libc::IPC_STAT, record.as_mut_ptr()) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: shmctl did not return -1, so the kernel has filled the record.
    let record = unsafe { record.assume_init() };
    #[allow(clippy::useless_conversion)] // 16 bits on x86-64, 32 on aarch64
    let mode = u32::from(record.shm_perm.mode);
    Ok(Stat {
        key: record.shm_perm.__key,
        size: record.shm_segsz,
        mode: mode & 0o777,
        marked_for_removal: mode & SHM_DEST != 0,
        nattch: record.shm_nattch,
        cpid: record.shm_cpid,
        lpid: record.shm_lpid,
        uid: record.shm_perm.uid,
        gid: record.shm_perm.gid,
        cuid: record.shm_perm.cuid,
        cgid: record.shm_perm.cgid,
    })
    // ANCHOR_END: stat
}

/// Removes the segment `id`: at once if no process is attached, otherwise with the last detach. Its key is free for
/// another segment from now on. A second removal while a process is attached is not an error.
///
/// # Errors
/// `EINVAL` if no segment has the id (any more), `EPERM` if this process is neither its owner's nor its creator's.
///
/// Source: shmctl(2), `IPC_RMID`.
pub fn remove(id: ShmId) -> io::Result<()> {
    // ANCHOR: remove todo!("ask shmctl to remove {id:?}")
    // SAFETY: IPC_RMID never looks at the third argument.
    match unsafe { libc::shmctl(id.as_raw(), libc::IPC_RMID, ptr::null_mut()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
    // ANCHOR_END: remove
}

/// The program `remover`: removes the segment under `key`, and says whether it is gone or still in use. It prints
///
/// ```text
/// Key of shared memory is 2345 (0x929), id 0
/// Removed
/// ```
///
/// or, if attachments (here: two) still keep the segment,
///
/// ```text
/// Key of shared memory is 2345 (0x929), id 0
/// Marked for removal, still attached: 2
/// ```
///
/// or, if the segment's mode does not allow `stat`, that line without the number.
///
/// # Errors
/// What [`find`](write::program::find) and [`remove`] say. An error of [`stat`] after the removal is not an error of
/// the program, because the removal has succeeded.
pub fn run(key: key_t) -> io::Result<()> {
    // ANCHOR: run todo!("the program remover, on key {key:#x}")
    let mut out = io::stdout();
    let id = program::find(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    remove(id)?;
    match stat(id) {
        Ok(rest) => writeln!(out, "Marked for removal, still attached: {}", rest.nattch),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EINVAL | libc::EIDRM)) => writeln!(out, "Removed"),
        // The segment still exists, but its mode does not let this user read its record. It is marked for removal.
        Err(_) => writeln!(out, "Marked for removal"),
    }
    // ANCHOR_END: run
}
