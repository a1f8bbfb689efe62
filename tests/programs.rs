//! With lessons 1 to 6 solved, `writer`, `reader` and `remover` talk to each other, to perl, to C and to `ipcs`. They
//! touch a segment only if it is theirs, and leave nothing behind. Here the solutions' programs run, each test in an
//! IPC namespace of its own.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use kata::kernel::Segment;
use kata::sandbox::{Finished, Options, Sandbox};
use rstest::rstest;

const ENTER: &str = "Enter some data to write to shared memory";

/// The article's transcripts, with the first line put right. Afterwards nothing is left.
#[test]
fn the_three_programs_print_the_transcripts() {
    with_programs(|s, run| {
        let key = s.this_key(2345);
        let written = run.ok(&["writer"], b"Hello World\n");
        let id = s.segment_by_key(key).expect("the writer leaves a segment").id;
        let key = format!("Key of shared memory is 2345 (0x929), id {id}\n");
        assert_eq!(written, format!("{key}Process attached at ADDRESS\n{ENTER}\nYou wrote: Hello World\n"));
        let read = run.ok(&["reader"], b"");
        assert_eq!(read, format!("{key}Process attached at ADDRESS\nData read from shared memory is: Hello World\n"));
        assert_eq!(run.ok(&["remover"], b""), format!("{key}Removed\n"));
        assert_eq!(s.segments(), []);
    });
}

#[rstest]
#[case::decimal(&["4242"], &["0x1092"], 4242)]
#[case::hexadecimal(&["0x00001092"], &["4242"], 4242)]
#[case::negative(&["-4242"], &["0xffffef6e"], -4242)]
#[case::left_out(&[], &["0x929"], 2345)]
fn a_key_has_many_spellings(#[case] one: &[&str], #[case] other: &[&str], #[case] key: libc::key_t) {
    with_programs(|s, run| {
        s.this_key(key);
        run.ok(&[&["writer"], one].concat(), b"Hello\n");
        assert_eq!(s.segment_by_key(key).map(|segment| segment.size), Some(1024));
        assert!(run.ok(&[&["reader"], other].concat(), b"").ends_with(": Hello\n"));
        run.ok(&[&["remover"], one].concat(), b"");
        assert_eq!(s.segments(), []);
    });
}

#[rstest]
fn an_invalid_key_is_refused(#[values("writer", "reader", "remover")] program: &str) {
    with_programs(|s, run| {
        let usage = format!("usage: {program} [KEY]\n");
        for arguments in [&["two"][..], &["0"], &["0x"], &["1", "2"]] {
            let ended = run.program(&[&[program], arguments].concat(), b"Hello\n");
            assert_eq!(ended.code(), Some(2), "{program} {arguments:?}: {}", ended.stderr());
            assert!(ended.stderr().starts_with(&format!("{program}: ")), "{}", ended.stderr());
            assert!(ended.stderr().contains(&usage), "{}", ended.stderr());
        }
        assert!(run.ok(&[program, "--help"], b"").starts_with(&usage));
        assert_eq!(s.segments(), []);
    });
}

#[test]
fn a_second_message_replaces_the_first() {
    with_programs(|s, run| {
        s.this_key(2345);
        run.ok(&["writer"], b"a long first message\n");
        run.ok(&["writer"], b"short\n");
        assert!(run.ok(&["reader"], b"").ends_with(": short\n"));
        assert_eq!(s.segments().len(), 1);
    });
}

#[test]
fn ipcs_sees_the_segment_and_ipcrm_removes_it() {
    with_programs(|s, run| {
        ["ipcs", "ipcrm"].iter().for_each(|name| tool(s, name));
        s.this_key(2345);
        run.ok(&["writer"], b"Hello\n");
        let table = stdout(Command::new("ipcs").arg("-m").output());
        let row: Vec<_> = table.lines().find(|line| line.starts_with("0x00000929")).unwrap().split(' ').collect();
        assert!(row.contains(&"600") && row.contains(&"1024") && row.contains(&"0"), "{table}");
        stdout(Command::new("ipcrm").args(["-M", "2345"]).output());
        run.refused(&["reader"], b"", "no segment has key 2345 (0x929)");
        assert_eq!(s.segments(), []);
    });
}

/// `shmread` copies bytes that it is told, `shmwrite` fills up with NULs.
#[test]
fn perl_reads_what_the_writer_wrote_and_writes_for_the_reader() {
    with_programs(|s, run| {
        tool(s, "perl");
        s.this_key(2345);
        run.ok(&["writer"], "a line in UTF-8: äöü\n".as_bytes());
        let script = "$i = shmget(2345, 0, 0) // die $!; shmread($i, $b, 0, 1024) or die $!; print $b";
        let segment = stdout(Command::new("perl").args(["-e", script]).output());
        assert_eq!(segment, format!("{:\0<1$}", "a line in UTF-8: äöü", 1024 - 3), "ä, ö and ü are two bytes each");

        let script = "$i = shmget(2345, 0, 0) // die $!; shmwrite($i, 'from perl', 0, 1024) or die $!";
        stdout(Command::new("perl").args(["-e", script]).output());
        assert!(run.ok(&["reader"], b"").ends_with("\nData read from shared memory is: from perl\n"));
    });
}

#[test]
fn a_c_program_prints_what_the_writer_wrote() {
    with_programs(|s, run| {
        let reader = compiled(s, "reader");
        s.this_key(2345);
        run.ok(&["writer"], b"a rather long first message\n");
        run.ok(&["writer"], b"Hello World\n");
        assert_eq!(stdout(Command::new(&*reader).output()), "Hello World");
    });
}

/// The C writer copies its newline along. The reader prints one line all the same, and the next writer takes over.
#[test]
fn the_reader_prints_what_a_c_program_wrote() {
    with_programs(|s, run| {
        let writer = compiled(s, "writer");
        let key = s.this_key(2345);
        assert_eq!(s.program(&*writer).stdin("Hello World\n").run().code(), Some(0));
        let mode = s.segment_by_key(key).map(|segment| segment.mode);
        assert_eq!(mode, Some(0o666), "the C writer's segment");
        assert!(run.ok(&["reader"], b"").ends_with("\nData read from shared memory is: Hello World\n"));
        run.ok(&["writer"], b"Hello again\n");
        assert!(run.ok(&["reader"], b"").ends_with(": Hello again\n"));
        run.ok(&["remover"], b"");
        assert_eq!(s.segments(), []);
    });
}

/// One byte too many or too few, and it is not theirs.
#[rstest]
fn a_segment_of_another_size_is_left_alone(#[values(1023, 1025)] size: usize) {
    with_programs(|s, run| {
        let segment = s.plant(s.this_key(2345), size, 0o666);
        segment.write(0, b"not for you");
        let before = s.segment(segment.id()).unwrap();
        refuse_to_touch(s, run, &before, &format!("{size} bytes"));
        assert_eq!(segment.read(0..12), b"not for you\0");
    });
}

/// Every user may write to it, and still it is another user's.
#[test]
fn a_segment_of_another_user_is_left_alone() {
    with_programs(|s, run| {
        tool(s, "perl");
        let key = s.this_key(2345);
        let script = "shmwrite(shmget(2345, 1024, 0666 | 01000) // die($!), 'not for you', 0, 1024) or die $!";
        let made = Command::new("perl").args(["-e", script]).uid(65534).gid(65534).current_dir("/").output();
        if !made.is_ok_and(|made| made.status.success()) {
            s.skip("only root can be another user for a moment");
        }
        let before = s.segment_by_key(key).unwrap();
        assert_eq!((before.cuid, before.mode), (65534, 0o666), "the other user's segment");
        refuse_to_touch(s, run, &before, "created by user 65534");
    });
}

/// A bad line loses nothing. A segment that was created for it stays, and the programs say that nothing is in it.
#[rstest]
#[case::empty(b"", "ended before its first byte")]
#[case::too_long(&[b'x'; 1024], "more than 1023 bytes")]
#[case::with_a_nul(b"Hello\0World\n", "NUL")]
fn bad_input_changes_nothing(#[case] input: &[u8], #[case] why: &str) {
    with_programs(|s, run| {
        s.this_key(2345);
        run.refused(&["writer"], input, why);
        run.refused(&["writer"], input, why);
        run.refused(&["reader"], b"", "nothing has been written to it yet");
        run.ok(&["writer"], b"the old message\n");
        run.refused(&["writer"], input, why);
        assert!(run.ok(&["reader"], b"").ends_with(": the old message\n"));
    });
}

/// A line that is no text goes through unchanged.
#[test]
fn bytes_of_any_kind_arrive() {
    with_programs(|s, run| {
        s.this_key(2345);
        let line: Vec<u8> = (1..=255).filter(|&byte| byte != b'\n').collect();
        run.ok(&["writer"], &line);
        let ended = run.program(&["reader"], b"");
        assert!(ended.stdout.ends_with(&[b": ", &line[..], b"\n"].concat()), "{}", ended.stdout.escape_ascii());
    });
}

/// A writer that is killed at its prompt has stored nothing, and no look of the reader or of the x-ray changes that. The
/// next writer takes the segment.
#[test]
fn what_a_killed_writer_leaves_is_not_a_message() {
    with_programs(|s, run| {
        let key = s.this_key(2345);
        let waiting = s.program(run.path("writer")).spawn();
        waiting.wait_for_stdout(ENTER);
        // SAFETY: kill takes two numbers, and this one is a child that has not been waited for.
        unsafe { libc::kill(waiting.pid(), libc::SIGKILL) };
        assert_eq!(waiting.wait().code(), None);
        let left = s.segment_by_key(key).expect("the segment outlives its writer");
        for _ in 0..2 {
            run.refused(&["reader"], b"", "nothing has been written to it yet");
            let xray = s.program(env!("CARGO_BIN_EXE_kata")).arg("xray").arg("--once").run();
            assert!(xray.stdout().contains("00000000  … 1024 zero bytes"), "{}", xray.stdout());
        }
        run.ok(&["writer"], b"Hello\n");
        assert_eq!(s.segment_by_key(key).map(|segment| segment.id), Some(left.id));
        assert!(run.ok(&["reader"], b"").ends_with(": Hello\n"));
    });
}

/// The writer of a fresh segment fails, but in the meantime another writer has put a message into it.
#[test]
fn a_message_that_came_meanwhile_stays() {
    with_programs(|s, run| {
        let key = s.this_key(2345);
        let waiting = s.program(run.path("writer")).spawn();
        waiting.wait_for_stdout(ENTER);
        run.ok(&["writer"], b"meanwhile\n");
        assert_eq!(waiting.wait().code(), Some(1), "it got no line");
        assert!(run.ok(&["reader"], b"").ends_with(": meanwhile\n"));
        assert!(s.segment_by_key(key).is_some());
    });
}

/// Two writers wait at their prompts; the one that made the segment fails. The other is still about to leave a message.
#[test]
fn a_writer_that_fails_leaves_the_segment_to_one_that_waits() {
    with_programs(|s, run| {
        s.this_key(2345);
        let first = s.program(run.path("writer")).spawn();
        first.wait_for_stdout(ENTER);
        let mut second = s.program(run.path("writer")).spawn();
        second.wait_for_stdout(ENTER);
        assert_eq!(first.wait().code(), Some(1), "it got no line");
        second.write(b"Hello\n");
        assert_eq!(second.wait().code(), Some(0));
        assert!(run.ok(&["reader"], b"").ends_with(": Hello\n"));
    });
}

/// Standard output may be full, or closed by its reader. That is an error like any other, and no panic.
#[test]
fn output_that_goes_nowhere_is_an_error() {
    with_programs(|s, run| {
        s.this_key(2345);
        let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
        let into_full = |name| Command::new(run.path(name)).stdin(Stdio::null()).stdout(full()).output().unwrap();
        assert_eq!(into_full("writer").status.code(), Some(1));
        run.refused(&["reader"], b"", "nothing has been written to it yet");
        run.ok(&["writer"], b"Hello\n");
        for name in ["reader", "remover"] {
            let ended = into_full(name);
            assert_eq!(ended.status.code(), Some(1));
            assert_eq!(
                String::from_utf8_lossy(&ended.stderr),
                format!("{name}: No space left on device (os error 28)\n")
            );
        }
        assert_eq!(s.segments().len(), 1, "a remover that cannot say what it is about to do does nothing");
    });
}

/// With its table of segments full the kernel makes no more of them. The writer says that, and not something else.
#[test]
fn a_full_table_is_an_error() {
    with_programs(|s, run| {
        let key = s.this_key(2345);
        if std::fs::write("/proc/sys/kernel/shmmni", "1").is_err() {
            s.skip("only root can limit the segments of its namespace");
        }
        run.refused(&["writer"], b"Hello\n", "key 2345 (0x929): No space left on device");
        assert!(s.segment_by_key(key).is_none());
    });
}

/// The solutions' programs, and the sandbox to run them in.
struct Programs<'s> {
    sandbox: &'s Sandbox,
    directory: PathBuf,
}

/// A sandbox and the programs; cargo builds them first, in the time of the test.
fn with_programs(test: impl FnOnce(&Sandbox, &Programs)) {
    Options::new().deadline(Duration::from_secs(300)).run(|sandbox| {
        if !sandbox.isolated() {
            sandbox
                .skip("without an IPC namespace these tests would meet each other, and this machine's, under key 2345");
        }
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
        let solutions = Path::new(env!("CARGO_MANIFEST_DIR")).join("solutions");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(solutions).args(["build", "--quiet", "--locked", "--bins", "--target-dir"]).arg(&target);
        stdout(cargo.output());
        test(sandbox, &Programs { sandbox, directory: target.join("debug") });
    });
}

impl Programs<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn program(&self, command: &[&str], input: &[u8]) -> Finished {
        let program = self.sandbox.program(self.path(command[0])).stdin(input);
        command[1..].iter().fold(program, |program, argument| program.arg(argument)).run()
    }

    /// What it printed, with the address hidden; it has to succeed.
    #[track_caller]
    fn ok(&self, command: &[&str], input: &[u8]) -> String {
        let ended = self.program(command, input);
        assert_eq!(ended.code(), Some(0), "{command:?}: {}", ended.stderr());
        assert_eq!(ended.stderr(), "", "{command:?}");
        let hide = |line: &str| match line.split_once(" at 0x") {
            Some((start, address)) if usize::from_str_radix(address, 16).is_ok() => format!("{start} at ADDRESS\n"),
            _ => format!("{line}\n"),
        };
        ended.stdout().lines().map(hide).collect()
    }

    /// It has to end with exit code 1, and these words.
    #[track_caller]
    fn refused(&self, command: &[&str], input: &[u8], why: &str) {
        let ended = self.program(command, input);
        assert_eq!(ended.code(), Some(1), "{command:?}: {}", ended.stderr());
        assert!(ended.stderr().starts_with(&format!("{}: ", command[0])), "{}", ended.stderr());
        assert!(ended.stderr().contains(why), "{why:?} in {}", ended.stderr());
    }
}

/// None of the programs changes a segment under key 2345; each says whose it is and where to look.
#[track_caller]
fn refuse_to_touch(s: &Sandbox, run: &Programs, before: &Segment, why: &str) {
    for name in ["writer", "reader", "remover"] {
        run.refused(&[name], b"Hello\n", why);
        run.refused(&[name], b"Hello\n", &format!("ipcs -m -i {}", before.id));
    }
    let same = |row: &Segment| (row.id, row.key, row.mode, row.lpid, row.ctime);
    assert_eq!(s.segments().iter().map(same).collect::<Vec<_>>(), [same(before)], "nobody attached, nobody removed");
}

/// A tool that not every machine has: without it the test is skipped, but never where the kata is judged.
#[track_caller]
fn tool(s: &Sandbox, name: &str) {
    let found =
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(name).exists()));
    assert!(found || std::env::var_os("CI").is_none(), "{name} is not installed");
    if !found {
        s.skip(format!("{name} is not installed"));
    }
}

/// A C program of this directory, compiled for as long as the test takes.
fn compiled(s: &Sandbox, name: &str) -> tempfile::TempPath {
    tool(s, "cc");
    let program = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let source = format!("{}/tests/programs/{name}.c", env!("CARGO_MANIFEST_DIR"));
    stdout(Command::new("cc").args([OsStr::new("-o"), program.as_os_str(), source.as_ref()]).output());
    program
}

/// What a command printed; it has to succeed.
#[track_caller]
fn stdout(output: std::io::Result<Output>) -> String {
    let output = output.expect("the command starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
