//! Removes whatever segment has the key: somebody else's, too.
//!
//! Caught by: somebody_elses_segment_stays

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = shmget::open(key).or_else(|_| program::find(key))?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    remove(id)?;
    match stat(id) {
        Ok(rest) => writeln!(out, "Marked for removal, still attached: {}", rest.nattch),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => writeln!(out, "Removed"),
        Err(error) => Err(error),
    }
}
