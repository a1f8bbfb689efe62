//! What the live x-ray costs while it looks ten times a second at 100 segments of 1 MiB, beside `ipcs -m` as often:
//! `cargo bench --bench xray`.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::{
        fd::{FromRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use kata::calls::shm::{self, Access, Attached};

const SEGMENTS: usize = 100;
const SIZE: usize = 1 << 20;
const TICK: Duration = Duration::from_millis(100);
const MEASURED: Duration = Duration::from_secs(10);
/// What is written at the begin of a frame. Source: the synchronized output mode, DECSET 2026.
const FRAME: &[u8] = b"\x1b[?2026h";

fn main() {
    if !in_a_table_of_its_own() {
        println!("(in the machine's own table: the kernel refuses another)");
    }
    let table = Table::new();
    println!("{SEGMENTS} segments of 1 MiB, ten looks a second, percent of one core:");
    let release = Path::new(env!("CARGO_BIN_EXE_kata"));
    let build = Command::new(env!("CARGO")).args(["build", "--quiet", "--bin", "kata"]).status();
    assert!(build.expect("cargo runs").success(), "kata builds");
    let dev = release.ancestors().nth(2).expect("a target directory").join("debug/kata");
    for (binary, built) in [(dev.as_path(), "as cargo run builds it"), (release, "optimised")] {
        for (changing, what) in [(false, "nothing changes"), (true, "bytes change")] {
            let cost = xray(binary, changing.then_some(&table));
            println!(
                "{:50} {:5.2} %   {:4.1} frames drawn a second, {:.1} MiB resident",
                format!("kata xray {built}, {what}"),
                percent(cost.processor),
                cost.frames as f64 / MEASURED.as_secs_f64(),
                cost.resident as f64 / 1024.0,
            );
        }
    }
    println!("{:50} {:5.2} %", "  beside: ipcs -m", percent(ipcs()));
}

/// Whether this process now has a table of segments that nobody shares.
fn in_a_table_of_its_own() -> bool {
    // SAFETY: unshare takes flags. A new user namespace wants a single thread, and there is no other yet.
    let unshare = |flags| unsafe { libc::unshare(flags) } == 0;
    unshare(libc::CLONE_NEWIPC) || unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWIPC)
}

/// The segments, removed when dropped, and so when the benchmark panics.
struct Table(Vec<libc::c_int>);

impl Table {
    fn new() -> Self {
        let mut table = Self(Vec::new());
        for _ in 0..SEGMENTS {
            table.0.push(shm::create(libc::IPC_PRIVATE, SIZE, 0o600).expect("a segment"));
        }
        table
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        for id in &self.0 {
            _ = shm::remove(*id);
        }
    }
}

struct Cost {
    processor: Duration,
    frames: usize,
    /// KiB.
    resident: u64,
}

/// Runs `kata xray` in a terminal of 100 columns and 30 rows, and bytes on its screen change if `table` is there for it.
fn xray(binary: &Path, table: Option<&Table>) -> Cost {
    let (mut master, slave) = terminal();
    let stream = || Stdio::from(slave.try_clone().expect("another descriptor"));
    let mut command = Command::new(binary);
    command.arg("xray").env("TERM", "xterm-256color").stdin(stream()).stdout(stream()).stderr(stream());
    // SAFETY: setsid and ioctl are async-signal-safe and touch no memory.
    unsafe {
        command.pre_exec(|| match (libc::setsid(), libc::ioctl(0, libc::TIOCSCTTY, 0)) {
            (-1, _) | (_, -1) => Err(io::Error::last_os_error()),
            _ => Ok(()),
        })
    };
    let mut child = Ended(command.spawn().expect("kata starts"));
    drop((command, slave));
    let (frames, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut screen = master.try_clone().expect("another descriptor");
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut bytes = [0; 1 << 16];
            // Reading ends with an error when nobody holds the terminal any more.
            while let Ok(count) = screen.read(&mut bytes) {
                frames.fetch_add(bytes[..count].windows(FRAME.len()).filter(|bytes| *bytes == FRAME).count(), Relaxed);
            }
        });
        if let Some(table) = table {
            scope.spawn(|| {
                let attached = Attached::new(table.0[0], Access::ReadWrite).expect("an attachment");
                for count in 0_u64.. {
                    if done.load(Relaxed) {
                        return;
                    }
                    attached.write(0, &count.to_le_bytes());
                    thread::sleep(TICK / 2);
                }
            });
        }
        thread::sleep(Duration::from_secs(1));
        let pid = child.0.id();
        let before = (ticks(pid), frames.load(Relaxed));
        thread::sleep(MEASURED);
        let cost =
            Cost { processor: ticks(pid) - before.0, frames: frames.load(Relaxed) - before.1, resident: resident(pid) };
        done.store(true, Relaxed);
        master.write_all(b"q").expect("a process holds the terminal");
        assert!(child.0.wait().expect("kata ends").success(), "kata failed");
        cost
    })
}

/// A process that does not outlive the benchmark.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn terminal() -> (File, OwnedFd) {
    let (mut master, mut slave) = (-1, -1);
    let size = libc::winsize { ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
    let (name, modes) = (std::ptr::null_mut(), std::ptr::null());
    // SAFETY: the descriptors are written to locals; no name and no modes are asked for, and the size is only read.
    let opened = unsafe { libc::openpty(&mut master, &mut slave, name, modes, &size) };
    assert_eq!(opened, 0, "{}", io::Error::last_os_error());
    for fd in [master, slave] {
        // SAFETY: fcntl takes integers here.
        unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    // SAFETY: both are open and nobody else owns them.
    unsafe { (File::from_raw_fd(master), OwnedFd::from_raw_fd(slave)) }
}

/// The processor time of the process. Source: proc(5), fields 14 and 15 of `/proc/PID/stat`.
fn ticks(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process runs");
    let (_, fields) = stat.rsplit_once(") ").expect("a name in parentheses");
    let ticks: u64 = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks")).sum();
    // SAFETY: sysconf takes an integer.
    let a_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    Duration::from_secs_f64(ticks as f64 / a_second)
}

/// What it holds in memory, in KiB. Source: proc(5), `VmRSS`.
fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a resident set");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// The processor time of `ipcs -m`, ten times a second as long as the x-ray was measured.
fn ipcs() -> Duration {
    let before = children();
    let start = Instant::now();
    for look in 0..(MEASURED.as_millis() / TICK.as_millis()) as u32 {
        thread::sleep((TICK * look).saturating_sub(start.elapsed()));
        let status = Command::new("ipcs").arg("-m").stdout(Stdio::null()).status();
        assert!(status.expect("ipcs runs").success());
    }
    children() - before
}

/// The processor time of the children that have been waited for.
fn children() -> Duration {
    // SAFETY: an all-zero rusage is a valid one.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: getrusage writes into `usage` alone.
    unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage) };
    let time = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    time(usage.ru_utime) + time(usage.ru_stime)
}

fn percent(processor: Duration) -> f64 {
    100.0 * processor.as_secs_f64() / MEASURED.as_secs_f64()
}
