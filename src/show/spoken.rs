//! What the compiler and a difference draw, in words: for `--plain`.

/// A diagnostic of rustc's without its drawing: places, lines of code by their numbers, labels and help as sentences.
pub fn diagnostic(rendered: &str) -> String {
    let lines: Vec<_> = rendered.lines().filter_map(line).collect();
    lines.join("\n")
}

fn line(line: &str) -> Option<String> {
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

/// The lines of a unified difference, by whose they are. What both have says where one is.
pub fn difference(hunks: &str) -> String {
    let mut text = String::new();
    for line in hunks.lines() {
        let said = match line.split_at_checked(1) {
            Some(("@", _)) => match first_line(line) {
                0 => "in a file that you do not have:".to_owned(),
                number => format!("from line {number} on:"),
            },
            Some(("-", code)) => format!("yours: {code}"),
            Some(("+", code)) => format!("solution: {code}"),
            Some((_, code)) if !code.trim().is_empty() => format!("both: {code}"),
            _ => continue,
        };
        text += &format!("{said}\n");
    }
    text
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
        assert_eq!(diagnostic(rendered), expected);
    }

    #[test]
    fn a_difference_says_whose_a_line_is() {
        let hunks = "@@ -2,3 +2,3 @@\n \n pub fn add() {\n-    todo!()\n+    a + b\n";
        let expected = "from line 2 on:\nboth: pub fn add() {\nyours:     todo!()\nsolution:     a + b\n";
        assert_eq!(difference(hunks), expected);
        assert_eq!(difference("@@ -0,0 +1,1 @@\n+x\n"), "in a file that you do not have:\nsolution: x\n");
    }
}
