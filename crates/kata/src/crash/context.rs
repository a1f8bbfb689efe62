//! What the processor says about a fault, where it can be had: what was tried, and at which instruction.

use libc::c_void;

use super::fault::Access;

/// What was tried and the address of the instruction that tried it, from the third argument of a signal handler.
///
/// # Safety
/// `context` is that argument, and the handler has not returned.
///
/// Source: the "Page-Fault Error Code" of Intel's manual, volume 3, section 5.7.
#[cfg(target_arch = "x86_64")]
pub(super) unsafe fn of(context: *const c_void) -> (Access, u64) {
    const PAGE_FAULT: i64 = 14;
    const STORE: i64 = 1 << 1;
    const FETCH: i64 = 1 << 4;
    // SAFETY: the kernel passes a ucontext_t that lives through the handler.
    let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    let error = registers[libc::REG_ERR as usize];
    let access = match registers[libc::REG_TRAPNO as usize] {
        PAGE_FAULT if error & FETCH != 0 => Access::Jump,
        PAGE_FAULT if error & STORE != 0 => Access::Store,
        PAGE_FAULT => Access::Load,
        _ => Access::Unknown,
    };
    (access, registers[libc::REG_RIP as usize].cast_unsigned())
}

/// As on x86-64. The kernel appends records to the registers, and that of the exception syndrome register (ESR) is one.
///
/// # Safety
/// `context` is that argument, and the handler has not returned.
///
/// Source: the kernel's `arch/arm64/include/uapi/asm/sigcontext.h`; the "ESR_EL1" of Arm's architecture manual.
#[cfg(target_arch = "aarch64")]
pub(super) unsafe fn of(context: *const c_void) -> (Access, u64) {
    const ESR_MAGIC: u32 = 0x4553_5201;
    const STORE: u64 = 1 << 6;
    // SAFETY: the kernel passes a ucontext_t that lives through the handler.
    let registers = unsafe { &raw const (*context.cast::<libc::ucontext_t>()).uc_mcontext };
    // SAFETY: as above.
    let pc = unsafe { (*registers).pc };
    let size = size_of::<libc::mcontext_t>();
    // The records begin behind the last register, at a multiple of 16 bytes.
    let mut at = (std::mem::offset_of!(libc::mcontext_t, pstate) + 8).next_multiple_of(16);
    while at + 16 <= size {
        // SAFETY: these 16 bytes are within the mcontext_t, which the kernel has filled or zeroed.
        let (magic, length, esr) = unsafe {
            let record = registers.cast::<u8>().add(at);
            (record.cast::<u32>().read(), record.cast::<u32>().add(1).read(), record.cast::<u64>().add(1).read())
        };
        match (magic, length) {
            (ESR_MAGIC, _) => {
                let access = match esr >> 26 & 0x3f {
                    0x20 | 0x21 => Access::Jump,
                    0x24 | 0x25 if esr & STORE != 0 => Access::Store,
                    0x24 | 0x25 => Access::Load,
                    _ => Access::Unknown,
                };
                return (access, pc);
            }
            (0, _) | (_, 0) => break,
            _ => at += length as usize,
        }
    }
    (Access::Unknown, pc)
}

/// Nothing is known on other architectures.
///
/// # Safety
/// None is needed here.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) unsafe fn of(_context: *const c_void) -> (Access, u64) {
    (Access::Unknown, 0)
}
