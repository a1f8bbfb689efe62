//! Counts the attachments before the removal, and asks with numbers that are zero.

pub fn stat(id: ShmId) -> io::Result<Stat> {
    // SAFETY: all of its fields are numbers, for which zero is a value.
    let mut ds: libc::shmid_ds = unsafe { std::mem::zeroed() };
    // SAFETY: `ds` is ours, and IPC_STAT fills it.
    if unsafe { libc::shmctl(id.as_raw(), libc::IPC_STAT, &raw mut ds) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let (owner, bits) = (ds.shm_perm, u32::from(ds.shm_perm.mode));
    let (key, mode, marked_for_removal) = (owner.__key, bits % 0o1000, bits & SHM_DEST == SHM_DEST);
    let libc::ipc_perm { uid, gid, cuid, cgid, .. } = owner;
    let (nattch, cpid, lpid) = (ds.shm_nattch, ds.shm_cpid, ds.shm_lpid);
    Ok(Stat { key, size: ds.shm_segsz, mode, marked_for_removal, nattch, cpid, lpid, uid, gid, cuid, cgid })
}

pub fn run(key: key_t) -> io::Result<()> {
    let id = program::find(key)?;
    let attached = stat(id)?.nattch;
    remove(id)?;
    println!("Key of shared memory is {key} ({key:#x}), id {}", id.as_raw());
    match attached {
        0 => println!("Removed"),
        _ => println!("Marked for removal, still attached: {attached}"),
    }
    Ok(())
}
