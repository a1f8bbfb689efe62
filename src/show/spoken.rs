//! What the compiler and a difference draw, in words: for `--plain`.

/// A line of a diagnostic of rustc's without its drawing: places, lines of code by their numbers, labels and help as
/// sentences; nothing of a line that only draws.
pub fn diagnostic(line: &str) -> Option<String> {
    let text = line.trim_start();
    if let Some(place) = text.strip_prefix("--> ").or_else(|| text.strip_prefix("::: ")) {
        return Some(format!("at {place}"));
    }
    if let Some(note) = text.strip_prefix("= ") {
        return Some(note.to_owned());
    }
    if let Some(drawn) = text.strip_prefix('|') {
        // What points, and what it points out.
        let label = drawn.trim_start_matches([' ', '|', '/', '_', '^', '-', '~', '+']);
        return (!label.is_empty()).then(|| format!("here: {label}"));
    }
    if matches!(text, "..." | "") {
        return None;
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = text.split_at(digits);
    let code = |mark: &str| rest.trim_start().strip_prefix(mark).filter(|_| digits > 0);
    let said = [("|", "line"), ("-", "take away line"), ("+", "write as line"), ("~", "write as line")];
    match said.iter().find_map(|(mark, said)| Some((said, code(mark)?.trim()))) {
        Some((_, "")) => None,
        Some((said, code)) => Some(format!("{said} {number}: {code}")),
        None => Some(line.to_owned()),
    }
}

/// A line of a unified difference, by whose it is; nothing of an empty one. What both have says where one is.
pub fn difference(line: &str) -> Option<String> {
    Some(match line.split_at_checked(1)? {
        ("@", _) => match first_line(line) {
            0 => "in a file that you do not have:".to_owned(),
            number => format!("from line {number} on:"),
        },
        ("-", code) => format!("yours: {code}"),
        ("+", code) => format!("solution: {code}"),
        (_, code) if !code.trim().is_empty() => format!("both: {code}"),
        _ => return None,
    })
}

/// `2` in `@@ -2,5 +2,5 @@`.
fn first_line(head: &str) -> usize {
    let number = head.trim_start_matches("@@ -").split(',').next();
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_is_read_without_its_drawing() {
        let rendered = "\
error[E0425]: cannot find value `c` in this scope
 --> lessons/01_add/src/lib.rs:3:9
  |
1 | pub fn add(a: u32, b: u32) -> u32 {
  |            - `a` is there
2 |
3 |     a + c
  |     ----^
  |     |   |
  |     |   not found in this scope
...
  |
help: another name
  |
3 -     a + c
3 +     a + b
  |
  = note: it is `E0425`
";
        let expected = "\
error[E0425]: cannot find value `c` in this scope
at lessons/01_add/src/lib.rs:3:9
line 1: pub fn add(a: u32, b: u32) -> u32 {
here: `a` is there
line 3: a + c
here: not found in this scope
help: another name
take away line 3: a + c
write as line 3: a + b
note: it is `E0425`";
        assert_eq!(rendered.lines().filter_map(diagnostic).collect::<Vec<_>>().join("\n"), expected);
    }

    #[test]
    fn a_difference_says_whose_a_line_is() {
        let hunks = "@@ -2,3 +2,3 @@\n \n pub fn add() {\n-    todo!()\n+    a + b\n";
        let expected = "from line 2 on:\nboth: pub fn add() {\nyours:     todo!()\nsolution:     a + b\n";
        let said: Vec<_> = hunks.lines().filter_map(difference).collect();
        assert_eq!(said, expected.lines().collect::<Vec<_>>());
        assert_eq!(difference("@@ -0,0 +1,1 @@").as_deref(), Some("in a file that you do not have:"));
    }
}
