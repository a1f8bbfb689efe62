//! Detaches every attachment of the segment. Another part of the program loses its memory under its hands.
//!
//! Caught by: detaching_one_leaves_the_others

pub unsafe fn detach(base: NonNull<u8>) -> io::Result<()> {
    let map = std::fs::read_to_string("/proc/self/maps")?;
    let lines: Vec<Vec<&str>> = map.lines().map(|line| line.split_whitespace().collect()).collect();
    let name = format!("{:x}-", base.as_ptr() as usize);
    let Some(segment) = lines.iter().find(|line| line[0].starts_with(&name) && line.len() > 5) else {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    };
    for line in lines.iter().filter(|line| line[4..] == segment[4..]) {
        let start = line[0].split('-').next().and_then(|start| usize::from_str_radix(start, 16).ok());
        // SAFETY: the caller promises that nothing uses this attachment any more, and says nothing of the others.
        if unsafe { libc::shmdt(start.unwrap_or_default() as *const libc::c_void) } == -1 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}
