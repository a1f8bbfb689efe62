//! What a signal that ended a test comes from.

use libc::c_int;

/// What a signal usually comes from in this kata, where no [`Fault`](crate::crash) is known. `said` is all that the
/// process panicked with and printed: code that aborts says why before.
pub fn cause_of(signal: c_int, said: &str) -> &'static str {
    match signal {
        libc::SIGSEGV | libc::SIGBUS => "the signal was sent, or the address is not known",
        libc::SIGABRT => cause_of_abort(said),
        libc::SIGKILL => "killed from outside; when memory runs out, the kernel does that",
        libc::SIGXFSZ => "it wrote more than 64 MiB: a loop that prints without an end?",
        libc::SIGSYS => "a system call that this machine's sandbox forbids",
        libc::SIGILL => "an instruction that does not exist: unreachable_unchecked, or a jump into data",
        libc::SIGPIPE => "it wrote to a pipe that no process reads any more",
        _ => "nothing in this kata sends it; a kill from outside?",
    }
}

/// Why a process aborted itself, by the words of Rust's runtime or of the C library; the first of these rows that fits.
fn cause_of_abort(said: &str) -> &'static str {
    const NULL: &str = "a null pointer was followed: who returned it, and did that call fail?";
    const MISALIGNED: &str =
        "a pointer was followed that is not aligned for its type: cast from a type of fewer bytes?";
    const PRECONDITION: &str = "an unsafe function got what it forbids; the panic says which";
    const STACK: &str = "the stack overflowed: does a function call itself without an end?";
    const DROP: &str = "a panic while another one unwinds, in a Drop: a destructor must not panic";
    const NO_UNWIND: &str = "a panic reached a function that cannot unwind, such as an extern \"C\" one";
    const TWICE: &str = "the allocator found memory freed twice: do two values own one pointer?";
    const NOT_ITS_OWN: &str = "something was freed that the allocator never gave out: an attached address, say";
    const DAMAGED: &str = "the allocator found its lists damaged: a store before or behind what was allocated";
    const MEMORY: &str = "there was no memory for so many bytes: a length that wrapped around?";
    const SIGNS: [(&str, &str); 17] = [
        ("null pointer dereference occurred", NULL),
        ("misaligned pointer dereference", MISALIGNED),
        ("unsafe precondition(s) violated", PRECONDITION),
        ("has overflowed its stack", STACK),
        ("panic in a destructor during cleanup", DROP),
        ("panic in a function that cannot unwind", NO_UNWIND),
        ("double free", TWICE),
        ("free(): invalid pointer", NOT_ITS_OWN),
        ("munmap_chunk(): ", NOT_ITS_OWN),
        ("free(): ", DAMAGED),
        ("malloc(): ", DAMAGED),
        ("malloc_consolidate(): ", DAMAGED),
        ("realloc(): ", DAMAGED),
        ("corrupted size vs. prev_size", DAMAGED),
        ("corrupted double-linked list", DAMAGED),
        ("stack smashing detected", "a store behind the end of an array on the stack"),
        ("memory allocation of ", MEMORY),
    ];
    let sign = SIGNS.iter().find(|(sign, _)| said.contains(sign));
    sign.map_or("the process aborted itself; if it or the C library said why, the reason is below", |(_, cause)| cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words are those of rustc 1.95 and glibc 2.36.
    #[test]
    fn an_abort_has_the_cause_that_the_process_named() {
        for (said, cause) in [
            ("null pointer dereference occurred", "null pointer"),
            ("misaligned pointer dereference: address must be a multiple of 0x4 but is 0x1001", "not aligned"),
            ("unsafe precondition(s) violated: NonNull::new_unchecked requires", "unsafe function"),
            (
                "thread 'a' (7) has overflowed its stack\nfatal runtime error: stack overflow, aborting",
                "stack overflowed",
            ),
            ("first\nsecond\npanic in a destructor during cleanup", "in a Drop"),
            ("first\npanic in a function that cannot unwind", "extern \"C\""),
            ("free(): double free detected in tcache 2", "freed twice"),
            ("double free or corruption (out)", "freed twice"),
            ("free(): invalid pointer", "never gave out"),
            ("munmap_chunk(): invalid pointer", "never gave out"),
            ("free(): invalid next size (normal)", "damaged"),
            ("malloc(): corrupted top size", "damaged"),
            ("memory allocation of 18446744073709551615 bytes failed", "no memory"),
            ("before segment 7 is read", "aborted itself"),
        ] {
            let found = cause_of(libc::SIGABRT, said);
            assert!(found.contains(cause), "{said}: {found}");
        }
    }
}
