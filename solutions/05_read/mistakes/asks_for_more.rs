//! Attaches for reading and writing, to read. A segment that it may only read is refused, and a stray store would hit
//! everybody's message.
//!
//! Caught by: a_segment_for_reading_alone_is_enough

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::find(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    let base = attach(id, Access::ReadWrite)?;
    writeln!(out, "Process attached at {base:p}")?;

    // SAFETY: `find` answers for a segment of SIZE bytes, and it stays attached until `detach` below.
    let message = unsafe { read_message(base, program::SIZE) }?;
    let line = message.strip_suffix(b"\n").unwrap_or(&message);
    out.write_all(&[b"Data read from shared memory is: ", line, b"\n"].concat())?;

    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.
    unsafe { detach(base) }
}
