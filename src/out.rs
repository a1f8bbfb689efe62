//! The one place that writes to standard output and standard error: text, warnings, questions, and what goes on meanwhile.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::trouble::{Trouble, cannot};

/// Prints to standard output. A reader that has gone away (`kata list | head -1`) ends the runner quietly.
pub fn emit(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        std::process::exit(if error.kind() == io::ErrorKind::BrokenPipe { 0 } else { 2 });
    }
}

/// Whether what is printed is read on a terminal.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Says on standard error what is not the answer but should be known.
pub fn warn(text: &str) {
    _ = writeln!(io::stderr(), "kata: {text}");
}

/// Says on standard error what to do about the last warning; nothing where there is nothing to say.
pub fn advise(text: &str) {
    if !text.is_empty() {
        _ = writeln!(io::stderr(), "{text}");
    }
}

/// Asks `question`, which ends in a question mark; `true` for `y`.
///
/// Without a terminal there is no user to ask. The trouble then says what follows (`nothing is removed`), and that
/// `cargo COMMAND` does it without asking.
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

/// On a terminal, a line that says what is going on until there is more to say. In words it stays.
pub struct Waiting {
    words: bool,
}

impl Waiting {
    /// Shows the line; `words` is whether it stays as a separate line.
    pub fn start(what: &str, words: bool) -> Option<Self> {
        if !io::stderr().is_terminal() || !io::stdout().is_terminal() {
            return None;
        }
        let waiting = Self { words };
        waiting.line(what);
        Some(waiting)
    }

    fn line(&self, what: &str) {
        _ = if self.words { writeln!(io::stderr(), "  {what}") } else { write!(io::stderr(), "  {what} ...") };
    }

    fn clear(&self) {
        if !self.words {
            _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// Prints lines before it is over. On a terminal, what is still running is shown below them.
pub fn meanwhile(waiting: Option<&Waiting>, text: &str, what: &str) {
    waiting.inspect(|waiting| waiting.clear());
    emit(text);
    waiting.inspect(|waiting| waiting.line(what));
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.clear();
    }
}
