//! Prints the newline of a C writer, and then its own.
//!
//! Caught by: the_reader_prints_one_line_end::case_1_a_newline

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::find(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    let base = attach(id, Access::ReadOnly)?;
    writeln!(out, "Process attached at {base:p}")?;

    // SAFETY: `find` answers for a segment of SIZE bytes, and it stays attached until `detach` below.
    let message = unsafe { read_message(base, program::SIZE) }?;
    let line = &message[..];
    out.write_all(&[b"Data read from shared memory is: ", line, b"\n"].concat())?;

    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.
    unsafe { detach(base) }
}
