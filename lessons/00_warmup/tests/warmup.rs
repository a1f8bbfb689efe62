//! Lesson 0: a C function's failure becomes an io::Error.
//!
//! `position(fd)` asks lseek(2) how far an open file has been read. lseek returns the number of bytes, or -1 when there
//! is no such number, and then `errno` says why. `store(base, offset, byte)` stores one byte through a pointer.
//!
//! The tests do not believe what your functions return. They ask the kernel, which shows each open file in
//! `/proc/self/fdinfo`, and a second process, `s.stranger()`, which does not run your code. `sandbox(|s| ...)` runs
//! each test in a separate process.
//!
//! Read on: `man 2 lseek`, `man 3 errno`.

use std::env::temp_dir;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::ptr::{self, NonNull};

use kata::errno::Call;
use kata::expect::{Explain, refused, same};
use kata::sandbox::{Sandbox, sandbox};
use libc::c_int;
use warmup::{position, store};

/// A process knows its open files by numbers, and the kernel remembers for each file how far it has been read. lseek
/// returns that position: when you ask it to move by 0 bytes from the current position, it changes nothing.
// goal: 1
#[test]
fn the_position_is_the_one_that_the_kernel_has() {
    sandbox(|s| {
        let [one, another] = ["one", "another"].map(|name| {
            let mut file = new_file(name, 2000);
            let mut bytes = vec![0; s.number(1..=1999) as usize];
            file.read_exact(&mut bytes).expect("the test reads its own file");
            file
        });
        for file in [another, one] {
            is_the_kernels(&file, "a file from which the test has read some bytes");
        }
    });
}

/// A file that has not been read yet is at position 0, which is a valid result. Of all the numbers that lseek can
/// return here, only -1 means that it failed.
// goal: 1
#[test]
fn zero_is_a_position() {
    sandbox(|_| is_the_kernels(&new_file("new", 100), "a file that was just opened"));
}

/// A process may have an open file with the number 0: its standard input, usually. Only a negative number never belongs
/// to an open file.
// goal: 1
#[test]
fn zero_is_the_number_of_a_file() {
    sandbox(|s| {
        let mut file = new_file("input", 2000);
        file.seek(SeekFrom::Start(s.number(1..=1999))).expect("the test moves its own file's position");
        // SAFETY: dup2 takes two numbers. Number 0 is this process's standard input, from which nothing is read.
        assert_eq!(unsafe { libc::dup2(file.as_raw_fd(), 0) }, 0, "the file becomes standard input");
        // SAFETY: 0 has just been opened, and is closed only when `input` is dropped.
        let input = unsafe { File::from_raw_fd(0) };
        is_the_kernels(&input, "a file that is this process's standard input");
    });
}

/// lseek returns an `off_t`, which has 64 bits, and you return a `u64`. If your code cuts it to 32 bits in between, the
/// position in a large file is wrong.
// goal: 1
#[test]
fn a_position_may_be_larger_than_any_32_bit_number() {
    sandbox(|s| {
        let mut file = new_file("large", 0);
        for start in [0x8000_0000, 0xffff_ffff, 0x7_0000_0000] {
            // A position may lie behind the end. The file stays empty.
            file.seek(SeekFrom::Start(start + s.number(1..=1000))).expect("the test moves its own file's position");
            is_the_kernels(&file, "a file that was moved far behind its end");
        }
    });
}

/// Bytes come out of a pipe, or of a socket, once and in one order: there is no position to ask for. lseek returns -1 and
/// leaves `ESPIPE` in `errno`. Cast to a `u64`, this -1 would be 18446744073709551615 and look like a position.
// goal: 2
// errors: position ESPIPE
#[test]
fn a_pipe_has_no_position() {
    sandbox(|_| {
        let (pipe, _writer) = io::pipe().expect("a pipe");
        let (socket, _other_end) = UnixStream::pair().expect("a pair of sockets");
        for (fd, what) in [(pipe.as_raw_fd(), "a pipe"), (socket.as_raw_fd(), "a socket")] {
            has_none(fd, libc::ESPIPE, what);
        }
    });
}

/// A number that belongs to no open file is another failure, with another number in `errno`, and the caller needs to
/// know which failure it was. `io::Error::last_os_error()` reads it. Call it before anything else can overwrite
/// `errno`.
// goal: 2
// errors: position EBADF
#[test]
fn a_closed_file_has_no_position() {
    sandbox(|_| {
        let closed = new_file("closed", 100).as_raw_fd();
        for (fd, what) in [
            (closed, "a file that is closed"),
            (i32::MAX, "no file at all"),
            (-1, "the failure of another call, which was not checked"),
        ] {
            has_none(fd, libc::EBADF, what);
        }
    });
}

/// `errno` keeps the reason of the last call that failed, which may be any earlier call: a call that succeeds does not
/// clear it. So check what lseek returned first, and read `errno` only after -1.
// goal: 2
#[test]
fn an_old_errno_is_no_failure() {
    sandbox(|_| {
        let file = new_file("file", 100);
        fs::metadata(temp_dir().join("missing")).expect_err("no file has this name, so errno is ENOENT now");
        let fd = file.as_raw_fd();
        if let Err(error) = position(fd)
            && error.raw_os_error() == Some(libc::ENOENT)
        {
            panic!(
                "position(fd), of a file, after another call has failed with ENOENT\n  \
                 expected: Ok(0)\n  \
                 found:    ENOENT (2), the reason of that other call\n  \
                 look:     is it -1 that tells you that lseek failed, or errno?"
            );
        }
        is_the_kernels(&file, "a file, after another call has failed");
    });
}

/// Asking for the position must not change it, or anything else, because other parts of the program may use the same
/// file.
// goal: 1
#[test]
fn asking_changes_nothing() {
    sandbox(|s| {
        let mut file = new_file("file", 2000);
        let before = s.number(1..=1999);
        file.seek(SeekFrom::Start(before)).expect("the test moves its own file's position");
        let (fd, closed) = (file.as_raw_fd(), new_file("closed", 0).as_raw_fd());
        let found = s.leaving_no_trace("position(fd)", || position(fd));
        found.explained(Call::Lseek, "position(fd)");
        same(
            "the kernel's position of a file after position(fd)",
            before,
            kernels(fd),
            "lseek(fd, 0, SEEK_CUR) moves by nothing; SEEK_SET and SEEK_END move",
        );
        s.leaving_no_trace("position(fd), of a closed file,", || position(closed).is_err());
    });
}

/// `base` is where a piece of memory begins, a `NonNull<u8>`: an address that is not null. The type says nothing more.
/// Here the memory is shared with other programs: a second process finds the byte that you store.
// goal: 3
#[test]
fn another_process_finds_the_byte() {
    sandbox(|s| {
        let memory = Memory::new(s);
        let (offset, byte) = (s.number(1..=memory.size as u64 - 2) as usize, s.number(1..=254) as u8);
        memory.store(offset, byte);
        same(
            format!("the byte that another process finds after store(base, {offset}, {byte:#04x})"),
            format!("{byte:#04x}"),
            format!("{:#04x}", memory.seen(s)[offset]),
            "an offset counts bytes from `base`; and is the byte stored there, or in a copy?",
        );
    });
}

/// A byte has 8 bits, and each of its 256 values can be stored. 0 is one of them, and it can replace another value.
// goal: 3
#[test]
fn a_byte_has_256_values() {
    sandbox(|s| {
        let memory = Memory::new(s);
        const ONE_PLACE: usize = 300;
        for byte in 0..=255 {
            memory.store(usize::from(byte), byte);
            memory.store(ONE_PLACE, byte);
        }
        memory.store(ONE_PLACE, 0);
        let seen = memory.seen(s);
        for (offset, byte) in (0..=255).map(|byte| (usize::from(byte), byte)).chain([(ONE_PLACE, 0)]) {
            let asked = format!("the byte that another process finds after store(base, {offset}, {byte:#04x})");
            let [expected, found] = [byte, seen[offset]].map(|byte| format!("{byte:#04x}"));
            same(asked, expected, found, "is the byte stored as it is, whatever its value?");
        }
    });
}

/// An offset is a `usize`, so it may be larger than any 32-bit number. Cut to a C `int` on the way, it is another offset, or
/// a negative one.
// goal: 3
#[test]
fn an_offset_may_be_larger_than_any_32_bit_number() {
    sandbox(|s| {
        const SIZE: usize = 0x1_0001_0000;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: with no address given the kernel picks a free one. Only pages that are touched take memory.
        let address = unsafe { libc::mmap(ptr::null_mut(), SIZE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
        if address == libc::MAP_FAILED {
            s.skip("this process may not have 4 GiB of addresses");
        }
        let base = NonNull::new(address.cast::<u8>()).expect("the kernel picks an address that is not null");
        for start in [0x8000_0000, 0x1_0000_0000] {
            let (offset, byte) = (start + s.number(1..=60_000) as usize, s.number(1..=255) as u8);
            // SAFETY: this many bytes are mapped for writing until the process ends, and nothing else uses them.
            let found = unsafe {
                store(base, offset, byte);
                base.add(offset).read()
            };
            let asked = format!("the byte at base + {offset:#x} after store(base, {offset:#x}, {byte:#04x})");
            let [expected, found] = [byte, found].map(|byte| format!("{byte:#04x}"));
            same(asked, expected, found, "is the offset a usize all the way?");
        }
    });
}

/// `store` changes one byte, and the bytes beside it keep their values. The test tries the first byte, the last, and
/// one in the middle. A store of four bytes is as easy to write, and overwrites three other bytes.
// goal: 3
#[test]
fn no_other_byte_changes() {
    sandbox(|s| {
        let memory = Memory::new(s);
        let byte = !FILL;
        let mut expected = vec![FILL; memory.size];
        for offset in [memory.size / 2, s.number(1..=memory.size as u64 - 2) as usize, 0, memory.size - 1] {
            memory.store(offset, byte);
            expected[offset] = byte;
            let seen = memory.seen(s);
            if let Some(at) = (0..memory.size).find(|at| seen[*at] != expected[*at]) {
                panic!(
                    "store(base, {offset}, {byte:#04x}) should store one byte\n  \
                     expected: {:#04x} at offset {at}\n  \
                     found:    {:#04x} there\n  \
                     look:     is your pointer one to u8? A write through a *mut u32 stores four bytes",
                    expected[at], seen[at]
                );
            }
        }
    });
}

/// A new file of this many bytes in the test's temporary directory, open for reading and at its start.
fn new_file(name: &str, length: usize) -> File {
    let path = temp_dir().join(name);
    fs::write(&path, vec![b'.'; length]).expect("a file in the temporary directory");
    File::open(path).expect("the test opens its own file")
}

/// The position of this process's open file `fd` as the kernel has it.
fn kernels(fd: RawFd) -> u64 {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).expect("the kernel shows an open file");
    let position = info.lines().find_map(|line| line.strip_prefix("pos:"));
    position.and_then(|number| number.trim().parse().ok()).expect("fdinfo has a line with the position")
}

/// Requires that `position` returns the kernel's position.
#[track_caller]
fn is_the_kernels(file: &File, what: &str) {
    let fd = file.as_raw_fd();
    let expected = kernels(fd);
    let found = position(fd).explained(Call::Lseek, format!("position(fd), of {what},"));
    let look = "lseek(fd, 0, libc::SEEK_CUR) returns it, as an off_t of 64 bits";
    same(format!("position(fd), of {what}"), expected, found, look);
}

/// Requires that `position` returns the kernel's reason why `fd` has no position.
#[track_caller]
fn has_none(fd: RawFd, errno: c_int, what: &str) {
    let found = position(fd);
    assert!(
        !matches!(found, Ok(u64::MAX)),
        "position(fd), of {what}, should be refused\n  \
         expected: an error, with what errno says\n  \
         found:    Ok(-1 as u64), which is a position of 16 EiB\n  \
         look:     lseek returned -1: compare with -1 before you cast"
    );
    refused(found, errno, Call::Lseek, format!("position(fd), of {what},"));
}

/// What fills the memory before a byte is stored.
const FILL: u8 = 0xa5;

/// Some pages of a segment that this process has attached.
struct Memory {
    id: c_int,
    base: NonNull<u8>,
    /// To the end of the last page.
    size: usize,
}

impl Memory {
    fn new(s: &Sandbox) -> Self {
        let id = s.plant(s.key(), s.number(70_000..=90_000) as usize, 0o600).id();
        // SAFETY: with no address given the kernel picks a free one.
        let address = unsafe { libc::shmat(id, std::ptr::null(), 0) };
        assert_ne!(address.addr(), usize::MAX, "the test cannot attach a segment: {}", io::Error::last_os_error());
        let base = NonNull::new(address.cast::<u8>()).expect("the kernel picks an address that is not null");
        let size = s.mappings().iter().find(|mapping| mapping.id == id).expect("it is attached").length();
        // SAFETY: this many bytes are mapped for writing, and nothing else uses the segment yet.
        unsafe { base.as_ptr().write_bytes(FILL, size) };
        Self { id, base, size }
    }

    fn store(&self, offset: usize, byte: u8) {
        assert!(offset < self.size);
        // SAFETY: `size` bytes from `base` on are attached for writing until the process ends, and nothing else uses
        // them now.
        unsafe { store(self.base, offset, byte) };
    }

    /// All of the memory as another process reads it.
    fn seen(&self, s: &Sandbox) -> Vec<u8> {
        s.stranger().read(self.id, 0, self.size).expect("another process reads the segment")
    }
}
