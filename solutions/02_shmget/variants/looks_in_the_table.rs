//! `open` reads the kernel's table, as `ipcs -m` does, and asks for no permission that way either.

pub fn open(key: key_t) -> io::Result<ShmId> {
    if key == libc::IPC_PRIVATE {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    let table = std::fs::read_to_string("/proc/sysvipc/shm")?;
    let mut rows = table.lines().skip(1).map(str::split_whitespace);
    let mut numbers = rows.find_map(|mut row| (row.next()?.parse() == Ok(key)).then_some(row));
    let id = numbers.as_mut().and_then(|row| row.next()?.parse().ok());
    id.map(ShmId).ok_or_else(|| io::Error::from_raw_os_error(libc::ENOENT))
}
