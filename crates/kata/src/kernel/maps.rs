//! Where System V segments lie in a process's address space.

use libc::{c_int, key_t, pid_t};

use super::error::{Error, Result, format_error, read_proc};

/// One mapping of a System V segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Its first address.
    pub start: usize,
    /// The address behind its last byte.
    pub end: usize,
    /// What the process may do there.
    pub permissions: Permissions,
    /// The segment's id: the kernel shows it as the inode.
    pub id: c_int,
    /// The key that the segment was created under, also after its removal.
    pub key: key_t,
}

/// What a process may do in a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// Load.
    pub read: bool,
    /// Store.
    pub write: bool,
    /// Run as code.
    pub execute: bool,
    /// Stores reach the other processes.
    pub shared: bool,
}

impl Mapping {
    /// Whether the byte at `address` lies in it.
    pub fn contains(&self, address: usize) -> bool {
        (self.start..self.end).contains(&address)
    }

    /// Its length in bytes, whole pages.
    pub fn length(&self) -> usize {
        self.end - self.start
    }
}

impl std::fmt::Display for Permissions {
    /// As in `/proc/PID/maps`: `rw-s`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let flag = |set, letter| if set { letter } else { '-' };
        let sharing = if self.shared { 's' } else { 'p' };
        write!(f, "{}{}{}{sharing}", flag(self.read, 'r'), flag(self.write, 'w'), flag(self.execute, 'x'))
    }
}

/// The System V segments that the process `pid` has mapped, by ascending address; other mappings are left out.
///
/// # Errors
/// [`Error::Io`] with `ENOENT` if there is no such process, `EACCES` if it may not be looked into (another
/// user's, or a set-user-ID program), [`Error::Format`] if a line is not understood.
///
/// Source: proc(5), `/proc/PID/maps`.
pub fn mappings(pid: pid_t) -> Result<Vec<Mapping>> {
    // The own process by its own name: in a pid namespace /proc may number it otherwise.
    let path = if pid.cast_unsigned() == std::process::id() {
        "/proc/self/maps".to_owned()
    } else {
        format!("/proc/{pid}/maps")
    };
    read_proc(&path)?.lines().filter_map(|line| parse_mapping(&path, line).transpose()).collect()
}

/// One line of the maps file `path`; `None` if it is not of a System V segment.
///
/// # Errors
/// [`Error::Format`] if it is neither.
pub(crate) fn parse_mapping(path: &str, line: &str) -> Result<Option<Mapping>> {
    let wrong = |expected: &str| format_error(path, line, expected);
    // The name comes last and may hold spaces; the five fields before it do not.
    let mut rest = line;
    let mut field = |expected| {
        let (field, after) = rest.trim_start().split_once(' ').ok_or_else(|| wrong(expected))?;
        rest = after;
        Ok::<_, Error>(field)
    };
    let range = field("an address range")?;
    let permissions = field("permissions")?;
    let _offset = field("an offset")?;
    let _device = field("a device")?;
    let (inode, name) = match rest.trim_start().split_once(' ') {
        Some((inode, name)) => (inode, name.trim_start()),
        None => (rest.trim_start(), ""),
    };

    let hex = |text| usize::from_str_radix(text, 16).map_err(|_| wrong("an address in hexadecimal"));
    let (start, end) = range.split_once('-').ok_or_else(|| wrong("an address range"))?;
    let (start, end) = (hex(start)?, hex(end)?);
    let permissions = parse_permissions(permissions).ok_or_else(|| wrong("permissions such as rw-s"))?;
    let inode: u64 = inode.parse().map_err(|_| wrong("an inode"))?;

    // A file of that name in a directory has more of a path before it. (One that was deleted in / itself has not,
    // and cannot be told apart.)
    let Some(key) = name.strip_prefix("/SYSV").and_then(|key| key.strip_suffix(" (deleted)")) else {
        return Ok(None);
    };
    let key = u32::from_str_radix(key, 16).map_err(|_| wrong("a key in hexadecimal"))?;
    let id = c_int::try_from(inode).map_err(|_| wrong("a segment's id as the inode"))?;
    Ok(Some(Mapping { start, end, permissions, id, key: key.cast_signed() }))
}

fn parse_permissions(text: &str) -> Option<Permissions> {
    let flag = |byte, letter| match byte {
        b'-' => Some(false),
        _ if byte == letter => Some(true),
        _ => None,
    };
    let &[read, write, execute, sharing] = text.as_bytes() else { return None };
    Some(Permissions {
        read: flag(read, b'r')?,
        write: flag(write, b'w')?,
        execute: flag(execute, b'x')?,
        shared: match sharing {
            b's' => true,
            b'p' => false,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEGMENT: &str =
        "7f76b4292000-7f76b4293000 r--s 00000000 00:01 32770                              /SYSV80000929 (deleted)";

    fn parse(line: &str) -> Result<Option<Mapping>> {
        parse_mapping("/proc/self/maps", line)
    }

    #[test]
    fn a_segments_line_names_its_id_and_its_key() {
        let mapping = parse(SEGMENT).unwrap().unwrap();
        assert_eq!((mapping.start, mapping.end, mapping.length()), (0x7f76_b429_2000, 0x7f76_b429_3000, 4096));
        assert_eq!(mapping.permissions.to_string(), "r--s");
        assert_eq!((mapping.id, mapping.key), (32770, 0x8000_0929_u32.cast_signed()));
        assert!(mapping.contains(0x7f76_b429_2fff) && !mapping.contains(0x7f76_b429_3000));
    }

    #[test]
    fn other_lines_are_left_out() {
        let others = [
            "55d0c0a00000-55d0c0a01000 r--p 00000000 fe:00 131 /usr/bin/my file (deleted)",
            "7ffc0a1b2000-7ffc0a1d3000 rw-p 00000000 00:00 0                          [stack]",
            "7f76b4000000-7f76b4021000 rw-p 00000000 00:00 0 ",
            "7f76b4000000-7f76b4021000 rw-p 00000000 00:00 0",
            "7f76b4000000-7f76b4021000 rw-s 00000000 00:01 5 /tmp/SYSV00000929 (deleted)",
        ];
        for line in others {
            assert_eq!(parse(line).unwrap(), None, "{line}");
        }
    }

    #[test]
    fn a_line_that_is_not_understood_is_an_error() {
        let wrong = [
            "",
            "7f76b4292000 r--s 00000000 00:01 1 /SYSV00000929 (deleted)",
            &SEGMENT.replace("r--s", "r--"),
            &SEGMENT.replace("r--s", "z--s"),
            &SEGMENT.replace("32770", "4294967296"),
            &SEGMENT.replace("80000929", "key"),
        ];
        for line in wrong {
            assert!(matches!(parse(line), Err(Error::Format { .. })), "{line}");
        }
    }

    #[test]
    fn this_process_can_be_asked() {
        let pid = std::process::id().cast_signed();
        assert!(mappings(pid).is_ok());
        assert!(matches!(mappings(-1), Err(Error::Io { .. })));
    }
}
