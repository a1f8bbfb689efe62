//! Who has System V segments mapped, and where.

use std::{fs, io};

use libc::pid_t;

use super::{
    error::{Error, Result},
    maps::{Mapping, mappings},
};

/// A process that has System V segments mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its id.
    pub pid: pid_t,
    /// Its program's name, cut after 15 bytes. A program may give itself any, control characters too.
    pub name: String,
    /// What it has mapped, by ascending address.
    pub mappings: Vec<Mapping>,
}

/// The processes of the caller's IPC namespace that have segments mapped, by ascending id.
///
/// Those that may not be looked into are left out: another user's, and those of a PID namespace that `/proc` does
/// not show. A segment's [`nattch`](crate::kernel::Segment::nattch) counts them all the same, and the difference tells how many
/// attachments are missing here.
///
/// # Errors
/// [`Error::Io`] if `/proc` is not mounted, [`Error::Format`] if a line of a process's maps is not understood. A
/// process that ends meanwhile is none.
///
/// Source: proc(5); namespaces(7), `/proc/PID/ns/ipc`.
pub fn holders() -> Result<Vec<Holder>> {
    let proc_error = |source| Error::Io { what: "/proc".to_owned(), source };
    let namespace = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/ipc"));
    // Ids are those of a namespace: equal numbers of another one mean other segments.
    let own = namespace("self").map_err(proc_error)?;
    let mut holders = Vec::new();
    for entry in fs::read_dir("/proc").map_err(proc_error)? {
        let name = entry.map_err(proc_error)?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<pid_t>().ok()) else { continue };
        if let Some(mappings) = unless_hidden(mappings(pid))?
            && !mappings.is_empty()
            && namespace(&pid.to_string()).is_ok_and(|namespace| namespace == own)
        {
            let name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
            let name = String::from_utf8_lossy(&name).trim_end_matches('\n').to_owned();
            holders.push(Holder { pid, name, mappings });
        }
    }
    holders.sort_by_key(|holder| holder.pid);
    Ok(holders)
}

/// `None` for a process that has ended or may not be looked into.
fn unless_hidden(mappings: Result<Vec<Mapping>>) -> Result<Option<Vec<Mapping>>> {
    match mappings {
        Err(Error::Io { source, .. })
            if source.kind() == io::ErrorKind::PermissionDenied
                || matches!(source.raw_os_error(), Some(libc::ENOENT | libc::ESRCH | libc::EPERM)) =>
        {
            Ok(None)
        }
        mappings => mappings.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::shm::{Access, Attached};
    use crate::sandbox::sandbox;

    #[test]
    fn a_process_that_may_not_be_seen_is_left_out_and_a_line_not_understood_is_not() {
        let io = |errno| Err(Error::Io { what: String::new(), source: io::Error::from_raw_os_error(errno) });
        for errno in [libc::EACCES, libc::EPERM, libc::ENOENT, libc::ESRCH] {
            assert_eq!(unless_hidden(io(errno)).unwrap(), None);
        }
        assert!(unless_hidden(io(libc::EIO)).is_err());
        assert!(unless_hidden(Err(crate::kernel::error::format_error("maps", "", "a line"))).is_err());
    }

    #[test]
    fn whoever_attached_a_segment_is_found_with_the_address() {
        sandbox(|s| {
            let planted = s.plant(s.key(), 5000, 0o600);
            let of_it = |holder: &Holder| holder.mappings.iter().filter(|mapping| mapping.id == planted.id()).count();
            assert!(holders().unwrap().iter().all(|holder| of_it(holder) == 0));

            let mut stranger = s.stranger();
            let there = stranger.attach(planted.id()).unwrap();
            let here = Attached::new(planted.id(), Access::ReadOnly).unwrap();
            let found = holders().unwrap();
            let own = std::process::id().cast_signed();
            for (pid, address, permissions) in [(own, here.address(), "r--s"), (stranger.pid(), there, "rw-s")] {
                let holder = found.iter().find(|holder| holder.pid == pid).expect("the process is listed");
                let mapping = holder.mappings.iter().find(|mapping| mapping.id == planted.id()).expect("its mapping");
                assert_eq!((mapping.start, mapping.permissions.to_string().as_str()), (address, permissions));
                assert!(!holder.name.is_empty() && !holder.name.ends_with('\n'));
            }
            assert!(found.is_sorted_by_key(|holder| holder.pid));
        });
    }
}
