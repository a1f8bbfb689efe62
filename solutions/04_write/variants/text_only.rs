//! Takes text alone: a line that is not UTF-8 is refused before anything is stored, and so is one that is too long.

pub fn run(key: key_t) -> io::Result<()> {
    let id = program::claim(key)?;
    println!("Key of shared memory is {key} ({key:#x}), id {}", id.as_raw());
    let base = attach(id, Access::ReadWrite)?;
    println!("Process attached at {base:?}\nEnter some data to write to shared memory");
    let mut line = String::new();
    if io::stdin().lock().take(2 * program::SIZE as u64).read_line(&mut line)? == 0 {
        return Err(io::Error::other("no line"));
    }
    let message = line.strip_suffix('\n').unwrap_or(&line);
    // SAFETY: a claimed segment has SIZE bytes, and it is attached.
    unsafe { write_message(base, program::SIZE, message.as_bytes()) }?;
    println!("You wrote: {message}");
    // SAFETY: nothing uses `base` from here on.
    unsafe { detach(base) }
}
