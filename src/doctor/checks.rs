//! What is looked at, in the order in which it is shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kata::kernel::{self, Limits, Segment};
use kata::runner::{Grant, Isolation, granted};

use super::finding::Finding;
use super::machine::{Signs, version};
use super::{left, lessons, unusual};
use crate::check::cargo;
use crate::course::Course;
use crate::process::child;
use crate::trouble::{self, Trouble};

/// Everything.
pub fn all(course: Option<&Course>) -> Result<Vec<Finding>, Trouble> {
    let signs = Signs::read();
    let mut findings = vec![toolchain_cargo()?, rustc()?, linker(), signs.kernel(), signs.machine()];
    match kernel::segments().and_then(|table| Ok((kernel::limits()?, table))) {
        Ok((held, table)) => {
            findings.push(limits(held, &table));
            let granted = granted();
            findings.push(namespaces(&granted, refusing_setting()));
            findings.extend(unusual::findings(course, granted.isolation));
            findings.extend(course.into_iter().flat_map(|course| lessons::findings(course, granted.isolation)));
            findings.extend([tool("ipcs", "util-linux"), tool("perl", "perl")]);
            findings.extend(left::findings(&table));
        }
        Err(error) => {
            let advice = "The kata asks the kernel's table of segments: it needs CONFIG_SYSVIPC and /proc.";
            findings.push(Finding::mend("limits", error.to_string(), advice));
        }
    }
    Ok(findings)
}

const RUSTUP: &str = "Rust comes from https://rustup.rs; afterwards open a new shell, so that it is in its PATH.";

fn toolchain_cargo() -> Result<Finding, Trouble> {
    Ok(match first_line(cargo::command(Path::new(".")).arg("--version"))? {
        Some(says) => Finding::fine("cargo", says),
        None => Finding::mend("cargo", "it cannot be run", RUSTUP),
    })
}

fn rustc() -> Result<Finding, Trouble> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Ok(compiler(first_line(Command::new(program).arg("--version"))?))
}

fn compiler(says: Option<String>) -> Finding {
    const NAME: &str = "rustc";
    const WANTED: &str = env!("CARGO_PKG_RUST_VERSION");
    let Some(says) = says else { return Finding::mend(NAME, "it cannot be run", RUSTUP) };
    let found = says.split_whitespace().nth(1).and_then(version);
    let says = format!("{says}; {WANTED} or newer is needed");
    match found {
        Some(found) if Some(found) >= version(WANTED) => Finding::fine(NAME, says),
        Some(_) => Finding::mend(NAME, says, "rustup update stable"),
        None => Finding::note(NAME, says, "Its version is not understood."),
    }
}

/// What a program says first; `None` when it cannot be run or fails.
fn first_line(command: &mut Command) -> Result<Option<String>, Trouble> {
    match child::run(command, b"", Duration::from_secs(30)) {
        Ok(finished) if finished.succeeded() => {
            Ok(String::from_utf8_lossy(&finished.stdout).lines().next().map(str::to_owned))
        }
        Ok(_) | Err(child::Stopped::NotStarted(_)) => Ok(None),
        Err(stopped) => Err(trouble::program(&command.get_program().to_string_lossy(), "", stopped)),
    }
}

fn linker() -> Finding {
    match in_path("cc") {
        Some(path) => Finding::fine("linker", path.display().to_string()),
        None => Finding::mend("linker", "there is no cc, which rustc links with", "Debian, Ubuntu: apt install gcc"),
    }
}

/// A program that the kata can do without.
fn tool(name: &'static str, package: &str) -> Finding {
    match in_path(name) {
        Some(path) => Finding::fine(name, path.display().to_string()),
        None => {
            let advice = format!(
                "The lessons show it, and some of the kata's own tests (`cargo test`) want it. Your lessons do not.\n\
                 Debian, Ubuntu: apt install {package}"
            );
            Finding::note(name, "not here", advice)
        }
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let runs =
        |path: &PathBuf| fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(runs)
}

/// Room enough for the programs of the lessons, which ask for a few pages each.
const ROOM: u64 = 1 << 20;
const SEGMENTS: u64 = 8;

fn limits(limits: Limits, table: &[Segment]) -> Finding {
    const NAME: &str = "limits";
    let Limits { shmmax, shmall, shmmni } = limits;
    // SAFETY: sysconf takes an integer.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) }.max(1).cast_unsigned();
    let used: u64 = table.iter().map(|segment| (segment.size as u64).div_ceil(page)).sum();
    let (count, left) = (table.len() as u64, shmall.saturating_sub(used).saturating_mul(page));
    let says = format!(
        "largest segment {}, left for all {}, {count} of {shmmni} segments taken",
        amount(shmmax),
        amount(left)
    );
    if shmmax < ROOM {
        Finding::mend(NAME, says, format!("Segments are kept too small. As root: sysctl kernel.shmmax={}", ROOM * 64))
    } else if left < ROOM {
        Finding::mend(
            NAME,
            says,
            "ipcs -m shows who takes the memory; ipcrm -m ID removes what is yours. kernel.shmall is the limit.",
        )
    } else if shmmni.saturating_sub(count) < SEGMENTS {
        Finding::mend(NAME, says, "The table is full, or nearly so: ipcs -m. kernel.shmmni is the limit.")
    } else {
        Finding::fine(NAME, says)
    }
}

/// An amount of memory in its largest unit; the kernel's default is a number near 2^64.
fn amount(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        0x4000_0000..0x4_0000_0000_0000 => format!("{} GiB", bytes >> 30),
        _ => "unlimited".to_owned(),
    }
}

fn namespaces(grant: &Grant, setting: Option<&str>) -> Finding {
    const NAME: &str = "namespaces";
    match grant.isolation {
        Isolation::Namespace => Finding::fine(NAME, "each test gets its own table of segments"),
        Isolation::UserNamespace => {
            Finding::fine(NAME, "each test gets its own table of segments, in a user namespace")
        }
        Isolation::Shared => {
            let setting = setting.map_or("A container allows them with --security-opt seccomp=unconfined.", |it| it);
            let refusals = grant.refusals.join("\n");
            let advice = format!(
                "{refusals}\nThe tests use random keys in this machine's own table and remove what they made: no less strict.\n\
                 A test that needs an empty table is skipped, and its lesson then counts as partial.\n{setting}"
            );
            Finding::note(NAME, "refused", advice)
        }
    }
}

/// A setting by which this machine refuses them, and how it is changed.
///
/// Source: namespaces(7), `/proc/sys/user`; AppArmor's and Debian's own restrictions.
fn refusing_setting() -> Option<&'static str> {
    const SETTINGS: [(&str, &str, &str); 4] = [
        ("user/max_ipc_namespaces", "0", "As root: sysctl user.max_ipc_namespaces=1024"),
        ("user/max_user_namespaces", "0", "As root: sysctl user.max_user_namespaces=1024"),
        ("kernel/unprivileged_userns_clone", "0", "As root: sysctl kernel.unprivileged_userns_clone=1"),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "As root: sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ];
    let is = |path: &str, value: &str| {
        fs::read_to_string(format!("/proc/sys/{path}")).is_ok_and(|text| text.trim() == value)
    };
    SETTINGS.iter().find(|(path, value, _)| is(path, value)).map(|(_, _, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Health;
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::newest(Some("rustc 9.1.0-nightly (0123456 2026-01-01)"), Health::Fine)]
    #[case::the_one_wanted(Some(concat!("rustc ", env!("CARGO_PKG_RUST_VERSION"), ".0")), Health::Fine)]
    #[case::too_old(Some("rustc 1.70.0 (90c541806 2023-05-31)"), Health::Mend)]
    #[case::strange(Some("mrustc"), Health::Note)]
    #[case::missing(None, Health::Mend)]
    fn compilers(#[case] says: Option<&str>, #[case] health: Health) {
        assert_eq!(compiler(says.map(str::to_owned)).health, health);
    }

    #[rstest]
    #[case::the_default(u64::MAX - (1 << 24), u64::MAX - (1 << 24), 4096, "", "unlimited, left for all unlimited, 0 of 4096 segments taken")]
    #[case::a_small_segment(4096, 1 << 20, 4096, "kernel.shmmax=", "largest segment 4 KiB, left for all 4 GiB")]
    #[case::little_memory(1 << 26, 2, 4096, "kernel.shmall", "largest segment 64 MiB, left for all 8 KiB")]
    #[case::a_full_table(1 << 26, 1 << 20, 4, "kernel.shmmni", "0 of 4 segments taken")]
    fn the_kernels_limits(
        #[case] shmmax: u64,
        #[case] shmall: u64,
        #[case] shmmni: u64,
        #[case] advice: &str,
        #[case] says: &str,
    ) {
        let found = limits(Limits { shmmax, shmall, shmmni }, &[]);
        assert_eq!(found.health, if advice.is_empty() { Health::Fine } else { Health::Mend });
        assert!(found.says.contains(says), "{}", found.says);
        assert!(found.advice.contains(advice), "{}", found.advice);
    }

    #[test]
    fn refused_namespaces_are_no_fault_and_what_follows_is_said() {
        let grant = Grant { isolation: Isolation::Shared, refusals: vec!["namespace: EPERM".to_owned()] };
        let found = namespaces(&grant, None);
        assert_eq!((found.health, found.says.as_str()), (Health::Note, "refused"));
        assert!(found.advice.starts_with("namespace: EPERM\n"), "{}", found.advice);
        assert!(found.advice.contains("counts as partial") && found.advice.contains("seccomp"), "{}", found.advice);
        assert!(namespaces(&grant, Some("sysctl x=1")).advice.ends_with("\nsysctl x=1"));
        let granted = Grant { isolation: Isolation::UserNamespace, refusals: Vec::new() };
        assert_eq!(namespaces(&granted, None).health, Health::Fine);
    }
}
