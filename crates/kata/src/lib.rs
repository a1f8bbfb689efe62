//! What the lesson tests of this kata lean on. The library knows no lesson and depends on `libc` alone.
//!
//! Its modules, each of which uses only those above it:
//!
//! | module | what is in it |
//! |---|---|
//! | [`errno`] | what an error number means for a call |
//! | [`kernel`] | what the kernel says: segments, mappings, who holds what, limits |
//! | [`process`] | other processes: who they are, what they wait for, how they ended |
//! | [`crash`] | what a bad address was, found out in the process that dies of it |
//! | [`calls`] | direct system calls, for tests that act themselves |
//! | [`report`] | what came of a test: its fields, its words, and the form in which it travels |
//! | [`runner`] | a process, an IPC namespace and a deadline for a test; its supervisor, and the way of its report |
//! | [`sandbox`] | what a test touches: keys, planted segments, programs, a second process |
//! | [`expect`] | how a test says what it expected and what it found |

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
pub mod calls;
#[cfg(target_os = "linux")]
pub mod crash;
#[cfg(target_os = "linux")]
pub mod errno;
#[cfg(target_os = "linux")]
pub mod expect;
#[cfg(target_os = "linux")]
pub mod kernel;
#[cfg(target_os = "linux")]
pub mod process;
#[cfg(target_os = "linux")]
pub mod report;
#[cfg(target_os = "linux")]
pub mod runner;
#[cfg(target_os = "linux")]
pub mod sandbox;
