//! Lesson 1: two programs derive the same key from a file.
//!
//! `key_for(path, project)` asks ftok(3) for a key. ftok looks the file up and packs three numbers into one:
//!
//! ```text
//! project: 8 bits | device: 8 bits | inode: 16 bits
//! ```
//!
//! Every program that asks for the same file and the same project gets the same key. So two programs can find each
//! other's memory. In these tests `s.stranger()` is the second program: a separate process that does not run your code.
//!
//! Read on: `man 3 ftok`, `man 2 stat`.

use std::env::temp_dir;
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::ErrorKind;
use std::num::NonZeroU8;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use kata::errno::Call;
use kata::expect::{Explain, refused};
use kata::sandbox::{Sandbox, sandbox};
use key::key_for;
use libc::key_t;

/// Two programs agree only on a file and a project beforehand. You name the file by its full path. The stranger runs in
/// another directory and calls the file `meeting`. It is the same file, so both must get the same key.
// goal: 1
#[test]
fn a_stranger_in_another_directory_derives_the_same_key() {
    sandbox(|s| {
        let file = new_file("meeting");
        let project = project(s);

        let mut stranger = s.stranger();
        stranger.dir(&temp_dir()).expect("the stranger's chdir");
        let theirs = stranger.ftok(Path::new("meeting"), project.get()).arranged(Call::Ftok, "the stranger's ftok");

        same_key(&file, project, ask(&file, project), theirs);
    });
}

/// A relative path begins at the current directory of the process that asks. Here your process changes to the file's
/// directory and calls the file `meeting`. The stranger names it by its full path.
// goal: 1
#[test]
fn a_relative_path_begins_in_your_own_directory() {
    sandbox(|s| {
        let (file, project) = (new_file("meeting"), project(s));
        let theirs = s.stranger().ftok(&file, project.get()).arranged(Call::Ftok, "the stranger's ftok");
        std::env::set_current_dir(temp_dir()).expect("this process's chdir");
        for relative in ["meeting", "./meeting"] {
            same_key(Path::new(relative), project, ask(Path::new(relative), project), theirs);
        }
    });
}

/// Many programs can use the same file: their keys differ in the project. It is the top byte of the key, and the other
/// three bytes stay as they are. A project is any number from 1 to 255.
// goal: 1
#[test]
fn each_project_has_its_own_key() {
    sandbox(|s| {
        let (file, mut stranger) = (new_file("meeting"), s.stranger());
        for project in (1..=255).filter_map(NonZeroU8::new) {
            let theirs = stranger.ftok(&file, project.get()).arranged(Call::Ftok, "the stranger's ftok");
            same_key(&file, project, ask(&file, project), theirs);
        }
    });
}

/// A project is any byte but 0. From `0x80` on it sets the key's sign bit: `key_t` is signed, such keys are negative,
/// and the kernel accepts them like positive ones. Only -1 is special, because ftok returns it when it fails.
// goal: 3
#[test]
fn a_key_may_be_negative() {
    sandbox(|s| {
        let file = new_file("meeting");
        let project = NonZeroU8::new(s.number(0x80..=0xfe) as u8).expect("not 0");
        agree(s, &file, project);
    });
}

/// ftok asks for the file's device and inode and never reads the file. So it may be a directory, a file without read
/// permission, or a virtual file in /proc, whose inode number does not fit into the key's 16 bits.
// goal: 1
#[test]
fn any_kind_of_file_has_a_key() {
    sandbox(|s| {
        let secret = new_file("secret");
        fs::set_permissions(&secret, Permissions::from_mode(0o000)).expect("chmod 0");

        for path in [temp_dir().as_path(), &secret, Path::new("/proc/sysvipc/shm")] {
            agree(s, path, project(s));
        }
    });
}

/// One file can have several names. A hard link is a second name for the file, and a symbolic link leads to it. Both
/// give the same key.
// goal: 1
#[test]
fn a_link_is_the_same_file() {
    sandbox(|s| {
        let file = new_file("meeting");
        let (hard, soft) = (temp_dir().join("hard"), temp_dir().join("soft"));
        fs::hard_link(&file, &hard).expect("a hard link");
        symlink("meeting", &soft).expect("a symbolic link");

        let project = project(s);
        let key = agree(s, &file, project);
        same_key(&hard, project, ask(&hard, project), key);
        same_key(&soft, project, ask(&soft, project), key);
    });
}

/// An editor that saves may rename a new file over the old one. Both exist at that moment, so their inode numbers
/// differ, and so do the keys (except once in 65,536 times, because the key keeps 16 bits of the number). If one
/// program asks before the rename and the other after it, they get different keys. So agree on a file that no program
/// replaces. (If the old file is removed *before* the new one is created, the new one may get the same inode number,
/// and then the same key.)
// goal: 1
#[test]
fn another_file_under_the_same_name_has_another_key() {
    sandbox(|s| {
        let (file, mut next) = (new_file("meeting"), new_file("next"));
        // The key keeps 16 bits of the inode number.
        let bits = |path: &Path| fs::metadata(path).expect("the file is there").ino() as u16;
        for number in 0.. {
            if bits(&file) != bits(&next) {
                break;
            }
            next = new_file(format!("next-{number}"));
        }
        let project = project(s);

        let before = agree(s, &file, project);
        fs::rename(&next, &file).expect("a rename over the first file");
        let after = agree(s, &file, project);

        assert!(
            before != after,
            "key_for(temp_dir().join(\"meeting\"), ..), after another file was put under that name\n  expected: another \
             key than before\n  found:    {before:#010x} both times\n  look:     is an answer remembered?"
        );
    });
}

/// Without a file there is no key. ftok returns -1 then, and `errno` says why: return that as an `io::Error`. If your
/// program uses -1 as a key, it shares a segment with every other program that forgot to check, because the kernel
/// accepts -1 as a key.
// goal: 3
// errors: key_for ENOENT
#[test]
fn a_missing_file_is_an_error() {
    sandbox(|s| {
        let missing = temp_dir().join("missing");
        refused(key_for(&missing, project(s)), libc::ENOENT, Call::Ftok, asking(&missing));
    });
}

/// Asking for a key does not change the disk. If `key_for` created a missing file, a typing error in the path would
/// give a key that no other program uses.
// goal: 1
#[test]
fn asking_creates_nothing() {
    sandbox(|s| {
        let missing = temp_dir().join("missing");
        let _ = key_for(&missing, project(s));
        assert!(
            !missing.exists(),
            "{}, a file that does not exist\n  \
             expected: the directory stays empty\n  \
             found:    the file is there now\n  \
             look:     which call of yours creates files? ftok takes the path as it is, and fails",
            asking(&missing)
        );
    });
}

/// An error that only says "it did not work" does not help. ftok fails for many reasons, and the caller needs to know
/// which one. `io::Error::last_os_error()` reads `errno`. Call it right after ftok, before another call overwrites it.
// goal: 3
// errors: key_for ENOENT ENOTDIR EACCES ELOOP ENAMETOOLONG
#[test]
fn the_error_says_why() {
    sandbox(|s| {
        let file = new_file("file");
        let locked = temp_dir().join("locked");
        fs::create_dir(&locked).expect("a directory");
        fs::set_permissions(&locked, Permissions::from_mode(0o600)).expect("a directory that may not be searched");
        let circle = temp_dir().join("circle");
        symlink("circle", &circle).expect("a symbolic link to itself");

        if fs::metadata(locked.join("inside")).is_err_and(|error| error.kind() != ErrorKind::PermissionDenied) {
            s.skip("a root that keeps CAP_DAC_OVERRIDE passes through every directory");
        }
        for (path, errno) in [
            (PathBuf::new(), libc::ENOENT),
            (file.join("inside-a-file"), libc::ENOTDIR),
            (locked.join("inside"), libc::EACCES),
            (circle, libc::ELOOP),
            (temp_dir().join("a".repeat(256)), libc::ENAMETOOLONG),
        ] {
            refused(key_for(&path, project(s)), errno, Call::Ftok, asking(&path));
        }
    });
}

/// `errno` keeps the number of the last call that failed, which may be any earlier call. A call that succeeds does not
/// clear it. So it means something only after ftok has returned -1.
// goal: 3
#[test]
fn an_old_errno_is_no_failure() {
    sandbox(|s| {
        let (file, project) = (new_file("meeting"), project(s));
        let theirs = s.stranger().ftok(&file, project.get()).arranged(Call::Ftok, "the stranger's ftok");
        fs::metadata(temp_dir().join("missing")).expect_err("no file has this name, and errno is ENOENT now");
        same_key(&file, project, ask(&file, project), theirs);
    });
}

/// Asking for a key changes nothing in the process that asks: no file stays open, the current directory and the umask
/// are what they were.
// goal: 1
#[test]
fn asking_leaves_no_trace_in_the_process() {
    sandbox(|s| {
        let (file, missing, project) = (new_file("meeting"), temp_dir().join("missing"), project(s));
        s.leaving_no_trace(asking(&file), || ask(&file, project));
        s.leaving_no_trace(asking(&missing), || key_for(&missing, project).is_err());
    });
}

/// Programs ask for keys as often as they like. So `key_for` has to free all memory that it allocates.
// goal: 2
#[test]
fn asking_often_takes_no_more_memory() {
    sandbox(|s| {
        let (file, project) = (new_file("meeting"), project(s));
        // SAFETY: mallinfo looks at the allocator's numbers. (Before glibc 2.33 there is no mallinfo2.)
        let in_use = || unsafe { libc::mallinfo() }.uordblks;
        ask(&file, project);
        let before = in_use();
        for _ in 0..1000 {
            ask(&file, project);
        }
        let more = in_use().saturating_sub(before);
        assert!(
            more < 8 << 10,
            "{}, asked 1000 times\n  \
             expected: no more memory in use than before\n  \
             found:    {more} bytes more\n  \
             look:     is the C string dropped? into_raw and mem::forget keep it for ever",
            asking(&file)
        );
    });
}

/// Two threads may ask at the same time, each for a different file. (The paths are long, so that the calls often
/// overlap.)
// goal: 1
#[test]
fn two_threads_may_ask_at_once() {
    sandbox(|s| {
        let project = project(s);
        let files = ["one", "two"].map(|name| {
            new_file(name);
            detour_to(4000, name)
        });
        let theirs = files
            .each_ref()
            .map(|file| s.stranger().ftok(file, project.get()).arranged(Call::Ftok, "the stranger's ftok"));
        let ask =
            |file: &Path, theirs| (0..1000).map(|_| key_for(file, project).unwrap_or(-1)).find(|key| *key != theirs);
        let wrong = std::thread::scope(|scope| {
            let threads = [0, 1].map(|which| {
                let (file, theirs) = (&files[which], theirs[which]);
                scope.spawn(move || ask(file, theirs))
            });
            threads.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        for which in [0, 1] {
            same_key(&files[which], project, wrong[which].unwrap_or(theirs[which]), theirs[which]);
        }
    });
}

/// On Linux a file name is bytes, any but `/` and NUL, and need not be UTF-8. A `Path` holds them as they are;
/// a `str` cannot.
// goal: 2
#[test]
fn a_name_need_not_be_utf8() {
    sandbox(|s| {
        let file = new_file(OsStr::from_bytes(b"Stra\xdfe"));
        agree(s, &file, project(s));
    });
}

/// The kernel accepts paths of up to 4095 bytes. One byte more is `ENAMETOOLONG`.
// goal: 2
// errors: key_for ENAMETOOLONG
#[test]
fn a_path_may_be_long() {
    sandbox(|s| {
        new_file("meeting");
        for length in [s.number(2000..=3000) as usize, 4095] {
            agree(s, &detour(length), project(s));
        }
        let path = detour(4096);
        refused(key_for(&path, project(s)), libc::ENAMETOOLONG, Call::Ftok, asking(&path));
    });
}

/// A `Path` knows its length and has no NUL at its end. C reads until it finds a NUL. Here more bytes follow the path
/// in memory, and together they name another file.
// goal: 2
#[test]
fn bytes_behind_the_path_are_not_read() {
    sandbox(|s| {
        let file = new_file("meeting");
        let longer = new_file("meeting-postponed").into_os_string();
        let length = file.as_os_str().len();
        agree(s, Path::new(OsStr::from_bytes(&longer.as_bytes()[..length])), project(s));
    });
}

/// A C string ends at its first NUL. `meeting\0place` would become `meeting`, which is another file with another key.
/// Such a path cannot be passed to a system call, so refuse it before you call ftok.
// goal: 2
// errors: key_for InvalidInput
#[test]
fn a_nul_in_the_path_is_refused() {
    sandbox(|s| {
        new_file("meeting");
        for name in ["meeting\0place", "meeting\0", "\0meeting"] {
            let path = temp_dir().join(name);
            let result = key_for(&path, project(s));
            assert!(
                matches!(&result, Err(error) if error.kind() == ErrorKind::InvalidInput),
                "{}, a path with a NUL byte in it\n  \
                 expected: an error of the kind InvalidInput\n  \
                 found:    {}\n  \
                 look:     C takes the path to end at its first NUL. CString::new refuses one that has a NUL inside",
                asking(&path),
                shown(&result)
            );
        }
    });
}

/// A path of this many bytes to the file `meeting` in the temporary directory.
fn detour(length: usize) -> PathBuf {
    detour_to(length, "meeting")
}

fn detour_to(length: usize, name: &str) -> PathBuf {
    let (start, end) = (temp_dir().into_os_string(), format!("/{name}"));
    let between = length - start.len() - end.len();
    let slash = if between % 2 == 1 { "/" } else { "" };
    let mut path = start;
    path.push(slash.to_owned() + &"/.".repeat(between / 2) + &end);
    PathBuf::from(path)
}

/// A new, empty file in the test's own temporary directory, which the sandbox removes.
fn new_file(name: impl AsRef<Path>) -> PathBuf {
    let path = temp_dir().join(name);
    File::create(&path).expect("a file in the temporary directory");
    path
}

/// Some project whose keys are positive.
fn project(s: &Sandbox) -> NonZeroU8 {
    NonZeroU8::new(s.number(1..=0x7f) as u8).expect("not 0")
}

/// What `key_for` returned, for a message: the key in hexadecimal.
fn shown(result: &std::io::Result<key_t>) -> String {
    match result {
        Ok(key) => format!("Ok({key:#010x})"),
        Err(error) => format!("an error of the kind {:?}: {error}", error.kind()),
    }
}

/// The call, for a message. A very long path is cut.
fn asking(path: &Path) -> String {
    let own = temp_dir().join("").into_os_string().into_vec();
    let Some(name) = path.as_os_str().as_bytes().strip_prefix(own.as_slice()) else {
        return format!("key_for({path:?}, ..)");
    };
    let (name, rest) = if name.len() < 40 { (name, "") } else { (&name[..20], " and so on") };
    format!("key_for(temp_dir().join({:?}{rest}), ..)", OsStr::from_bytes(name))
}

#[track_caller]
fn ask(path: &Path, project: NonZeroU8) -> key_t {
    key_for(path, project).explained(Call::Ftok, asking(path))
}

/// Asks a stranger and you for the key of one file.
#[track_caller]
fn agree(s: &Sandbox, path: &Path, project: NonZeroU8) -> key_t {
    let theirs = s.stranger().ftok(path, project.get()).arranged(Call::Ftok, "the stranger's ftok");
    same_key(path, project, ask(path, project), theirs);
    theirs
}

/// Which of the three numbers in a key differ, and why.
fn what_differs(ours: key_t, theirs: key_t) -> &'static str {
    match (ours ^ theirs).cast_unsigned() {
        0x0000_0001..=0x0000_ffff => {
            "the inode is another file's. ftok follows links, reads its path up to a NUL, and has to be asked each time"
        }
        0x0100_0000..=0xffff_ffff if (ours ^ theirs) & 0x00ff_ffff == 0 => {
            "the project is another: it is ftok's second argument, and ftok has to be asked for each of them"
        }
        _ => "this is no key of the file and the project: does it come from ftok, for this very path?",
    }
}

#[track_caller]
fn same_key(path: &Path, project: NonZeroU8, ours: key_t, theirs: key_t) {
    assert!(
        ours != -1 || theirs == -1,
        "{} should be a key\n  \
             expected: {theirs:#010x}, from a stranger's ftok for the same file and project\n  \
             found:    Ok(-1), and with -1 ftok says that it failed\n  \
             look:     compare with -1 before you return Ok. And why does it fail? Does the path end with a NUL, and is \
             it still alive when ftok reads it? After CString::new(..)?.as_ptr() the string is dropped at once",
        asking(path)
    );
    assert!(
        ours == theirs,
        "{} for project {project:#x} should be the key that others derive\n  \
             expected: {theirs:#010x}, from a stranger's ftok for the same file and project\n  \
             found:    {ours:#010x}\n  \
             look:     {}\n            \
             project {:#04x} | device {:#04x} | inode {:#06x} on their side,\n            \
             project {:#04x} | device {:#04x} | inode {:#06x} on yours",
        asking(path),
        what_differs(ours, theirs),
        theirs >> 24 & 0xff,
        theirs >> 16 & 0xff,
        theirs & 0xffff,
        ours >> 24 & 0xff,
        ours >> 16 & 0xff,
        ours & 0xffff,
    );
}
