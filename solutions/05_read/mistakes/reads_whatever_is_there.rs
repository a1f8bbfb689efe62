//! Opens whatever segment has the key, and reads 1024 bytes of something that has fewer.
//!
//! Caught by: somebody_elses_segment_is_not_read

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = match unsafe { libc::shmget(key, 0, 0) } {
        -1 => program::find(key)?,
        id => shmget::ShmId::from_raw(id),
    };
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    let base = attach(id, Access::ReadOnly)?;
    writeln!(out, "Process attached at {base:p}")?;

    // SAFETY: `find` answers for a segment of SIZE bytes, and it stays attached until `detach` below.
    let message = unsafe { read_message(base, program::SIZE) }?;
    let line = message.strip_suffix(b"\n").unwrap_or(&message);
    out.write_all(&[b"Data read from shared memory is: ", line, b"\n"].concat())?;

    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.
    unsafe { detach(base) }
}
