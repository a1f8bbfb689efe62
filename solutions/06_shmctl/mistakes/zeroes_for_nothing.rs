//! Does not look at what shmctl returned. Of a segment that does not exist it tells: size 0, nobody attached.
//!
//! Caught by: stat_of_nothing_is_refused

pub fn stat(id: ShmId) -> io::Result<Stat> {
    let mut record = MaybeUninit::<libc::shmid_ds>::zeroed();
    // SAFETY: IPC_STAT stores one shmid_ds at the address, and zero is a value for each of its fields.
    let record = unsafe {
        libc::shmctl(id.as_raw(), libc::IPC_STAT, record.as_mut_ptr());
        record.assume_init()
    };
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
