//! Where to look when a call did not end as a test expected: by the call, by what was expected and by what was found.

use libc::c_int;

use super::numbers::Call;

/// What came of a call in place of what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A value.
    Value,
    /// The value -1, with which C functions say that they failed.
    MinusOne,
    /// An error that carries this number.
    Errno(c_int),
    /// An error that carries none.
    OtherError,
}

/// Where the difference may come from. `expected` is an error number, or `None` for success.
pub fn look(call: Call, expected: Option<c_int>, found: Found) -> Option<String> {
    use Found::{Errno, MinusOne, OtherError, Value};
    let advice = match (call, expected, found) {
        (_, _, MinusOne) => {
            return Some(format!(
                "-1 is how {call} says that it failed: compare with it before you return Ok, and return \
                 io::Error::last_os_error()"
            ));
        }
        (_, _, Errno(0)) => "which value does your code take for a failure? Only -1 is one",
        (Call::Lseek, None, Errno(libc::EBADF)) => "the file is open: is its number lseek's first argument?",
        (Call::Lseek, None, Errno(libc::EINVAL)) => "lseek(fd, 0, libc::SEEK_CUR) asks, and moves by nothing",
        (Call::Ftok, None, Errno(libc::ENOENT)) => {
            "the file is there, so other bytes reached ftok: does your path end with a NUL, is the \
             CString still alive when ftok reads it, and are the path's bytes as they were?"
        }
        (Call::Ftok, None, Errno(libc::EFAULT)) => {
            "did a null pointer or a number go in? ftok wants the address of a C string"
        }
        (Call::Ftok, None, Errno(libc::EACCES)) => "ftok needs no right to read the file: does your code open it?",
        (Call::Ftok, None, Errno(libc::ENAMETOOLONG)) => {
            "it is not too long: are the path's bytes handed on as they are, and is a NUL behind them?"
        }
        (Call::Ftok, None, OtherError) => {
            "which check of yours refuses this path? A name may hold any byte but / and NUL"
        }
        (Call::Ftok, Some(_), Value) => "ftok finds no file there: where does this key come from?",

        (Call::Create, None, Errno(libc::ENOENT)) => {
            "shmget makes a segment if IPC_CREAT is among its flags, the third argument"
        }
        (Call::Create, None, Errno(libc::EEXIST)) => {
            "no segment has this key before: does your code ask for a segment twice, or under another key?"
        }
        (Call::Create, None, Errno(libc::EINVAL)) => "is the size shmget's second argument, in bytes and unchanged?",
        (Call::Create, Some(libc::EEXIST), Value) => {
            "without IPC_EXCL shmget returns the segment that is there: IPC_CREAT | IPC_EXCL | 0o600"
        }
        (Call::Create, Some(libc::EEXIST), Errno(libc::EINVAL)) => {
            "without IPC_EXCL shmget finds the segment that is there, and this size is more than it has"
        }
        (Call::Create, Some(libc::EINVAL), Value) => {
            "hand the size to shmget as it is: the kernel checks it, and your caller wants to hear of it"
        }
        (Call::Create | Call::Find, None, Errno(libc::EPERM)) => {
            "shmget says this of huge pages alone (SHM_HUGETLB): which other call of yours failed?"
        }

        (Call::Find, None, Errno(libc::EEXIST)) => {
            "this call looks for what is there: IPC_CREAT and IPC_EXCL belong to the one that creates"
        }
        (Call::Find, None, Errno(libc::ENOENT)) => {
            "the segment is in the table below: is its key shmget's first argument?"
        }
        (Call::Find, None, Errno(libc::EINVAL)) => {
            "ask for the size 0: any other is refused where the segment is smaller"
        }
        (Call::Find, None, Errno(libc::EACCES)) => {
            "ask for no permission: leave the last nine bits of the flags 0. shmat decides about access"
        }
        (Call::Find, Some(libc::ENOENT), Value) => {
            "shmget makes a segment if IPC_CREAT is among its flags. If none was made (the table below \
             tells), then the id did not come from the kernel"
        }

        (Call::Shmat, None, Errno(libc::EINVAL)) => {
            "the segment is in the table below. Is its id shmat's first argument, and which ids does your \
             code refuse itself? For an address of the kernel's choice the second is a null pointer"
        }
        (Call::Shmat, None, Errno(libc::EACCES)) => {
            "which access do the flags ask for, shmat's third argument? SHM_RDONLY is reading alone, 0 is both"
        }
        (Call::Shmat, Some(libc::EACCES), Value) => "attach with the access that was asked for, and settle for no less",
        (Call::Shmat, Some(_), Value) => {
            "shmat fails with the address -1, and then there is none: what do you compare with?"
        }

        (Call::Shmdt, None, Errno(libc::EINVAL)) => {
            "shmdt wants the address that shmat returned, unchanged, and takes it once"
        }
        (Call::Shmdt, Some(libc::EINVAL), Value) => {
            "hand `base` to shmdt as it is, and look at what it returns: here that is -1"
        }

        (Call::Stat | Call::Remove, None, Errno(libc::EINVAL)) => {
            "the segment is in the table below: is its id shmctl's first argument? Or is this a check of \
             yours? The kernel alone knows which ids are good"
        }
        (Call::Remove, None, Errno(libc::EBUSY)) => {
            "is this a check of yours? IPC_RMID does not wait for those attached: it marks the segment"
        }
        (Call::Remove, None, Errno(libc::EACCES)) => {
            "IPC_RMID needs no right to read, IPC_STAT does: does your code look before it removes?"
        }
        (Call::Stat, Some(_), Value) => "look at what shmctl returns: after -1 nothing has been stored in the record",
        (_, Some(_), Value) => {
            return Some(format!("look at what {call} returns: -1 means that it failed, and errno says why"));
        }
        (_, Some(_), Errno(_) | OtherError) => {
            return Some(format!(
                "io::Error::last_os_error() right after {call} is the kernel's own word: hand that on"
            ));
        }
        (_, None, _) => return None,
    };
    Some(advice.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(call: Call, expected: Option<c_int>, found: Found) -> String {
        look(call, expected, found).unwrap_or_default()
    }

    #[test]
    fn the_advice_depends_on_what_was_expected() {
        let exists = Found::Errno(libc::EEXIST);
        assert!(advice(Call::Find, None, exists).contains("belong to the one that creates"));
        assert!(advice(Call::Create, None, exists).contains("twice"));
        assert!(advice(Call::Create, Some(libc::EEXIST), Found::Value).contains("IPC_EXCL"));
        assert!(advice(Call::Find, None, Found::Errno(libc::EINVAL)).contains("size 0"));
        assert!(advice(Call::Create, None, Found::Errno(libc::ENOENT)).contains("IPC_CREAT"));
        assert!(advice(Call::Ftok, None, Found::Errno(libc::ENOENT)).contains("NUL"));
    }

    #[test]
    fn minus_one_is_called_a_failure_by_its_function() {
        assert!(advice(Call::Ftok, Some(libc::ENOENT), Found::MinusOne).starts_with("-1 is how ftok says"));
        assert!(advice(Call::Create, None, Found::MinusOne).starts_with("-1 is how shmget says"));
    }

    /// The tests run in a table that `ipcs` does not show, and each of a learner's own segments is gone by then.
    #[test]
    fn nobody_is_sent_to_another_table_or_to_remove_a_segment() {
        for call in
            [Call::Lseek, Call::Ftok, Call::Create, Call::Find, Call::Shmat, Call::Shmdt, Call::Stat, Call::Remove]
        {
            for expected in [None, Some(libc::EINVAL), Some(libc::ENOENT), Some(libc::EEXIST), Some(libc::EACCES)] {
                let numbers = (0..134).map(Found::Errno);
                for found in numbers.chain([Found::Value, Found::MinusOne, Found::OtherError]) {
                    let advice = advice(call, expected, found);
                    assert!(!advice.contains("ipc"), "{call:?} {expected:?} {found:?}: {advice}");
                    assert!(expected.is_none() || !advice.is_empty(), "{call:?} {expected:?} {found:?}");
                }
            }
        }
    }
}
