//! Asks the kernel without libc's wrappers, and reads what became of the segment from its table.

pub fn remove(id: ShmId) -> io::Result<()> {
    // SAFETY: IPC_RMID never looks at the third argument.
    let result = unsafe { libc::syscall(libc::SYS_shmctl, id.as_raw(), libc::IPC_RMID, 0) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::find(key)?;
    remove(id)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    let table = std::fs::read_to_string("/proc/sysvipc/shm")?;
    let mut rows = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    match rows.find(|row| row[1] == id.as_raw().to_string()) {
        Some(row) => writeln!(out, "Marked for removal, still attached: {}", row[6]),
        None => writeln!(out, "Removed"),
    }
}
