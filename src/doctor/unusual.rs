//! What is unusual here and changes how the lessons run. Nothing is said of what is as it usually is.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use kata::kernel;
use kata::runner::Isolation;
use libc::{rlim_t, uid_t};

use super::finding::Finding;
use crate::course::Course;
use crate::users;

/// The findings. `isolation` is what the tests get.
pub fn findings(course: Option<&Course>, isolation: Isolation) -> Vec<Finding> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, |count| count.get());
    let found = [
        removal(kernel::removes_unattached(), isolation),
        privileges(users::own(), capabilities(&status)),
        course.and_then(|course| checkout(users::own(), &owners(&course.root))),
        (cores == 1).then(one_core),
    ];
    let rlimits = RLIMITS.iter().filter_map(|limit| limit.finding(soft(limit.resource)?, capabilities(&status)));
    found.into_iter().flatten().chain(rlimits).collect()
}

/// Segments without an attachment do not last.
fn removal(forced: bool, isolation: Isolation) -> Option<Finding> {
    let tests = match isolation {
        Isolation::Shared => {
            "The tests that make segments are skipped as long as it is so, and most lessons have no verdict."
        }
        Isolation::Namespace | Isolation::UserNamespace => {
            "The tests do not notice it: the tables of segments that they get are not so."
        }
    };
    let advice = format!(
        "The writer's message is gone with the writer, before a reader comes. As root:\n\
         sysctl kernel.shm_rmid_forced=0\n{tests}"
    );
    let says = "kernel.shm_rmid_forced is 1: a segment is removed when no process has it attached any more";
    forced.then(|| Finding::mend("removal", says, advice))
}

const CAP_DAC_OVERRIDE: u32 = 1;
const CAP_SETPCAP: u32 = 8;
const CAP_IPC_LOCK: u32 = 14;

/// The capabilities that this process has, a bit each, from `/proc/self/status`.
fn capabilities(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    line.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or(0)
}

fn has(capabilities: u64, capability: u32) -> bool {
    capabilities & 1 << capability != 0
}

/// A root that cannot take capabilities away from the programs that it starts.
fn privileges(user: uid_t, capabilities: u64) -> Option<Finding> {
    let withheld = user == 0 && has(capabilities, CAP_DAC_OVERRIDE) && !has(capabilities, CAP_SETPCAP);
    withheld.then(|| {
        let advice = "The tests give up root's privileges in another way (no_new_privs), and all of them run. In them sudo and\n\
                      other set-user-ID programs do not work.";
        Finding::note("privileges", "root without CAP_SETPCAP", advice)
    })
}

/// A folder on the way to the kata: its owner and its mode.
type Owner = (PathBuf, uid_t, u32);

fn owners(root: &Path) -> Vec<Owner> {
    let owner = |path: &Path| {
        let file = fs::metadata(path).ok()?;
        Some((path.to_owned(), file.uid(), file.mode()))
    };
    root.ancestors().filter_map(owner).collect()
}

/// A checkout that only a capability lets root into.
fn checkout(user: uid_t, owners: &[Owner]) -> Option<Finding> {
    let closed = owners.iter().find(|(_, owner, mode)| *owner != user && mode & 0o001 == 0);
    let (path, owner, mode) = closed.filter(|_| user == 0)?;
    let says = format!(
        "{} is {}'s with mode {:04o}, and lets in root by a capability alone",
        path.display(),
        users::name(*owner),
        mode & 0o7777
    );
    let advice = "The tests give that capability up, and yet they run, and start your programs: the folder of both is opened before.";
    Some(Finding::note("checkout", says, advice))
}

fn one_core() -> Finding {
    let advice = "A lesson's tests run one after the other: a check takes about twice as long as on two.";
    Finding::note("cores", "one processor core for this process", advice)
}

/// A limit of this process, and the least that will do.
struct Rlimit {
    name: &'static str,
    resource: libc::__rlimit_resource_t,
    least: rlim_t,
    /// Whom it does not hold for.
    exempt: Option<u32>,
    what: &'static str,
    /// Whether the kata works below the least.
    works: bool,
    advice: &'static str,
}

const CAP_SYS_RESOURCE: u32 = 24;

const RLIMITS: [Rlimit; 5] = [
    Rlimit {
        name: "open files",
        resource: libc::RLIMIT_NOFILE,
        least: 128,
        exempt: None,
        what: "The runner, cargo and each running test hold files open.",
        works: false,
        advice: "ulimit -n 1024",
    },
    Rlimit {
        name: "processes",
        resource: libc::RLIMIT_NPROC,
        least: 128,
        exempt: Some(CAP_SYS_RESOURCE),
        what: "The compiler starts threads, and each running test up to eight processes; yours that run already count.",
        works: false,
        advice: "ulimit -u 1024",
    },
    Rlimit {
        name: "file size",
        resource: libc::RLIMIT_FSIZE,
        least: 64 << 20,
        exempt: None,
        what: "The compiler writes files of tens of megabytes.",
        works: false,
        advice: "ulimit -f unlimited",
    },
    Rlimit {
        name: "address space",
        resource: libc::RLIMIT_AS,
        least: 1 << 30,
        exempt: None,
        what: "The compiler needs about as much.",
        works: false,
        advice: "ulimit -v unlimited",
    },
    Rlimit {
        name: "locked memory",
        resource: libc::RLIMIT_MEMLOCK,
        least: 64 << 10,
        exempt: Some(CAP_IPC_LOCK),
        what: "A test that locks a segment in memory is skipped, and its lesson then counts as partial.",
        works: true,
        advice: "ulimit -l 64",
    },
];

impl Rlimit {
    fn finding(&self, soft: rlim_t, capabilities: u64) -> Option<Finding> {
        let too_small = soft < self.least && !self.exempt.is_some_and(|exempt| has(capabilities, exempt));
        let (says, advice) = (
            format!("{}: {soft}, and {} are wanted", self.name, self.least),
            format!("{}\n{}", self.what, self.advice),
        );
        let finding = if self.works { Finding::note } else { Finding::mend };
        too_small.then(|| finding("ulimit", says, advice))
    }
}

fn soft(resource: libc::__rlimit_resource_t) -> Option<rlim_t> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` lives through the call, which fills it.
    (unsafe { libc::getrlimit(resource, &mut limit) } == 0).then_some(limit.rlim_cur)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Health;
    use super::*;

    #[test]
    fn segments_that_do_not_last_are_a_fault_of_the_machine() {
        assert_eq!(removal(false, Isolation::Shared), None);
        let found = removal(true, Isolation::Shared).unwrap();
        assert!(found.health == Health::Mend && found.advice.ends_with("no verdict."), "{found:?}");
        assert!(removal(true, Isolation::UserNamespace).unwrap().advice.ends_with("not so."));
    }

    #[test]
    fn root_is_unusual_without_one_capability_and_only_then() {
        let all = capabilities("Name:\tx\nCapPrm:\t0\nCapEff:\t000001fffeffffff\n");
        assert_eq!((all, capabilities("")), (0x1ff_feff_ffff, 0));
        assert_eq!(privileges(0, all), None);
        assert_eq!(privileges(1000, 0), None);
        assert_eq!(privileges(0, all & !(1 << CAP_SETPCAP)).unwrap().says, "root without CAP_SETPCAP");
        assert_eq!(privileges(0, 0), None, "it has nothing to give up");
    }

    #[test]
    fn a_checkout_is_closed_if_any_folder_above_is() {
        let owners = |mode| [("/home/ada/kata", 60_001, 0o755), ("/home/ada", 60_001, mode), ("/", 0, 0o755)];
        let owners = |mode| owners(mode).map(|(path, owner, mode)| (PathBuf::from(path), owner, mode));
        assert_eq!(checkout(0, &owners(0o40_755)), None);
        let found = checkout(0, &owners(0o40_700)).unwrap();
        assert!(found.says.starts_with("/home/ada is ") && found.says.contains(" mode 0700, "), "{found:?}");
        assert_eq!(checkout(60_001, &owners(0o40_700)), None);
    }

    #[test]
    fn a_limit_is_too_small_below_the_least_and_for_whom_it_holds() {
        let of = |name: &str| RLIMITS.iter().find(|limit| limit.name == name).unwrap();
        assert_eq!(of("open files").finding(128, 0), None);
        let found = of("open files").finding(127, u64::MAX).unwrap();
        assert_eq!((found.health, found.says.as_str()), (Health::Mend, "open files: 127, and 128 are wanted"));
        assert_eq!(of("processes").finding(20, 1 << CAP_SYS_RESOURCE), None);
        assert_eq!(of("locked memory").finding(0, 0).unwrap().health, Health::Note);
        assert_eq!(of("locked memory").finding(rlim_t::MAX, 0), None);
    }
}
