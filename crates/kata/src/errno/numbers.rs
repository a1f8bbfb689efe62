//! The calls, the names of error numbers, and what each means from which call.

use std::fmt;

use libc::c_int;

/// A call and what it is made for: shmget(2) that makes a segment is another one than shmget(2) that finds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// lseek(2): an open file's position.
    Lseek,
    /// ftok(3): a path and a number become a key.
    Ftok,
    /// shmget(2): a new segment under a key.
    Create,
    /// shmget(2): the id of the segment that has a key.
    Find,
    /// shmat(2): an id becomes an address.
    Shmat,
    /// shmdt(2): an address is given back.
    Shmdt,
    /// shmctl(2), `IPC_STAT`: what the kernel keeps about a segment.
    Stat,
    /// shmctl(2), `IPC_RMID`: a segment is removed.
    Remove,
}

impl fmt::Display for Call {
    /// The function's name: `shmget`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::Lseek => "lseek",
            Call::Ftok => "ftok",
            Call::Create | Call::Find => "shmget",
            Call::Shmat => "shmat",
            Call::Shmdt => "shmdt",
            Call::Stat | Call::Remove => "shmctl",
        })
    }
}

/// The symbolic name of an error number that a call of this kata can return: `EEXIST` for 17, and `Success` for 0.
pub fn name(errno: c_int) -> Option<&'static str> {
    macro_rules! names {
        ($($name:ident)*) => { match errno { $(libc::$name => Some(stringify!($name)),)* _ => None } };
    }
    if errno == 0 {
        return Some("Success");
    }
    names! {
        EPERM ENOENT ESRCH EINTR EIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST ENOTDIR
        EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EPIPE ERANGE ENAMETOOLONG ENOSYS
        ELOOP EIDRM EOVERFLOW EOPNOTSUPP ETIMEDOUT
    }
}

/// What `errno` means if `call` returned it; `None` where the manual page does not name it.
///
/// Source: lseek(2), ftok(3), shmget(2), shmop(2), shmctl(2), and the kernel's `ipc/shm.c` where they are silent.
pub fn meaning(call: Call, errno: c_int) -> Option<&'static str> {
    Some(match (call, errno) {
        (Call::Lseek, libc::EBADF) => "this process has no open file with this number",
        (Call::Lseek, libc::ESPIPE) => "a pipe or a socket has no position",
        (Call::Lseek, libc::EINVAL) => "the third argument is wrong, or the position would lie before the start",
        (Call::Lseek, libc::EOVERFLOW) => "the position fits no off_t",

        (Call::Ftok, libc::ENOENT) => "no file has the path that it was given",
        (Call::Ftok, libc::ENOTDIR) => "something in the middle of the path is not a directory",
        (Call::Ftok, libc::EACCES) => "a directory on the way may not be searched",
        (Call::Ftok, libc::ELOOP) => "too many symbolic links on the way",
        (Call::Ftok, libc::ENAMETOOLONG) => "more than 4095 bytes in the path, or 255 in a name",
        (Call::Ftok, libc::EFAULT) => "there is no path at the address that it was given",
        (Call::Ftok, libc::ENOMEM) => "the kernel has no memory left for the look-up",
        (Call::Ftok, libc::EOVERFLOW) => "the file's size or inode number fits no struct stat",

        (Call::Create | Call::Find, libc::EEXIST) => {
            "a segment has this key already, and IPC_CREAT | IPC_EXCL insists on a new one"
        }
        (Call::Create, libc::EINVAL) => "the size is 0 or above SHMMAX, or an existing segment is smaller",
        (Call::Find, libc::EINVAL) => "the segment is smaller than the size asked for",
        (Call::Create, libc::ENOENT) => "no segment has this key, and IPC_CREAT is missing",
        (Call::Find, libc::ENOENT) => "no segment has this key",
        (Call::Create | Call::Find, libc::EACCES) => {
            "the mode of the segment that has this key does not grant what the flags ask for"
        }
        (Call::Create | Call::Find, libc::ENOSPC) => {
            "the table is full (SHMMNI), or all segments together reached SHMALL"
        }
        (Call::Create | Call::Find, libc::ENOMEM) => "the kernel will not promise this much memory",
        (Call::Create | Call::Find, libc::ENFILE) => "the system has no open file left",

        (Call::Shmat, libc::EINVAL) => "no segment has this id, or the address asked for is not aligned or not free",
        (Call::Shmat, libc::EACCES) => "the segment's mode does not grant this access",
        (Call::Shmat, libc::ENOMEM) => "the address space has no room for it",
        (Call::Shmat, libc::EIDRM) => "the segment is just being removed",
        (Call::Shmat, libc::EPERM) => "only a privileged process may map below vm.mmap_min_addr",

        (Call::Shmdt, libc::EINVAL) => "no segment is attached at exactly this address",

        (Call::Stat | Call::Remove, libc::EINVAL) => "no segment has this id, or there is no such command",
        (Call::Stat | Call::Remove, libc::EIDRM) => "the segment is just being removed",
        (Call::Stat, libc::EACCES) => "IPC_STAT needs the right to read the segment",
        (Call::Remove, libc::EPERM) => "only its owner and its creator may remove a segment, whatever its mode",
        (Call::Stat, libc::EFAULT) => "the address for the answer is not in this process's memory",
        (Call::Stat, libc::EOVERFLOW) => "a user's or group's id does not fit the record",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_means_different_things_from_different_calls() {
        let of = |call| meaning(call, libc::EINVAL).unwrap();
        assert!(of(Call::Create).contains("SHMMAX") && !of(Call::Find).contains("SHMMAX"));
        assert!(of(Call::Shmdt).contains("address"));
        assert_eq!(meaning(Call::Shmdt, libc::ENOENT), None);
        // Huge pages are an unlikely cause.
        assert_eq!(meaning(Call::Create, libc::EPERM), None);
        // Removing needs no right to read: if it is refused so, another call was made.
        assert_eq!(meaning(Call::Remove, libc::EACCES), None);
    }
}
