//! `reader [KEY]`: the message in the segment under KEY, onto standard output.

use std::process::ExitCode;

fn main() -> ExitCode {
    write::program::start("reader", read::run)
}
