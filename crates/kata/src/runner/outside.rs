//! Supervision by a program that the test binary has no part in, such as a grader: the deadline is kept, the token
//! compared and the kernel's table read by that program's own code, in a process that the test's code cannot look into.
//!
//! The supervisor is that program again, in a new namespace. For that it calls [`hook`] before anything else in `main`:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! fn main() {
//!     kata::runner::hook();
//!     let judged = kata::runner::Judged {
//!         binary: "target/debug/deps/key-0123456789abcdef".into(),
//!         test: "asking_creates_nothing".into(),
//!         package: "key".into(),
//!         seed: 7,
//!         deadline: Duration::from_secs(10),
//!         ..Default::default()
//!     };
//!     match kata::runner::supervise(&judged) {
//!         Ok(report) => println!("{report}"),
//!         Err(error) => eprintln!("it cannot be judged: {error}"),
//!     }
//! }
//! ```
//!
//! The body runs the test's assertions and the code under test in one process, and both run as the user who judges.
//! Who wants to be sure of more must also judge by what the kernel and other processes see. And where the kernel refuses
//! namespaces ([`Isolation::Shared`](super::Isolation::Shared)), the code of an ordinary user can open the memory and the
//! descriptors of the program that calls [`supervise`], and forge a report there: such a grader orders a namespace in
//! [`Judged::isolation`].

use std::{
    fs::{self, File},
    io,
    os::fd::AsRawFd,
    process::exit,
};

use super::{
    ask::{self, Question},
    channel::{inherit, read_all},
    folder::Folder,
    handover::say,
    judged::Judged,
    marker::{Marker, Role},
    spawn::{mark, this_program},
    supervisor::{self, Orders},
};
use crate::report::{Report, wire::Wire};

/// Runs one test of a test binary, supervised by this program.
///
/// # Errors
/// What keeps the test from being judged: a binary that cannot be started, a supervisor that was killed, a report that is
/// not whole. A test that fails is a [`Report`], and one that is not in the binary has ended early.
pub fn supervise(judged: &Judged) -> io::Result<Report> {
    let mut bytes = Vec::new();
    judged.write(&mut bytes);
    let orders = ask::orders(&bytes)?;
    let fail = |what: String, error: io::Error| io::Error::new(error.kind(), format!("{what}: {error}"));
    let folder = Folder::of(&judged.binary)
        .map_err(|error| fail(format!("the test binary {} cannot be started", judged.binary.display()), error))?;
    if let Some(directory) = &judged.directory {
        fs::metadata(directory.join("."))
            .map_err(|error| fail(format!("the directory {} cannot be entered", directory.display()), error))?;
    }
    let question = Question {
        test: &judged.test,
        deadline: judged.deadline,
        isolation: judged.isolation,
        inherited: &[orders.as_raw_fd(), folder.number()],
        end: &|| None,
        unreached: "this program was started again to supervise and did not: it has to call kata::runner::hook first",
    };
    let parent = std::process::id().cast_signed();
    let answer = ask::ask(&question, |report, key, isolation| {
        let role = Role::Trusted { report, folder: folder.number(), key, isolation, orders: orders.as_raw_fd() };
        let mut command = this_program();
        command.args(&judged.arguments);
        // Entered now: the supervisor may not be let in any more.
        if let Some(directory) = &judged.directory {
            command.current_dir(directory);
        }
        mark(&mut command, &Marker { role, parent, test: judged.test.clone() });
        command
    })?;
    answer.report
}

/// Has to be called first by a program that calls [`supervise`]: where the program was started again to supervise a test,
/// this does so and ends the process. Everywhere else it returns at once.
pub fn hook() {
    if !Marker::is_trusted() {
        return;
    }
    let Some(Marker { role: Role::Trusted { report, folder, key, isolation, orders }, .. }) = Marker::take() else {
        return;
    };
    let done = || -> io::Result<()> {
        // SAFETY: the numbers come from this process's marker, which was just taken out of the environment.
        let [report, folder, orders] = unsafe { [inherit(report)?, inherit(folder)?, inherit(orders)?] };
        let (report, orders) = (File::from(report), File::from(orders));
        let bytes = read_all(&orders)?;
        let judged = Judged::read(&mut bytes.as_slice()).ok_or(io::ErrorKind::InvalidData)?;
        let orders = Orders {
            test: judged.test.clone(),
            package: judged.package.clone(),
            seed: judged.seed,
            deadline: judged.deadline,
            furnished: !judged.fresh_table,
            isolation,
            folder: Folder::inherited(folder, &judged.binary),
            binary: Some(judged),
        };
        supervisor::supervise(&orders, &report, key)
    };
    if let Err(error) = done() {
        say(&error.to_string());
        exit(1);
    }
    exit(0)
}
