//! Stores the line with its newline, as the C program does, which reads with read(2): every reader prints an empty
//! line.
//!
//! Caught by: the_writer_leaves_its_line_behind

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
    let message = &line[..];
    // SAFETY: `claim` answers for a segment of SIZE bytes, and it stays attached until `detach` below.
    unsafe { write_message(base, program::SIZE, message) }?;
    out.write_all(&[b"You wrote: ", message, b"\n"].concat())?;

    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.
    unsafe { detach(base) }
}
