//! Says that something failed, and not what: no segment, or no right to look?
//!
//! Caught by: stat_of_what_may_not_be_read_is_refused

pub fn stat(id: ShmId) -> io::Result<Stat> {
    let mut record = MaybeUninit::<libc::shmid_ds>::uninit();
    // SAFETY: IPC_STAT stores one shmid_ds at the address, and there is room for one.
    if unsafe { libc::shmctl(id.as_raw(), libc::IPC_STAT, record.as_mut_ptr()) } == -1 {
        return Err(io::Error::other("shmctl failed"));
    }
    // SAFETY: shmctl did not return -1, so the kernel has filled the record.
    let record = unsafe { record.assume_init() };
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
}
