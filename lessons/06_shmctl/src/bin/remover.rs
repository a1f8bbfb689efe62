//! `remover [KEY]`: away with the segment under KEY.

use std::process::ExitCode;

fn main() -> ExitCode {
    write::program::start("remover", shmctl::run)
}
