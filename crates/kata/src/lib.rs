//! What the lesson tests of this kata lean on: what the kernel says about System V shared memory ([`kernel`]), a hand
//! on a segment ([`segment`]), what an error number means for a call ([`errno`]) and how a test tells it ([`expect`]),
//! what the processes below this one do ([`process`]), and a process, an IPC namespace and a deadline for every test
//! ([`sandbox`]).
//!
//! The library knows no lesson and depends on `libc` alone.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "this kata asks the Linux kernel: /proc/sysvipc/shm, IPC namespaces and pidfds exist nowhere else. \
     Use WSL2 on Windows; on macOS and the BSDs use a Linux virtual machine or container."
);

#[cfg(all(target_os = "linux", not(all(target_env = "gnu", target_pointer_width = "64"))))]
compile_error!(
    "this kata is written for 64-bit Linux with the GNU C library: musl names a field of struct ipc_perm otherwise, \
     and 32-bit systems have other sizes. Use a Debian, Ubuntu or Fedora container instead of an Alpine one."
);

#[cfg(target_os = "linux")]
pub mod errno;
#[cfg(target_os = "linux")]
pub mod expect;
#[cfg(target_os = "linux")]
pub mod kernel;
#[cfg(target_os = "linux")]
pub mod process;
#[cfg(target_os = "linux")]
pub mod sandbox;
#[cfg(target_os = "linux")]
pub mod segment;
