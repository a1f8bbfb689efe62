//! Attaches the segment to look at it, and is then the one who keeps it alive: it says that somebody is still attached.
//!
//! Caught by: the_remover_removes

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::find(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    // SAFETY: with no address given the kernel picks a free one.
    unsafe { libc::shmat(id.as_raw(), ptr::null(), libc::SHM_RDONLY) };
    remove(id)?;
    match stat(id) {
        Ok(rest) => writeln!(out, "Marked for removal, still attached: {}", rest.nattch),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => writeln!(out, "Removed"),
        Err(error) => Err(error),
    }
}
