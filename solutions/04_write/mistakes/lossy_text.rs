//! Makes text of the line. Bytes that are none become question marks in a box, and nobody is told.
//!
//! Caught by: bytes_that_are_not_text_are_never_changed

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::claim(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    let base = attach(id, Access::ReadWrite)?;
    writeln!(out, "Process attached at {base:p}")?;
    writeln!(out, "Enter some data to write to shared memory")?;

    let mut line = Vec::new();
    io::stdin().lock().take(program::SIZE as u64).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "standard input ended before its first byte"));
    }
    let line = String::from_utf8_lossy(&line);
    let message = line.strip_suffix('\n').unwrap_or(&line).as_bytes();
    // SAFETY: `claim` answers for a segment of SIZE bytes, and it stays attached until `detach` below.
    unsafe { write_message(base, program::SIZE, message) }?;
    out.write_all(&[b"You wrote: ", message, b"\n"].concat())?;

    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.
    unsafe { detach(base) }
}
