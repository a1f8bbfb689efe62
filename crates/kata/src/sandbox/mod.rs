//! One test: one process, one System V IPC namespace, one deadline.
//!
//! ```no_run
//! # use kata::sandbox::sandbox;
//! #[test]
//! fn a_new_segment_has_no_attachment() {
//!     sandbox(|s| {
//!         let segment = s.plant(s.key(), 1000, 0o600);
//!         assert_eq!(s.segment(segment.id()).unwrap().nattch, 0);
//!     });
//! }
//! ```
//!
//! [`runner`](crate::runner) has how: the test that libtest runs starts its own binary again as a supervisor, and that
//! starts it once more to run the closure. `TMPDIR` names a directory that goes with the test.
//!
//! Where the kernel refuses namespaces, the tests share the host's table: they use random keys, remove what they
//! made, and say so loudly.

mod child;
mod faults;
mod footprint;
mod handle;
mod options;
mod peer;
mod planted;
mod stranger;

pub use faults::{Answer, Stop};
pub use handle::Sandbox;
pub use options::{Options, sandbox};
pub use peer::{Finished, Peer, Program};
pub use planted::Planted;
pub use stranger::Stranger;
