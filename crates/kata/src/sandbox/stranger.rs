//! A second process that knows the system calls and nothing of the learner's code.
//!
//! It is this test's binary executed again, not a fork: a fork inherits the very memory that it should prove it
//! can find. It takes one line a request and answers with one line.

use std::{
    collections::HashMap,
    ffi::CString,
    io::{self, BufRead, BufReader, Write},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{ffi::OsStrExt, net::UnixStream},
    },
    path::{Path, PathBuf},
    process::Child,
};

use libc::{c_int, key_t, pid_t};

use crate::{
    calls::shm::{self, Access, Attached},
    runner::{
        body::Log,
        marker::{Marker, Role},
        spawn::{die_with_parent, inherit, this_test_again},
    },
};

/// A second process that does what it is told, through libc alone. It ends when dropped.
///
/// Every method panics if the process is gone; its errors are the kernel's answers to the stranger.
#[derive(Debug)]
pub struct Stranger {
    child: Child,
    requests: UnixStream,
    answers: BufReader<UnixStream>,
}

impl Stranger {
    /// Starts one for the running test.
    pub(super) fn start(test: &str, log: &Log) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let role = Role::Stranger { socket: theirs.as_raw_fd() };
        let parent = std::process::id().cast_signed();
        let mut command = this_test_again(&Marker { role, parent, test: test.to_owned() });
        inherit(&mut command, theirs.as_raw_fd());
        die_with_parent(&mut command);
        let child = command.spawn()?;
        log.peer(child.id().cast_signed(), "stranger");
        Ok(Stranger { child, requests: ours.try_clone()?, answers: BufReader::new(ours) })
    }

    /// Its process id.
    pub fn pid(&self) -> pid_t {
        self.child.id().cast_signed()
    }

    /// Changes its working directory.
    #[track_caller]
    pub fn dir(&mut self, path: &Path) -> io::Result<()> {
        self.ask(&format!("dir {}", hex(path.as_os_str().as_bytes()))).map(drop)
    }

    /// The key that ftok(3) derives in its working directory.
    #[track_caller]
    pub fn ftok(&mut self, path: &Path, project: u8) -> io::Result<key_t> {
        self.ask(&format!("ftok {project} {}", hex(path.as_os_str().as_bytes()))).map(|answer| number(&answer))
    }

    /// Creates a segment (`IPC_CREAT | IPC_EXCL`) and returns its id.
    #[track_caller]
    pub fn create(&mut self, key: key_t, size: usize, mode: u32) -> io::Result<c_int> {
        self.ask(&format!("create {key} {size} {mode}")).map(|answer| number(&answer))
    }

    /// The id of the segment with this key.
    #[track_caller]
    pub fn open(&mut self, key: key_t) -> io::Result<c_int> {
        self.ask(&format!("open {key}")).map(|answer| number(&answer))
    }

    /// Attaches the segment for reading and writing, until [`detach`](Self::detach). Returns the address there.
    #[track_caller]
    pub fn attach(&mut self, id: c_int) -> io::Result<usize> {
        self.ask(&format!("attach {id}")).map(|answer| number(&answer))
    }

    /// Detaches what it attached.
    #[track_caller]
    pub fn detach(&mut self, id: c_int) -> io::Result<()> {
        self.ask(&format!("detach {id}")).map(drop)
    }

    /// A copy of `length` bytes from `offset`, through its attachment if it has one, else through one for the moment.
    /// The end of the page is its end, not the size of the segment.
    #[track_caller]
    pub fn read(&mut self, id: c_int, offset: usize, length: usize) -> io::Result<Vec<u8>> {
        let answer = self.ask(&format!("read {id} {offset} {length}"))?;
        Ok(unhex(&answer).expect("a stranger answers in hexadecimal"))
    }

    /// Writes `bytes` at `offset`, through its attachment if it has one, else through one for the moment.
    #[track_caller]
    pub fn write(&mut self, id: c_int, offset: usize, bytes: &[u8]) -> io::Result<()> {
        self.ask(&format!("write {id} {offset} {}", hex(bytes))).map(drop)
    }

    /// Removes a segment.
    #[track_caller]
    pub fn remove(&mut self, id: c_int) -> io::Result<()> {
        self.ask(&format!("remove {id}")).map(drop)
    }

    #[track_caller]
    fn ask(&mut self, request: &str) -> io::Result<String> {
        let mut answer = String::new();
        let asked = writeln!(self.requests, "{request}").and_then(|()| self.answers.read_line(&mut answer));
        match (asked, answer.trim_end_matches('\n').split_once(' ')) {
            (Ok(_), Some(("ok", value))) => Ok(value.to_owned()),
            (Ok(_), Some(("errno", errno))) => Err(io::Error::from_raw_os_error(number(errno))),
            (asked, _) => panic!("the stranger {} is gone at {request:?}: {asked:?} {answer:?}", self.pid()),
        }
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        // Neither can fail for a child that has not been reaped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("the stranger answered {text:?}"))
}

/// The stranger's own side: answers until no more questions come.
pub(super) fn serve(socket: OwnedFd) -> io::Result<()> {
    let socket = UnixStream::from(socket);
    let mut answers = socket.try_clone()?;
    let mut held = HashMap::new();
    for request in BufReader::new(socket).lines() {
        match answer(&request?, &mut held) {
            Ok(value) => writeln!(answers, "ok {value}")?,
            Err(error) => writeln!(answers, "errno {}", error.raw_os_error().unwrap_or(libc::EPROTO))?,
        }
    }
    Ok(())
}

fn answer(request: &str, held: &mut HashMap<c_int, Attached>) -> io::Result<String> {
    let fields: Vec<&str> = request.split(' ').collect();
    let done = |()| String::new();
    match fields[..] {
        ["dir", path] => std::env::set_current_dir(path_from(path)?).map(done),
        ["ftok", project, path] => ftok(&path_from(path)?, parse(project)?).map(|key| key.to_string()),
        ["create", key, size, mode] => shm::create(parse(key)?, parse(size)?, parse(mode)?).map(|id| id.to_string()),
        ["open", key] => shm::open(parse(key)?).map(|id| id.to_string()),
        ["attach", id] => {
            let id = parse(id)?;
            let attached = Attached::new(id, Access::ReadWrite)?;
            let address = attached.address();
            held.insert(id, attached);
            Ok(address.to_string())
        }
        ["detach", id] => held.remove(&parse(id)?).map(drop).map(done).ok_or_else(protocol),
        ["read", id, offset, length] => {
            let (id, offset): (_, usize) = (parse(id)?, parse(offset)?);
            let range = offset..offset + parse::<usize>(length)?;
            match held.get(&id) {
                Some(attached) => Ok(hex(&attached.read(range))),
                None => Ok(hex(&Attached::new(id, Access::ReadOnly)?.read(range))),
            }
        }
        ["write", id, offset, bytes] => {
            let (id, offset, bytes) = (parse(id)?, parse(offset)?, unhex(bytes).ok_or_else(protocol)?);
            match held.get(&id) {
                Some(attached) => attached.write(offset, &bytes),
                None => Attached::new(id, Access::ReadWrite)?.write(offset, &bytes),
            }
            Ok(String::new())
        }
        ["remove", id] => shm::remove(parse(id)?).map(done),
        _ => Err(protocol()),
    }
}

fn protocol() -> io::Error {
    io::Error::from_raw_os_error(libc::EPROTO)
}

fn parse<T: std::str::FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| protocol())
}

fn path_from(text: &str) -> io::Result<PathBuf> {
    let bytes = unhex(text).ok_or_else(protocol)?;
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(&bytes)))
}

fn ftok(path: &Path, project: u8) -> io::Result<key_t> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` is NUL-terminated and lives through the call.
    match unsafe { libc::ftok(path.as_ptr(), project.into()) } {
        -1 => Err(io::Error::last_os_error()),
        key => Ok(key),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    digits.chunks(2).map(|pair| <[u32; 2]>::try_from(pair).ok().map(|[high, low]| (high * 16 + low) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_the_line() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!(unhex("abc"), None);
        assert_eq!(unhex("zz"), None);
    }
}
