//! The program `staff`: what the library says.

fn main() -> std::process::ExitCode {
    staff::main()
}
