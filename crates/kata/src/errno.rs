//! What an error number means when a certain call returned it, and where to look then.
//!
//! The same number means another thing from another call: `EINVAL` of shmget(2) is a size, of shmdt(2) an address.

use std::fmt;

use libc::c_int;

/// A call whose error numbers are explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// lseek(2): an open file's position.
    Lseek,
    /// ftok(3): a path and a number become a key.
    Ftok,
    /// shmget(2): a key becomes an id.
    Shmget,
    /// shmat(2): an id becomes an address.
    Shmat,
    /// shmdt(2): an address is given back.
    Shmdt,
    /// shmctl(2): ask, change, remove.
    Shmctl,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::Lseek => "lseek",
            Call::Ftok => "ftok",
            Call::Shmget => "shmget",
            Call::Shmat => "shmat",
            Call::Shmdt => "shmdt",
            Call::Shmctl => "shmctl",
        })
    }
}

/// What an error number means when a call returned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// What the kernel refused, in a sentence.
    pub meaning: &'static str,
    /// What it usually comes from, and where to look.
    pub look: &'static str,
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

/// The explanation of `errno` from `call`; `None` where the manual page does not name it.
///
/// Source: lseek(2), ftok(3), shmget(2), shmop(2), shmctl(2), and the kernel's `ipc/shm.c` where they are silent.
pub fn explain(call: Call, errno: c_int) -> Option<Explanation> {
    let (meaning, look) = match (call, errno) {
        (_, 0) => ("the kernel refused nothing", "what do you take for a failure? It is -1 and nothing else"),

        (Call::Lseek, libc::EBADF) => (
            "this process has no open file with this number",
            "is it the number that you were given? Was the file closed before?",
        ),
        (Call::Lseek, libc::ESPIPE) => ("a pipe or a socket has no position", "ls -l /proc/self/fd: what is open?"),
        (Call::Lseek, libc::EINVAL) => (
            "the third argument is wrong, or the position would lie before the start",
            "lseek(fd, 0, libc::SEEK_CUR) asks, and moves by nothing",
        ),
        (Call::Lseek, libc::EOVERFLOW) => ("the position fits no off_t", "lseek(fd, 0, libc::SEEK_CUR) asks"),

        (Call::Ftok, libc::ENOENT) => (
            "no file has this path",
            "the path is relative to the directory of the process that asks;\n            \
             or it was freed: CString::new(..)?.as_ptr() outlives the string",
        ),
        (Call::Ftok, libc::ENOTDIR) => {
            ("something in the middle of the path is not a directory", "look at each part of the path")
        }
        (Call::Ftok, libc::EACCES) => {
            ("a directory on the way may not be searched", "ls -ld on each directory of the path: x is what it takes")
        }
        (Call::Ftok, libc::ELOOP) => ("too many symbolic links on the way", "ls -l: does a link point to itself?"),
        (Call::Ftok, libc::ENAMETOOLONG) => {
            ("the path is longer than the file system takes", "4095 bytes for a path, 255 for a name")
        }
        (Call::Ftok, libc::EFAULT) => {
            ("there is no path at this address", "did a number or a null pointer go in, or is its memory unmapped?")
        }
        (Call::Ftok, libc::ENOMEM) => ("the kernel has no memory left for the look-up", "free -h"),
        (Call::Ftok, libc::EOVERFLOW) => {
            ("the file's size or inode number fits no struct stat", "stat -c '%s %i' FILE")
        }

        (Call::Shmget, libc::ENOENT) => (
            "no segment has this key, and the call did not ask for one to be made",
            "ipcs -m: is the key there? Did its creator run, with this very key?",
        ),
        (Call::Shmget, libc::EEXIST) => (
            "a segment has this key already, and IPC_CREAT | IPC_EXCL insists on a new one",
            "ipcs -m: who made it? ipcrm -M KEY removes one of yours",
        ),
        (Call::Shmget, libc::EINVAL) => (
            "the size is wrong: 0 for a new segment, above the limit SHMMAX, or more than the existing segment has",
            "is the size the second argument? ipcs -m shows what exists, ipcs -m -l the limits",
        ),
        (Call::Shmget, libc::EACCES) => (
            "a segment has this key, and its mode does not grant what the last nine flag bits ask for",
            "ipcs -m: owner and perms",
        ),
        (Call::Shmget, libc::ENOSPC) => (
            "the table is full (SHMMNI), or all segments together reached SHMALL",
            "ipcs -m -u and ipcs -m -l; ipcrm removes what is left over",
        ),
        (Call::Shmget, libc::ENOMEM) => {
            ("the kernel will not promise this much memory", "is the size what you meant? It is in bytes")
        }
        (Call::Shmget, libc::EPERM) => ("huge pages need a privilege", "is SHM_HUGETLB set by accident?"),
        (Call::Shmget, libc::ENFILE) => ("the system has no open file left", "cat /proc/sys/fs/file-nr"),

        (Call::Shmat, libc::EINVAL) => (
            "no segment has this id, or the address asked for is not aligned or not free",
            "an id is not a key: did shmget return it? Was it removed since? Without a reason for an address, pass NULL",
        ),
        (Call::Shmat, libc::EACCES) => (
            "the segment's mode does not grant this access",
            "ipcs -m: owner and perms; SHM_RDONLY asks for reading alone, SHM_EXEC for x too",
        ),
        (Call::Shmat, libc::ENOMEM) => {
            ("the address space has no room for it", "ulimit -v; is the segment larger than you think?")
        }
        (Call::Shmat, libc::EIDRM) => ("the segment is just being removed", "who calls IPC_RMID?"),
        (Call::Shmat, libc::EPERM) => (
            "only a privileged process may map below vm.mmap_min_addr",
            "which address went in? NULL lets the kernel pick",
        ),

        (Call::Shmdt, libc::EINVAL) => (
            "no segment is attached at exactly this address",
            "shmdt wants what shmat returned, unchanged, and takes it once; /proc/self/maps shows what is attached",
        ),

        (Call::Shmctl, libc::EINVAL) => (
            "no segment has this id, or there is no such command",
            "an id is not a key: did shmget return it? Was it removed already? ipcs -m",
        ),
        (Call::Shmctl, libc::EIDRM) => ("the segment has been removed", "ipcs -m"),
        (Call::Shmctl, libc::EACCES) => ("IPC_STAT needs read permission on the segment", "ipcs -m: owner and perms"),
        (Call::Shmctl, libc::EPERM) => (
            "only its owner and its creator may change or remove a segment, whatever its mode",
            "ipcs -m -c: who made it?",
        ),
        (Call::Shmctl, libc::EFAULT) => {
            ("the address for the answer is not yours", "the third argument points to a shmid_ds")
        }
        (Call::Shmctl, libc::EOVERFLOW) => ("a user's or group's id does not fit the record", "ipcs -m: owner"),
        (Call::Shmctl, libc::ENOMEM) => (
            "locking it would exceed what this user may lock",
            "ulimit -l; this kata locks nothing: which command is it?",
        ),
        _ => return None,
    };
    Some(Explanation { meaning, look })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_means_different_things_from_different_calls() {
        let meaning = |call| explain(call, libc::EINVAL).unwrap().meaning;
        assert!(meaning(Call::Shmget).contains("size"));
        assert!(meaning(Call::Shmdt).contains("address"));
        assert_eq!(explain(Call::Shmdt, libc::ENOENT), None);
        assert!(explain(Call::Ftok, libc::EFAULT).unwrap().look.contains("a number"));
    }
}
