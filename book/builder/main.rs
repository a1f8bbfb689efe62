//! `cargo run -p book`: builds the walkthrough into `target/book`, and serves it to this machine alone.

mod output;
mod request;
mod serve;
mod session;
mod site;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use site::Site;

const USAGE: &str = "\
Usage: cargo run -p book [-- COMMAND]

Commands:
  serve              Build what is older than its sources, and serve it (this is the default)
    --port PORT      ... on this port of 127.0.0.1 instead of 2345; 0 means any that is free
    --page PAGE      ... and print this page's address, such as lessons/02_shmget.html
    --open           ... and open it with xdg-open
  build              Build what is older than its sources
  output [NAME ...]  Run the sessions in book/output again, and write down what they print: all, or those of
                     a PAGE such as errata, or one, PAGE:SESSION
    --check          ... or fail where that differs from what is written
";

/// What was asked for.
enum Asked {
    Help,
    Serve { port: u16, page: String, open: bool },
    Build,
    Output { check: bool, names: Vec<String> },
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some(asked) = read(&arguments) else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(asked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("book: {trouble}");
            ExitCode::FAILURE
        }
    }
}

/// The arguments' meaning, if they have one.
fn read(arguments: &[String]) -> Option<Asked> {
    let (command, rest) = match arguments.split_first() {
        Some((first, rest)) if !first.starts_with('-') => (first.as_str(), rest),
        _ => ("serve", arguments),
    };
    let mut rest = rest.iter().map(String::as_str);
    match command {
        "serve" => {
            let (mut port, mut page, mut open) = (serve::PORT, String::new(), false);
            while let Some(argument) = rest.next() {
                match argument {
                    "--port" => port = rest.next()?.parse().ok()?,
                    "--page" => page = rest.next()?.trim_start_matches('/').to_owned(),
                    "--open" => open = true,
                    "--help" | "-h" => return Some(Asked::Help),
                    _ => return None,
                }
            }
            Some(Asked::Serve { port, page, open })
        }
        "build" => rest.next().is_none().then_some(Asked::Build),
        "output" => {
            let (options, names): (Vec<_>, Vec<_>) = rest.partition(|argument| argument.starts_with('-'));
            let known = options.iter().all(|option| *option == "--check");
            known.then(|| Asked::Output {
                check: !options.is_empty(),
                names: names.into_iter().map(str::to_owned).collect(),
            })
        }
        _ => None,
    }
}

fn run(asked: Asked) -> Result<(), String> {
    let root = root()?;
    let target = target(&root)?;
    match asked {
        Asked::Help => print!("{USAGE}"),
        Asked::Build => {
            let site = Site::new(root, &target);
            let built = site.build()?;
            println!("{} {}", if built { "Built" } else { "Nothing to do:" }, site.dir().join("index.html").display());
        }
        Asked::Serve { port, page, open } => serve::serve(Site::new(root, &target), port, &page, open)?,
        Asked::Output { check, names } => output::output(&root, &target, check, &names)?,
    }
    Ok(())
}

/// The kata: cargo says where this package is, and otherwise it is the current directory or above it.
fn root() -> Result<PathBuf, String> {
    let here = env::current_dir().map_err(|error| format!("the current directory: {error}"))?;
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let candidates = package.iter().flat_map(|dir| dir.ancestors()).chain(here.ancestors());
    let found = candidates.into_iter().find(|dir| dir.join("book/book.toml").is_file()).map(Path::to_path_buf);
    found.ok_or_else(|| format!("there is no book/book.toml in {} or above it", here.display()))
}

fn target(root: &Path) -> Result<PathBuf, String> {
    let chosen = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    std::path::absolute(&chosen).map_err(|error| format!("{}: {error}", chosen.display()))
}
