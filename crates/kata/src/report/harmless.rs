//! Text that does nothing to a terminal but be shown.

/// The text with every control character but line ends and tabs written out: `\u{1b}` for ESC. What a test or a program
/// prints could otherwise clear the screen or set the window's title.
pub fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // The other way to end a line.
            '\r' if chars.peek() == Some(&'\n') => {}
            c if is_harmless(c) => harmless.push(c),
            c => harmless.extend(c.escape_default()),
        }
    }
    harmless
}

/// Whether [`harmless`] leaves the character as it is.
pub(super) fn is_harmless(c: char) -> bool {
    matches!(c, '\n' | '\t') || !c.is_control()
}

/// The same in one line: a line end is written out too.
pub(super) fn in_one_line(text: &str) -> String {
    harmless(text).replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_written_out() {
        assert_eq!(harmless("\x1b]2;title\x07\ta\u{9b}\r\nb\r"), "\\u{1b}]2;title\\u{7}\ta\\u{9b}\nb\\r");
        assert_eq!(in_one_line("a\nb\x1b"), "a\\nb\\u{1b}");
    }
}
