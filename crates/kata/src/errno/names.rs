//! The symbolic names of error numbers.

use libc::c_int;

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
