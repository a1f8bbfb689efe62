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

/// The lines of a report, of which those that are a table's are said in words: nothing of its head, and each row by the
/// names of its columns.
pub fn report<'a>(lines: &[&'a str]) -> Vec<Option<String>> {
    let mut columns: Option<Vec<(usize, &str)>> = None;
    let said = |line: &'a str| {
        let words = || line.split_whitespace();
        if words().next() == Some("key") && words().any(|word| word == "nattch") {
            let places = line.match_indices(|c: char| !c.is_whitespace());
            let heads = places.filter(|(at, _)| *at == 0 || line[..*at].ends_with(' '));
            columns = Some(heads.map(|(at, _)| (at, line[at..].split(' ').next().unwrap_or_default())).collect());
            return Some(String::new());
        }
        // An empty line is the table's end.
        columns.take_if(|_| line.trim().is_empty());
        columns.as_ref().map(|columns| row(columns, line))
    };
    lines.iter().copied().map(said).collect()
}

/// `segment 9: key 0x00000929, owner 0, perms 600`
fn row(columns: &[(usize, &str)], line: &str) -> String {
    let ends = columns.iter().skip(1).map(|(at, _)| *at).chain([line.len()]);
    let cells = columns
        .iter()
        .zip(ends)
        .map(|((at, name), end)| (*name, line.get(*at..end.min(line.len())).unwrap_or_default().trim()));
    let (id, others): (Vec<_>, Vec<_>) =
        cells.filter(|(_, cell)| !cell.is_empty()).partition(|(name, _)| *name == "id");
    let id = id.first().map_or("segment".to_owned(), |(_, id)| format!("segment {id}"));
    let others: Vec<_> = others.into_iter().map(|(name, cell)| format!("{name} {cell}")).collect();
    format!("{id}: {}", others.join(", "))
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

    #[test]
    fn a_table_is_a_list_of_its_rows() {
        let lines = [
            "What the kernel held at that moment:",
            "  key         id  owner  perms  bytes  nattch  creator     last    status",
            "  0xcbd82621  38  0      640    7708   0       sandbox     -       decoy",
            "  0x07556818  39  0      600    1024   1       4711 test   writer",
            "",
            "Who printed what:",
        ];
        let said: Vec<_> = report(&lines);
        let row = |said: &str| Some(said.to_owned());
        let expected = [
            None,
            row(""),
            row(
                "segment 38: key 0xcbd82621, owner 0, perms 640, bytes 7708, nattch 0, creator sandbox, last -, status decoy",
            ),
            row("segment 39: key 0x07556818, owner 0, perms 600, bytes 1024, nattch 1, creator 4711 test, last writer"),
            None,
            None,
        ];
        assert_eq!(said, expected);
    }
}
