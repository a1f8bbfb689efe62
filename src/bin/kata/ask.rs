//! A question on the terminal.

use std::io::{self, BufRead, IsTerminal};

use crate::emit;
use crate::trouble::{Trouble, cannot};

/// Asks `question`, which ends in a question mark; `true` for `y`.
///
/// Without a terminal there is nobody to ask. The trouble then says what follows (`nothing is removed`), and that `cargo
/// COMMAND` does it without asking.
pub fn agreed(question: &str, follows: &str, command: &str) -> Result<bool, Trouble> {
    if !io::stdin().is_terminal() {
        let what = format!("there is no terminal to ask on, so {follows}");
        return Err(cannot(what, format!("To do it all the same: cargo {command}")));
    }
    emit(&format!("{question} [y/N] "));
    let mut answer = String::new();
    io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| cannot(format!("cannot read your answer: {error}"), ""))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
