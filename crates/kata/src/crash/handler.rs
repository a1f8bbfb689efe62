//! The handler of SIGSEGV and SIGBUS: it finds out what the address is, which no exit status tells, and lets the signal
//! take its usual course.

use std::{
    cell::Cell,
    fmt::{self, Write},
    os::fd::RawFd,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use libc::{c_int, c_void, siginfo_t};

use super::{
    context,
    fault::{CALLS, Fault},
};
use crate::kernel::{Mapping, parse_mapping};

/// Who is told.
enum Listener {
    /// A supervisor reads this descriptor, by this function.
    Supervisor(RawFd, fn(RawFd, &Fault)),
    /// Reported on standard error, with the program's name and the file that it runs from.
    Reader(String, String),
}

static LISTENER: OnceLock<Listener> = OnceLock::new();
/// What std had installed for the two signals: it tells a stack overflow from other bad addresses.
static USUAL: OnceLock<[libc::sigaction; 2]> = OnceLock::new();
/// Where this program was loaded, and how long it is there.
static LOADED: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];
const BAD_ADDRESS: [c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

/// From here on a supervisor hears of each bad address through `send`, which must be async-signal-safe.
pub(crate) fn tell_supervisor(frames: RawFd, send: fn(RawFd, &Fault)) {
    watch(Listener::Supervisor(frames, send));
}

/// From here on a SIGSEGV or SIGBUS of this process says on standard error what its address is: a null pointer, 17 bytes
/// behind the end of a segment. The signal ends the program all the same. `name` begins the line.
///
/// A second line is the command that names the lines of code which led there.
pub fn say_why(name: &str) {
    let path = std::env::args().next().unwrap_or_default();
    watch(Listener::Reader(name.to_owned(), path));
}

fn watch(listener: Listener) {
    if LISTENER.set(listener).is_err() {
        return; // already watching
    }
    prepare_calls();
    ready_this_thread();
    // SAFETY: an all-zero sigaction is a valid one (SIG_DFL, no flags, empty mask).
    let mut usual: [libc::sigaction; 2] = unsafe { std::mem::zeroed() };
    for (signal, usual) in BAD_ADDRESS.into_iter().zip(&mut usual) {
        // SAFETY: a null new action only asks; `usual` is ours to fill.
        unsafe { libc::sigaction(signal, std::ptr::null(), usual) };
    }
    let _ = USUAL.set(usual);
    for signal in BAD_ADDRESS {
        // SAFETY: as above, an all-zero sigaction is valid.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = on_bad_address as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        // SAFETY: the handler calls nothing that is not async-signal-safe; with SA_ONSTACK it runs on a stack that was set
        // aside, by std for each of its threads, or by `ready_this_thread`.
        unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) };
    }
}

/// How large a stack the handler needs to look around. std's is smaller, and large enough for the address alone.
const STACK: usize = 64 << 10;

/// Gives this thread a stack on which the handler can look around. It stays for the life of the process.
///
/// Source: sigaltstack(2).
pub(crate) fn ready_this_thread() {
    thread_local!(static READY: Cell<bool> = const { Cell::new(false) });
    if LISTENER.get().is_none() || READY.replace(true) {
        return;
    }
    let memory = Box::leak(vec![0_u8; STACK].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: STACK };
    // SAFETY: the memory is never freed and used for nothing else. When the thread ends, std takes the stack that is set
    // then out of use, and frees its own.
    unsafe { libc::sigaltstack(&stack, std::ptr::null_mut()) };
}

/// Whether the handler runs on a stack of [`STACK`] bytes. sigaltstack(2) is async-signal-safe.
fn has_room() -> bool {
    let mut stack = libc::stack_t { ss_sp: std::ptr::null_mut(), ss_flags: 0, ss_size: 0 };
    // SAFETY: a null new stack only asks, and `stack` is ours to fill.
    unsafe { libc::sigaltstack(std::ptr::null(), &mut stack) == 0 && stack.ss_size >= STACK }
}

/// backtrace(3) allocates nothing once libgcc is loaded, which its first call sees to; and notes where this program lies.
///
/// Source: backtrace(3), dl_iterate_phdr(3).
fn prepare_calls() {
    /// The first object is the program itself.
    extern "C" fn first(object: *mut libc::dl_phdr_info, _size: usize, _data: *mut c_void) -> c_int {
        // SAFETY: the C library passes a record that lives through the call, with `dlpi_phnum` headers.
        let (base, headers) = unsafe {
            let object = &*object;
            (object.dlpi_addr, std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into()))
        };
        let loaded = headers.iter().filter(|header| header.p_type == libc::PT_LOAD);
        let length = loaded.map(|header| header.p_vaddr + header.p_memsz).max().unwrap_or(0);
        LOADED[0].store(base, Ordering::Relaxed);
        LOADED[1].store(length, Ordering::Relaxed);
        1
    }
    let mut none = [std::ptr::null_mut(); 1];
    // SAFETY: `none` has room for one address, and `first` is what dl_iterate_phdr calls for.
    unsafe {
        libc::backtrace(none.as_mut_ptr(), 1);
        libc::dl_iterate_phdr(Some(first), std::ptr::null_mut());
    }
}

/// Tells what the address is, puts the usual handler back and returns: the same instruction faults again, now for the
/// usual handler. A signal that was sent is sent again, for no instruction will repeat it.
extern "C" fn on_bad_address(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel passes a siginfo_t that lives through the handler; reading its fields is reading numbers, and
    // which of them mean something is asked below.
    let (code, address) = unsafe { ((*info).si_code, (*info).si_addr()) };
    if code <= 0 {
        // Another process sent it, so no instruction will fault again.
        // SAFETY: an all-zero sigaction is SIG_DFL; sigaction(2) and raise(3) are async-signal-safe.
        unsafe {
            libc::sigaction(signal, &std::mem::zeroed(), std::ptr::null_mut());
            libc::raise(signal);
        }
        return;
    }
    // SAFETY: it is the context of this handler.
    let (access, pc) = unsafe { context::of(context) };
    let fault = Fault { signal, code, address: address.addr() as u64, access, near: None, calls: [0; CALLS] };
    match LISTENER.get() {
        Some(Listener::Supervisor(frames, send)) => {
            // Before anything else: whatever the look around meets, this is told.
            send(*frames, &fault);
            if has_room() {
                let fault = Fault { near: nearest(&fault), calls: calls(pc), ..fault };
                send(*frames, &fault);
            }
        }
        Some(Listener::Reader(name, path)) => say(name, path, fault, pc),
        None => {}
    }
    let usual = USUAL.get().and_then(|usual| usual.get(usize::from(signal == libc::SIGBUS)));
    if let Some(usual) = usual {
        // SAFETY: `usual` was returned by sigaction for this very signal; sigaction(2) is async-signal-safe.
        unsafe { libc::sigaction(signal, usual, std::ptr::null_mut()) };
    }
}

fn say(name: &str, path: &str, fault: Fault, pc: u64) {
    let room = has_room();
    let near = if room { nearest(&fault) } else { None };
    let fault = Fault { near, ..fault };
    let mut text = Text { bytes: [0; 1024], length: 0 };
    // A text that is too long ends where it does.
    let _ = write!(text, "{name}: ").and_then(|()| fault.describe(&mut text)).and_then(|()| text.write_char('\n'));
    text.print();
    if !room {
        return;
    }
    let mut text = Text { bytes: [0; 1024], length: 0 };
    let _ = write!(text, "{name}: {}{path}", super::lines::ASKS);
    for call in calls(pc).iter().take_while(|call| **call != 0) {
        let _ = write!(text, " {call:#x}");
    }
    let _ = text.write_char('\n');
    text.print();
}

/// Text that is made without allocating.
struct Text {
    bytes: [u8; 1024],
    length: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.length..self.length + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length += text.len();
        Ok(())
    }
}

impl Text {
    fn print(&self) {
        // SAFETY: the bytes are readable, and write(2) is async-signal-safe.
        unsafe { libc::write(libc::STDERR_FILENO, self.bytes.as_ptr().cast(), self.length) };
    }
}

/// The attachment of this process that the address lies in, or that begins or ends next to it.
fn nearest(fault: &Fault) -> Option<Mapping> {
    let address = fault.address()?;
    let mut best: Option<(u64, Mapping)> = None;
    each_line_of_maps(|line| {
        let Ok(Some(mapping)) = parse_mapping("", line) else { return };
        let (start, end) = (mapping.start as u64, mapping.end as u64);
        let distance = if address < start { start - address } else { (address + 1).saturating_sub(end) };
        if distance <= Fault::NEAR && best.as_ref().is_none_or(|(nearer, _)| distance < *nearer) {
            best = Some((distance, mapping));
        }
    });
    best.map(|(_, mapping)| mapping)
}

/// Reads `/proc/self/maps` by system calls alone, and hands on the lines that are about segments. One that is longer
/// than the buffer is left out.
fn each_line_of_maps(mut each: impl FnMut(&str)) {
    let mut buffer = [0_u8; 2048];
    // SAFETY: the path ends with a NUL, reads stay within the buffer, the descriptor is closed once; open(2), read(2) and
    // close(2) are async-signal-safe.
    unsafe {
        let fd = libc::open(c"/proc/self/maps".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
        if fd == -1 {
            return;
        }
        let mut filled = 0;
        loop {
            let length = libc::read(fd, buffer.as_mut_ptr().add(filled).cast(), buffer.len() - filled);
            let Ok(length @ 1..) = usize::try_from(length) else { break };
            filled += length;
            while let Some(end) = buffer[..filled].iter().position(|byte| *byte == b'\n') {
                if let Ok(line) = str::from_utf8(&buffer[..end])
                    && line.contains("/SYSV")
                {
                    each(line);
                }
                buffer.copy_within(end + 1..filled, 0);
                filled -= end + 1;
            }
            if filled == buffer.len() {
                filled = 0;
            }
        }
        libc::close(fd);
    }
}

/// Where in this program's file the instruction at `pc` is, and from where that was called, as far as that lies in the
/// program itself; the rest is 0.
fn calls(pc: u64) -> [u64; CALLS] {
    let mut stack = [std::ptr::null_mut(); CALLS + 8];
    // SAFETY: `stack` has room for so many addresses. backtrace(3) allocates nothing after its first call, in `watch`.
    let found = unsafe { libc::backtrace(stack.as_mut_ptr(), stack.len() as c_int) };
    let stack = &stack[..usize::try_from(found).unwrap_or(0)];
    // Before the fault come this handler's own calls.
    let first = stack.iter().position(|address| address.addr() as u64 == pc);
    let below = first.map_or(&[][..], |first| &stack[first + 1..]);
    // A call returns behind itself, which may be the next line.
    let all = [pc].into_iter().chain(below.iter().map(|address| address.addr() as u64 - 1));
    let (base, length) = (LOADED[0].load(Ordering::Relaxed), LOADED[1].load(Ordering::Relaxed));
    let own = all.filter_map(|address| address.checked_sub(base).filter(|offset| *offset != 0 && *offset < length));
    let mut calls = [0; CALLS];
    own.zip(&mut calls).for_each(|(address, call)| *call = address);
    calls
}
