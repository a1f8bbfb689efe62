//! `writer [KEY]`: one line of standard input, into the segment under KEY.

use std::process::ExitCode;

fn main() -> ExitCode {
    write::program::start("writer", write::run)
}
