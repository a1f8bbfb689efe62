//! The program `kata`: everything is in the library.

fn main() -> std::process::ExitCode {
    shm_kata::main()
}
