//! Builds the whole segment first and copies it at once. Reads its line without a buffer of its own.

pub unsafe fn write_message(base: NonNull<u8>, size: usize, message: &[u8]) -> io::Result<()> {
    let refused = |why| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    let mut image = vec![0; size];
    match image.get_mut(..message.len()) {
        Some(room) if room.len() < size => room.copy_from_slice(message),
        _ => return refused("too long"),
    }
    if message.iter().any(|&byte| byte == 0) {
        return refused("a NUL inside");
    }
    // SAFETY: the caller keeps `size` bytes attached for writing, `image` has as many, and they cannot overlap.
    unsafe { base.as_ptr().copy_from_nonoverlapping(image.as_ptr(), size) };
    Ok(())
}

pub fn run(key: key_t) -> io::Result<()> {
    let id = program::claim(key)?;
    println!("Key of shared memory is {key} ({key:#x}), id {}", id.as_raw());
    let base = attach(id, Access::ReadWrite)?;
    println!("Process attached at {:#x}", base.addr());
    println!("Enter some data to write to shared memory");
    let written = one_line().and_then(|line| {
        // SAFETY: a claimed segment has SIZE bytes, and it is attached.
        unsafe { write_message(base, program::SIZE, &line) }?;
        let mut out = io::stdout().lock();
        out.write_all(b"You wrote: ")?;
        out.write_all(&line)?;
        out.write_all(b"\n")
    });
    // SAFETY: nothing uses `base` from here on.
    unsafe { detach(base) }?;
    written
}

fn one_line() -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    for byte in io::stdin().lock().bytes().take(program::SIZE) {
        match byte? {
            b'\n' => return Ok(line),
            byte => line.push(byte),
        }
    }
    if line.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(line) }
}
