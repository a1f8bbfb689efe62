//! A process, a namespace and a deadline for a test: what starts it, supervises it and brings its report.
//!
//! There are three storeys. A program that wants a test's report (a test that libtest runs, or a program that calls
//! [`supervise`]) starts a **supervisor** in a new IPC namespace; that starts the test binary as the **body**, in which
//! the test's closure runs. The supervisor keeps the deadline, inherits and kills whatever the body leaves running, and
//! still knows the kernel's table when the body has died. A test passes if the body's last word is a token that no code
//! meets by accident: an exit status proves nothing, since the code under test can call `exit(0)`.

pub(crate) mod ask;
pub(crate) mod body;
pub(crate) mod budget;
pub(crate) mod channel;
pub(crate) mod folder;
mod handover;
mod isolation;
mod judged;
mod judgement;
pub(crate) mod marker;
mod outside;
pub(crate) mod random;
mod scratch;
pub(crate) mod spawn;
mod spoken;
pub(crate) mod supervisor;
mod table;

pub use handover::Listener;
pub(crate) use handover::{say, tell};
pub use isolation::{Grant, Isolation, confine, granted};
pub use judged::Judged;
pub use outside::{hook, supervise};
