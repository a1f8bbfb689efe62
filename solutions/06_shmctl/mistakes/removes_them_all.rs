//! Removes every segment that it may remove. Whose were they?
//!
//! Caught by: the_remover_removes

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::find(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    remove(id)?;
    for line in std::fs::read_to_string("/proc/sysvipc/shm")?.lines().skip(1) {
        let other = line.split_whitespace().nth(1).and_then(|id| id.parse().ok()).map(ShmId::from_raw);
        other.map(remove);
    }
    match stat(id) {
        Ok(rest) => writeln!(out, "Marked for removal, still attached: {}", rest.nattch),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => writeln!(out, "Removed"),
        Err(error) => Err(error),
    }
}
