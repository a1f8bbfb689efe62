//! The kernel's table of shared memory segments, one segment's record, and how many there may be and how large.

use std::{io, mem::MaybeUninit, str::FromStr};

use libc::{c_int, gid_t, key_t, pid_t, time_t, uid_t};

use super::error::{Error, Result, format_error, read_proc};

const TABLE: &str = "/proc/sysvipc/shm";
const COLUMNS: &str = "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap";

/// The mode bit of a segment that is marked for removal and waits for its last detach. `SHM_DEST` in
/// `<linux/shm.h>`; libc does not name it.
const SHM_DEST: u32 = 0o1000;
/// The mode bit of a segment whose pages are locked in memory (`SHM_LOCK`, shmctl(2)). `SHM_LOCKED` in
/// `<linux/shm.h>`; libc does not name it.
const SHM_LOCKED: u32 = 0o2000;

/// What the kernel holds about one segment: `struct shmid_ds` of shmctl(2), and what `/proc/sysvipc/shm` adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The key it was created under; 0 (`IPC_PRIVATE`) if it has none or lost it when it was marked for removal.
    pub key: key_t,
    /// The id that shmget(2) returned. 0 is an id like any other.
    pub id: c_int,
    /// The nine permission bits, as for a file; the execute bits matter for `SHM_EXEC` alone.
    pub mode: u32,
    /// Removed with `IPC_RMID` while a process was attached: it disappears with its last detach.
    pub marked_for_removal: bool,
    /// Its pages are locked in memory.
    pub locked: bool,
    /// The size asked for at creation, in bytes; what is mapped is rounded up to whole pages.
    pub size: usize,
    /// The process that created it.
    pub cpid: pid_t,
    /// The process that attached or detached last; 0 if none has.
    pub lpid: pid_t,
    /// How many mappings of it exist, in all processes together. A process that attaches twice counts twice.
    pub nattch: u64,
    /// The owner, who may change and remove it. `IPC_SET` can give it away.
    pub uid: uid_t,
    /// The owner's group.
    pub gid: gid_t,
    /// The creator, who keeps the owner's rights for ever.
    pub cuid: uid_t,
    /// The creator's group.
    pub cgid: gid_t,
    /// When it was last attached, in seconds since 1970; 0 if never.
    pub atime: time_t,
    /// When it was last detached; 0 if never.
    pub dtime: time_t,
    /// When it was created or last changed by `IPC_SET`.
    pub ctime: time_t,
    /// What it takes of memory and swap, known from the table and not from [`stat`].
    pub memory: Option<Memory>,
}

impl Segment {
    /// Whether the table says that it has no page, in memory or swapped out: then no process has ever stored into it or
    /// read it. (One that took its pages away again, with `MADV_REMOVE`, has made zeroes of its bytes.)
    ///
    /// An attachment alone takes no page, unless its process has asked for that with mlockall(2). A page that is swapped
    /// out is counted in `swap` before it leaves `rss`, and on its way back in `rss` before it leaves `swap`.
    ///
    /// Source: the kernel's `ipc/shm.c`, `shm_add_rss_swap`, and `mm/shmem.c`.
    pub fn is_untouched(&self) -> bool {
        self.memory == Some(Memory { rss: 0, swap: 0 })
    }

    /// The first field that is another one in `other`: its name, its value here, and its value there, the key in
    /// hexadecimal and the mode in octal. Times and memory are no part of it.
    pub fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let fields = |row: &Self| {
            [
                ("key", format!("{:#010x}", row.key)),
                ("mode", format!("{:04o}", row.mode)),
                ("mark for removal", row.marked_for_removal.to_string()),
                ("lock in memory", row.locked.to_string()),
                ("size", row.size.to_string()),
                ("creator (cpid)", row.cpid.to_string()),
                ("process that attached or detached last (lpid)", row.lpid.to_string()),
                ("nattch", row.nattch.to_string()),
                ("owner (uid)", row.uid.to_string()),
                ("owner's group (gid)", row.gid.to_string()),
                ("creator's user (cuid)", row.cuid.to_string()),
                ("creator's group (cgid)", row.cgid.to_string()),
            ]
        };
        let mut pairs = fields(self).into_iter().zip(fields(other));
        pairs.find(|(one, other)| one != other).map(|((name, one), (_, other))| (name, one, other))
    }
}

/// What a segment takes of the machine, in bytes. Pages that were never touched take nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// In physical memory.
    pub rss: u64,
    /// Swapped out.
    pub swap: u64,
}

/// Every segment of the caller's IPC namespace, in the kernel's order.
///
/// # Errors
/// [`Error::Io`] if `/proc` is not mounted or the kernel has no System V IPC, [`Error::Format`] if a line is not
/// understood.
///
/// Source: proc(5), `/proc/sysvipc`; the kernel's `ipc/shm.c`.
pub fn segments() -> Result<Vec<Segment>> {
    parse_segments(&read_proc(TABLE)?)
}

/// A whole table: the header, and a line for each segment.
///
/// # Errors
/// [`Error::Format`] if the header or a line is not understood.
pub(crate) fn parse_segments(text: &str) -> Result<Vec<Segment>> {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    if !header.split_whitespace().eq(COLUMNS.split_whitespace()) {
        return Err(format_error(TABLE, header, format!("the columns {COLUMNS}")));
    }
    lines.map(parse_segment).collect()
}

/// One line of `/proc/sysvipc/shm`, the header left out.
///
/// # Errors
/// [`Error::Format`] if it has not exactly sixteen fields, or one of them is not a number of its type.
fn parse_segment(line: &str) -> Result<Segment> {
    let mut fields = Fields { line, fields: line.split_ascii_whitespace() };
    let key = fields.next("key")?;
    let id = fields.next("shmid")?;
    let perms = fields.text("perms")?;
    let perms = u32::from_str_radix(perms, 8).map_err(|_| fields.wrong("perms in octal"))?;
    let segment = Segment {
        key,
        id,
        mode: perms & 0o777,
        marked_for_removal: perms & SHM_DEST != 0,
        locked: perms & SHM_LOCKED != 0,
        size: fields.next("size")?,
        cpid: fields.next("cpid")?,
        lpid: fields.next("lpid")?,
        nattch: fields.next("nattch")?,
        uid: fields.next("uid")?,
        gid: fields.next("gid")?,
        cuid: fields.next("cuid")?,
        cgid: fields.next("cgid")?,
        atime: fields.next("atime")?,
        dtime: fields.next("dtime")?,
        ctime: fields.next("ctime")?,
        memory: Some(Memory { rss: fields.next("rss")?, swap: fields.next("swap")? }),
    };
    match fields.fields.next() {
        Some(_) => Err(fields.wrong("sixteen fields")),
        None => Ok(segment),
    }
}

/// The fields of a line, each wanted by name.
struct Fields<'a> {
    line: &'a str,
    fields: std::str::SplitAsciiWhitespace<'a>,
}

impl<'a> Fields<'a> {
    fn text(&mut self, name: &str) -> Result<&'a str> {
        self.fields.next().ok_or_else(|| self.wrong(name))
    }

    fn next<T: FromStr>(&mut self, name: &str) -> Result<T> {
        self.text(name)?.parse().map_err(|_| self.wrong(name))
    }

    fn wrong(&self, expected: &str) -> Error {
        format_error(TABLE, self.line, expected)
    }
}

/// The kernel's record of the segment `id`, asked for with `IPC_STAT`.
///
/// # Errors
/// [`Error::Io`] with `EINVAL` if no segment has the id, `EACCES` if the caller may not read it.
///
/// Source: shmctl(2).
pub fn stat(id: c_int) -> Result<Segment> {
    let mut record = MaybeUninit::<libc::shmid_ds>::uninit();
    // SAFETY: IPC_STAT writes one shmid_ds to the address, which is that of a shmid_ds of ours.
    if unsafe { libc::shmctl(id, libc::IPC_STAT, record.as_mut_ptr()) } == -1 {
        let source = io::Error::last_os_error();
        return Err(Error::Io { what: format!("shmctl({id}, IPC_STAT)"), source });
    }
    // SAFETY: shmctl returned 0, so the kernel has filled the record.
    let record = unsafe { record.assume_init() };
    #[allow(clippy::useless_conversion)] // 16 bits on x86-64, 32 on aarch64
    let perms = u32::from(record.shm_perm.mode);
    Ok(Segment {
        key: record.shm_perm.__key,
        id,
        mode: perms & 0o777,
        marked_for_removal: perms & SHM_DEST != 0,
        locked: perms & SHM_LOCKED != 0,
        size: record.shm_segsz,
        cpid: record.shm_cpid,
        lpid: record.shm_lpid,
        nattch: record.shm_nattch,
        uid: record.shm_perm.uid,
        gid: record.shm_perm.gid,
        cuid: record.shm_perm.cuid,
        cgid: record.shm_perm.cgid,
        atime: record.shm_atime,
        dtime: record.shm_dtime,
        ctime: record.shm_ctime,
        memory: None,
    })
}

/// The limits of the caller's IPC namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest segment, in bytes (`SHMMAX`).
    pub shmmax: u64,
    /// All segments together, in pages (`SHMALL`).
    pub shmall: u64,
    /// How many segments (`SHMMNI`).
    pub shmmni: u64,
}

/// Reads the limits.
///
/// # Errors
/// [`Error::Io`] if `/proc/sys/kernel` cannot be read,
/// [`Error::Format`] if a limit is not a number.
///
/// Source: shmget(2), "Shared memory limits"; proc(5).
pub fn limits() -> Result<Limits> {
    Ok(Limits {
        shmmax: limit("/proc/sys/kernel/shmmax")?,
        shmall: limit("/proc/sys/kernel/shmall")?,
        shmmni: limit("/proc/sys/kernel/shmmni")?,
    })
}

/// Whether the kernel removes a segment of the caller's IPC namespace with its last attachment, and one that nobody attached
/// with the thread that made it. A new namespace does not, whatever its maker's does.
///
/// Source: proc(5), `/proc/sys/kernel/shm_rmid_forced`; the kernel's `ipc/shm.c`, `shm_init_ns`.
pub fn removes_unattached() -> bool {
    limit("/proc/sys/kernel/shm_rmid_forced").is_ok_and(|forced| forced != 0)
}

fn limit(path: &str) -> Result<u64> {
    let text = read_proc(path)?;
    text.trim().parse().map_err(|_| format_error(path, &text, "a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = "      2345          7  1600                  1000  4121  4130      2  1000  1000  1000  1000 \
                       1700000001 1700000002 1700000000                  4096                     0";

    #[test]
    fn a_row_is_read_field_by_field() {
        let segment = parse_segment(ROW).unwrap();
        assert_eq!((segment.key, segment.id, segment.mode, segment.size), (2345, 7, 0o600, 1000));
        assert_eq!((segment.cpid, segment.lpid, segment.nattch), (4121, 4130, 2));
        assert_eq!((segment.atime, segment.dtime, segment.ctime), (1_700_000_001, 1_700_000_002, 1_700_000_000));
        assert_eq!(segment.memory, Some(Memory { rss: 4096, swap: 0 }));
        assert!(segment.marked_for_removal);
        assert!(!segment.locked);
    }

    #[test]
    fn a_segment_without_a_page_is_untouched() {
        for (rss, swap, untouched) in [(0, 0, true), (4096, 0, false), (0, 4096, false)] {
            let row = ROW.replace("4096                     0", &format!("{rss} {swap}"));
            assert_eq!(parse_segment(&row).unwrap().is_untouched(), untouched, "rss {rss}, swap {swap}");
        }
    }

    #[test]
    fn a_key_with_the_high_bit_is_negative() {
        assert_eq!(parse_segment(&ROW.replace("2345", "-2130706433")).unwrap().key, -2_130_706_433);
    }

    #[test]
    fn a_line_that_is_not_understood_is_an_error() {
        let wrong = [
            ROW.replace("1600", "1680"),
            ROW.replace("2345", "0x929"),
            format!("{ROW} 1"),
            ROW.rsplit_once(' ').unwrap().0.to_owned(),
            String::new(),
        ];
        for line in wrong {
            assert!(matches!(parse_segment(&line), Err(Error::Format { .. })), "{line}");
        }
    }

    #[test]
    fn a_table_with_another_header_is_an_error() {
        let table = format!("{COLUMNS}\n{ROW}\n");
        assert_eq!(parse_segments(&table).unwrap().len(), 1);
        assert!(matches!(parse_segments(&table.replace("swap", "pages")), Err(Error::Format { .. })));
        assert!(matches!(parse_segments(""), Err(Error::Format { .. })));
    }

    #[test]
    fn the_kernel_has_limits() {
        let limits = limits().unwrap();
        assert!(limits.shmmni > 0 && limits.shmmax > 0 && limits.shmall > 0);
    }
}
