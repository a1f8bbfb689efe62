//! `detach` looks the attachment up in the map and unmaps exactly that: for the kernel this is a detach too.

pub unsafe fn detach(base: NonNull<u8>) -> io::Result<()> {
    let map = std::fs::read_to_string("/proc/self/maps")?;
    let start = format!("{:x}-", base.as_ptr().addr());
    let line = map.lines().find(|line| line.starts_with(&start) && line.contains("/SYSV"));
    let end = line.and_then(|line| line[start.len()..].split(' ').next());
    let Some(Ok(end)) = end.map(|end| usize::from_str_radix(end, 16)) else {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    };
    // SAFETY: the range is one attachment, and the caller promises that nothing uses it any more.
    match unsafe { libc::munmap(base.as_ptr().cast(), end - base.as_ptr().addr()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
