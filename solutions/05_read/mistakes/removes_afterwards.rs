//! Cleans up behind itself, as it thinks. The segment was not its own, and the next reader comes too late.
//!
//! Caught by: the_reader_is_a_guest

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::find(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    let base = attach(id, Access::ReadOnly)?;
    writeln!(out, "Process attached at {base:p}")?;

    // SAFETY: `find` answers for a segment of SIZE bytes, and it stays attached until `detach` below.
    let message = unsafe { read_message(base, program::SIZE) }?;
    let line = message.strip_suffix(b"\n").unwrap_or(&message);
    out.write_all(&[b"Data read from shared memory is: ", line, b"\n"].concat())?;

    // SAFETY: `base` is what `attach` returned, and nothing uses it any more.
    unsafe { detach(base) }?;
    // SAFETY: IPC_RMID never looks at the third argument.
    unsafe { libc::shmctl(id.as_raw(), libc::IPC_RMID, std::ptr::null_mut()) };
    Ok(())
}
