//! Calls that the kernel refuses a test on demand.

use std::{io, mem::offset_of};

use super::faults;

/// From now on shmget(2) fails with `EPERM` in this thread if it creates and may open instead (`IPC_CREAT` without
/// `IPC_EXCL`), or lets the group or the others in. That shows a check before the call or a change of mode after it,
/// which leave a moment for somebody else: no race between processes would show it every time.
///
/// # Errors
/// `EINVAL` or `EACCES` where the kernel takes no filter, or a container forbids it.
///
/// Source: seccomp(2).
pub(super) fn refuse_careless_creation() -> io::Result<()> {
    const CREATES: u32 = libc::IPC_CREAT as u32;
    const CAREFUL: u32 = (libc::IPC_CREAT | libc::IPC_EXCL) as u32;
    const OTHERS: u32 = 0o077;
    // The third argument's low half: the kernel hands a filter 64 bits of each argument, and a filter loads 32.
    let low_half = if cfg!(target_endian = "big") { 4 } else { 0 };
    let flags = offset_of!(libc::seccomp_data, args) + 2 * size_of::<u64>() + low_half;
    let step = |code: u32, k: u32, jt, jf| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = |offset: usize| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset as u32, 0, 0);
    let program = [
        load(offset_of!(libc::seccomp_data, nr)),
        step(libc::BPF_JMP | libc::BPF_JEQ, libc::SYS_shmget as u32, 0, 5), // another call: allowed
        load(flags),
        step(libc::BPF_JMP | libc::BPF_JSET, CREATES, 0, 3), // opens: allowed
        step(libc::BPF_ALU | libc::BPF_AND, CAREFUL | OTHERS, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JEQ, CAREFUL, 1, 0),
        step(libc::BPF_RET, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32, 0, 0),
        step(libc::BPF_RET, libc::SECCOMP_RET_ALLOW, 0, 0),
    ];
    faults::install(&program, 0).map(drop)
}
