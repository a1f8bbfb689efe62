//! Makes the segment if there is none, and then removes it: whoever misspells a key never hears of it.
//!
//! Caught by: without_a_segment_the_remover_fails

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::claim(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    remove(id)?;
    match stat(id) {
        Ok(rest) => writeln!(out, "Marked for removal, still attached: {}", rest.nattch),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => writeln!(out, "Removed"),
        Err(error) => Err(error),
    }
}
