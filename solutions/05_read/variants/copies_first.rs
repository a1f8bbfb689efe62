//! Copies the whole segment with volatile reads, and looks at its copy. Detaches before it prints, also when there is
//! no message.

pub unsafe fn read_message(base: NonNull<u8>, size: usize) -> io::Result<Vec<u8>> {
    // SAFETY: the caller keeps `size` bytes attached for reading.
    let mut copy: Vec<u8> = (0..size).map(|offset| unsafe { base.add(offset).read_volatile() }).collect();
    let end = copy.iter().position(|&byte| byte == 0).ok_or(io::ErrorKind::InvalidData)?;
    copy.truncate(end);
    Ok(copy)
}

pub fn run(key: key_t) -> io::Result<()> {
    let id = program::find(key)?;
    let base = attach(id, Access::ReadOnly)?;
    // SAFETY: a segment that `find` names has SIZE bytes; it is attached until `detach`, and not used behind it.
    let (message, detached) = unsafe { (read_message(base, program::SIZE), detach(base)) };
    println!("Key of shared memory is {key} ({key:#x}), id {}\nProcess attached at {base:?}", id.as_raw());
    let mut line = message?;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    let mut out = io::stdout().lock();
    out.write_all(b"Data read from shared memory is: ")?;
    out.write_all(&line)?;
    out.write_all(b"\n")?;
    detached
}
