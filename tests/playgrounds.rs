//! What the book's playgrounds say of the kernel, the kernel says. `book/check/cases.json` has the cases; the browser
//! check asks the pages the same.

use std::collections::HashMap;
use std::ffi::CString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;

use kata::calls::shm::{Access, Attached};
use kata::kernel::Segment;
use kata::sandbox::{Sandbox, Stranger, sandbox};
use libc::{c_int, key_t};
use tinyjson::JsonValue;

const SIZE: usize = 16;
const PAGE: usize = 24;

/// The cases of one playground.
fn cases(of: &str) -> Vec<HashMap<String, JsonValue>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/check/cases.json");
    let all: JsonValue = fs::read_to_string(path).unwrap().parse().unwrap();
    let list: &Vec<JsonValue> = all[of].get().unwrap();
    assert!(list.len() > 5, "{of}: {} cases", list.len());
    list.iter().map(|case| case.get::<HashMap<_, _>>().unwrap().clone()).collect()
}

fn text(value: &JsonValue) -> &str {
    value.get::<String>().unwrap()
}

/// An answer as the pages print it.
fn answer<T>(result: io::Result<T>) -> String {
    match result.map_err(|error| error.raw_os_error()) {
        Ok(_) => "yes".to_owned(),
        Err(Some(libc::EACCES)) => "EACCES".to_owned(),
        Err(Some(libc::EPERM)) => "EPERM".to_owned(),
        Err(Some(libc::EEXIST)) => "EEXIST".to_owned(),
        Err(Some(libc::ENOENT)) => "ENOENT".to_owned(),
        Err(Some(libc::EINVAL)) => "EINVAL".to_owned(),
        Err(other) => panic!("errno {other:?} is on no page"),
    }
}

/// -1 is a failure.
fn checked(result: c_int) -> io::Result<c_int> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

#[test]
fn bytes_are_stored_where_the_page_stores_them() {
    sandbox(|s| {
        for case in cases("bytes") {
            let planted = s.plant(s.key(), SIZE, 0o600);
            let attached = Attached::new(planted.id(), Access::ReadWrite).unwrap();
            let mut says = "";
            for write in case["writes"].get::<Vec<JsonValue>>().unwrap() {
                says = store(&attached, text(&write[0]), text(&write[1]));
            }
            // Another process, at another address, sees the segment and what is behind it.
            let memory = s.stranger().read(planted.id(), 0, PAGE).unwrap();
            let seen: String = memory.iter().map(|byte| format!("{byte:02x}")).collect();
            let what = format!("{:?}", case["writes"]);
            assert_eq!((says, seen.as_str()), (text(&case["says"]), text(&case["memory"])), "{what}");
            let mut printed = [1; 2 * PAGE];
            // SAFETY: the buffer is larger than the messages; the bytes end with a NUL within the page, as a fresh page
            // is zero and the longest message is shorter than PAGE.
            unsafe {
                libc::snprintf(printed.as_mut_ptr().cast(), printed.len(), c"%s".as_ptr(), attached.address());
            }
            let end = printed.iter().position(|byte| *byte == 0).unwrap();
            assert_eq!(String::from_utf8_lossy(&printed[..end]), text(&case["printed"]), "{what}");
            s.remove(planted.id());
        }
    });
}

/// The stores that the options ask for.
fn store(attached: &Attached, message: &str, options: &str) -> &'static str {
    let has = |option| options.split(' ').any(|one| one == option);
    if has("check") && message.len() + 1 > SIZE {
        return "InvalidInput";
    }
    attached.write(0, message.as_bytes());
    let mut end = message.len();
    if has("nul") {
        attached.write(end, &[0]);
        end += 1;
    }
    if has("zeroes") && end < SIZE {
        attached.write(end, &vec![0; SIZE - end]);
    }
    "Ok"
}

/// The owner, the creator, a user in the owner's group, another user, root: user and group.
const CALLERS: [(u32, u32); 5] = [(60002, 60102), (60001, 60101), (60003, 60102), (60004, 60104), (0, 0)];

#[test]
fn the_kernel_permits_what_the_page_permits() {
    // SAFETY: geteuid takes nothing.
    if unsafe { libc::geteuid() } != 0 || as_user(60001, 60101, || Ok(0)).is_err() {
        eprintln!("skipped: several users need the real root");
        return;
    }
    for case in cases("permissions") {
        let mode = u32::from_str_radix(text(&case["mode"]), 8).unwrap();
        let caller = *case["caller"].get::<f64>().unwrap() as usize;
        let (user, group) = CALLERS[caller];
        let expected: Vec<_> = text(&case["answers"]).split(' ').collect();
        let mut found = Vec::new();
        for call in 0..expected.len() {
            let (key, id) = given_away(mode);
            found.push(answer(as_user(user, group, || ask(call, key, id, mode))));
            // SAFETY: IPC_RMID ignores its third argument. The segment may be gone already.
            unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) };
        }
        assert_eq!(found, expected, "mode {mode:04o}, caller {caller}, in the order of `calls`");
    }
}

/// A new segment of the first caller's, which the second has created and given away.
fn given_away(mode: u32) -> (key_t, c_int) {
    let (creator, owner) = (CALLERS[1], CALLERS[0]);
    let (key, id) = (1..)
        .map(|n| 0x4b41_0000 + n + (std::process::id() & 0xff).cast_signed() * 0x100)
        .find_map(|key| {
            // SAFETY: shmget takes three numbers.
            let create = || checked(unsafe { libc::shmget(key, 1024, libc::IPC_CREAT | libc::IPC_EXCL | 0o600) });
            Some((key, as_user(creator.0, creator.1, create).ok()?))
        })
        .expect("a key is free");
    // SAFETY: shmid_ds is plain numbers; IPC_STAT fills it and IPC_SET reads it.
    let given = unsafe {
        let mut record: libc::shmid_ds = std::mem::zeroed();
        checked(libc::shmctl(id, libc::IPC_STAT, &raw mut record)).and_then(|_| {
            (record.shm_perm.uid, record.shm_perm.gid) = owner;
            record.shm_perm.mode = mode as _;
            checked(libc::shmctl(id, libc::IPC_SET, &raw mut record))
        })
    };
    given.expect("root gives a segment away");
    (key, id)
}

/// Runs `work` in a thread that is this user. Only that thread changes: the system calls are per thread, and glibc's
/// functions, which change all threads, are not used.
fn as_user(user: u32, group: u32, work: impl FnOnce() -> io::Result<c_int> + Send) -> io::Result<c_int> {
    let act = || {
        let ids = |call, id: u32| {
            // SAFETY: setresuid and setresgid take three numbers.
            checked(unsafe { libc::syscall(call, id, id, id) } as c_int)
        };
        // SAFETY: with a length of 0 the list is not read.
        checked(unsafe { libc::syscall(libc::SYS_setgroups, 0, std::ptr::null::<u32>()) } as c_int)?;
        ids(libc::SYS_setresgid, group)?;
        ids(libc::SYS_setresuid, user)?;
        work()
    };
    thread::scope(|scope| scope.spawn(act).join().expect("the thread ends"))
}

/// Call number `call` of the page's table.
fn ask(call: usize, key: key_t, id: c_int, mode: u32) -> io::Result<c_int> {
    let attach = |flags| {
        // SAFETY: with a null address the kernel picks a free place, which is given back at once.
        unsafe {
            let address = libc::shmat(id, std::ptr::null(), flags);
            if address.addr() == usize::MAX { Err(io::Error::last_os_error()) } else { checked(libc::shmdt(address)) }
        }
    };
    // SAFETY: shmget takes three numbers; the record is plain numbers, which IPC_STAT fills and IPC_SET reads.
    unsafe {
        let mut record: libc::shmid_ds = std::mem::zeroed();
        (record.shm_perm.uid, record.shm_perm.gid) = CALLERS[0];
        record.shm_perm.mode = mode as _;
        match call {
            0 => checked(libc::shmget(key, 0, 0)),
            1 => checked(libc::shmget(key, 0, 0o600)),
            2 => attach(libc::SHM_RDONLY),
            3 => attach(0),
            4 => checked(libc::shmctl(id, libc::IPC_STAT, &raw mut record)),
            5 => checked(libc::shmctl(id, libc::IPC_SET, &raw mut record)),
            6 => checked(libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut())),
            7 => fs::read_to_string("/proc/sysvipc/shm")
                .map(|table| assert!(table.contains(&format!(" {id} "))))
                .map(|()| 0),
            _ => panic!("the page has no call {call}"),
        }
    }
}

#[test]
fn keys_are_made_as_the_page_makes_them() {
    let key = |device: u64, inode: u64, project: u64| {
        ((project & 0xff) << 24 | (device & 0xff) << 16 | inode & 0xffff) as u32
    };
    for case in cases("ftok") {
        let number = |name: &str| *case[name].get::<f64>().unwrap() as u64;
        let made = key(number("device"), number("inode"), number("project"));
        assert_eq!(format!("{made:#010x}"), text(&case["key"]), "{case:?}");
    }
    // The formula is the C library's: for files of several file systems, and the projects of the cases.
    for path in ["/", "/proc/version", "/dev/null", env!("CARGO_MANIFEST_DIR"), file!()] {
        let metadata = fs::metadata(path).unwrap();
        let name = CString::new(Path::new(path).as_os_str().as_bytes()).unwrap();
        for project in [1, 0x41, 0x80, 0xff, 0x141] {
            // SAFETY: the path ends with a NUL and lives during the call.
            let libc = unsafe { libc::ftok(name.as_ptr(), project) };
            let ours = key(metadata.dev(), metadata.ino(), project as u64).cast_signed();
            assert_eq!(libc, ours, "{path}, project {project:#x}");
        }
    }
}

#[test]
fn a_segment_lives_as_on_the_page() {
    sandbox(|s| {
        for case in cases("life") {
            let mut life = Life::new(s);
            let calls = text(&case["calls"]);
            let answers: Vec<_> = calls.split(' ').map(|call| life.act(call)).collect();
            assert_eq!(answers.last().map(String::as_str), Some(text(&case["answer"])), "{calls}");
            let rows: Vec<_> = case["rows"].get::<Vec<JsonValue>>().unwrap().iter().map(text).collect();
            assert_eq!(life.rows(), rows, "{calls}");
            life.clean();
        }
    });
}

/// The writer, the reader and the remover, each a process, and the segments that they made.
struct Life<'s> {
    sandbox: &'s Sandbox,
    key: key_t,
    processes: HashMap<String, Stranger>,
    /// What a process knows of an id; it forgets it when it exits.
    holds: HashMap<String, c_int>,
    /// Ids in the order of their creation: the page counts from 0.
    made: Vec<c_int>,
}

impl<'s> Life<'s> {
    fn new(sandbox: &'s Sandbox) -> Self {
        let (processes, holds) = (HashMap::new(), HashMap::new());
        Life { sandbox, key: sandbox.key(), processes, holds, made: Vec::new() }
    }

    /// `writer.create` and so on.
    fn act(&mut self, call: &str) -> String {
        let (who, call) = call.split_once('.').unwrap();
        let process = self.processes.entry(who.to_owned()).or_insert_with(|| self.sandbox.stranger());
        let held = self.holds.get(who).copied();
        match call {
            "create" | "open" => {
                let id = if call == "create" { process.create(self.key, 1024, 0o600) } else { process.open(self.key) };
                let Ok(id) = id else { return answer(id) };
                if call == "create" {
                    self.made.push(id);
                }
                self.holds.insert(who.to_owned(), id);
                format!("id {}", self.made.iter().position(|made| *made == id).unwrap())
            }
            "attach" => match process.attach(held.unwrap()) {
                Ok(_) => "an address".to_owned(),
                error => answer(error),
            },
            "detach" => {
                process.detach(held.unwrap()).map_or_else(|error| answer(Err::<(), _>(error)), |()| "0".to_owned())
            }
            "exit" => {
                self.processes.remove(who);
                self.holds.remove(who);
                "detached, if it was attached".to_owned()
            }
            "remove" => {
                let removed = process.open(self.key).and_then(|id| process.remove(id));
                removed.map_or_else(|error| answer(Err::<(), _>(error)), |()| "0".to_owned())
            }
            _ => panic!("the page has no {call}"),
        }
    }

    /// The segments' rows, as the page prints them for key 2345.
    fn rows(&self) -> Vec<String> {
        let row = |segment: Segment| {
            let id = self.made.iter().position(|made| *made == segment.id).unwrap();
            let key = if segment.key == 0 { 0 } else { 0x929 };
            let mark = if segment.marked_for_removal { " dest" } else { "" };
            format!("{key:#010x} {id} {}{mark}", segment.nattch)
        };
        self.made.iter().filter_map(|id| self.sandbox.segment(*id)).map(row).collect()
    }

    fn clean(self) {
        for id in self.made.iter().filter(|id| self.sandbox.segment(**id).is_some()) {
            self.sandbox.remove(*id);
        }
    }
}
