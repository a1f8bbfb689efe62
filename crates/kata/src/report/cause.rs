//! What a signal that ended a test comes from.

use libc::c_int;

/// A bad address, and why the kernel refused it (`SEGV_MAPERR`, `SEGV_ACCERR`; sigaction(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// `si_code`.
    pub code: c_int,
    /// `si_addr`.
    pub address: u64,
}

/// What a signal usually comes from in this kata. `said` is all that the process panicked with and printed: whoever
/// aborts says why before.
pub fn cause_of(signal: c_int, fault: Option<Fault>, said: &str) -> &'static str {
    const NEAR: u64 = 1 << 16;
    const TOP: u64 = u64::MAX - NEAR;
    /// `<asm-generic/siginfo.h>`; libc does not name it.
    const SEGV_ACCERR: c_int = 2;
    match (signal, fault) {
        (libc::SIGSEGV, Some(Fault { address: TOP.., .. })) => {
            "that is (void *) -1, with which shmat reports an error: compare with it before you use the address"
        }
        (libc::SIGSEGV, Some(Fault { address: ..NEAR, .. })) => {
            "that is a null pointer, a few bytes behind one, or a small number (an id?) taken for an address"
        }
        (libc::SIGSEGV, Some(Fault { code: SEGV_ACCERR, .. })) => {
            "it is mapped, but not for this access: a store through an attachment for reading alone?"
        }
        (libc::SIGSEGV, Some(_)) => "nothing is mapped there: detached already, or behind the segment's last page?",
        (libc::SIGSEGV, None) => {
            "the kernel names no address: it was none at all (bytes taken for a pointer?), or the signal was sent"
        }
        (libc::SIGBUS, _) => "the address is mapped and has nothing behind it: a file shorter than its mapping",
        (libc::SIGABRT, _) => cause_of_abort(said),
        (libc::SIGKILL, _) => "killed from outside; when memory runs out, the kernel does that",
        (libc::SIGXFSZ, _) => "it wrote more than 64 MiB: a loop that prints without an end?",
        (libc::SIGSYS, _) => "a system call that this machine's sandbox forbids",
        (libc::SIGILL, _) => "an instruction that does not exist: unreachable_unchecked, or a jump into data",
        (libc::SIGPIPE, _) => "it wrote to a pipe that nobody reads any more",
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
    sign.map_or("the process aborted itself; if it or the C library said why, it stands below", |(_, cause)| cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_address_tells_what_it_is() {
        let cause = |code, address| cause_of(libc::SIGSEGV, Some(Fault { code, address }), "double free");
        assert!(cause(1, u64::MAX).contains("(void *) -1"));
        assert!(cause(1, 8).contains("null"));
        assert!(cause(1, 0x7f00_0000_0000).contains("nothing is mapped"));
        assert!(cause(2, 0x7f00_0000_0000).contains("reading alone"));
        assert!(cause_of(libc::SIGSEGV, None, "").contains("no address"));
    }

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
            let found = cause_of(libc::SIGABRT, None, said);
            assert!(found.contains(cause), "{said}: {found}");
        }
    }
}
