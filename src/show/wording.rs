//! Words and lines.

use crate::course::markdown::{is_anchor, unfenced};

/// A sentence's text as it goes on after a colon.
pub fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    // An acronym keeps its capitals.
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// How many characters a line of prose has at most, where nobody knows better.
pub const WIDTH: usize = 92;

/// Prose in lines of `width` characters, the items of a list with their later lines indented. Code (fenced, or indented
/// by four), tables and headings stay as they are.
pub fn wrapped(lines: &[String], width: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let mut fenced = false;
    // How far the next line of what has begun is indented; nothing has, after a line that stands alone.
    let mut open = None;
    for line in lines {
        let fence = line.starts_with("```");
        fenced ^= fence;
        let alone = fence || line.is_empty() || ["    ", "|", "#", ">"].iter().any(|sign| line.starts_with(sign));
        if fenced || alone {
            wrapped.push(line.clone());
            open = None;
            continue;
        }
        if let Some(marker) = item(line) {
            wrapped.push(line[..marker].trim_end().to_owned());
            open = Some(marker);
        }
        // The marker of an item stands already.
        for word in line.split_whitespace().skip(usize::from(item(line).is_some())) {
            match (wrapped.last_mut(), open) {
                (Some(last), Some(_)) if last.chars().count() + 1 + word.chars().count() <= width => {
                    *last += " ";
                    *last += word;
                }
                _ => wrapped.push(" ".repeat(open.unwrap_or(0)) + word),
            }
            open = open.or(Some(0));
        }
    }
    wrapped
}

/// The length of `- ` or `12. ` at the beginning of a list's item.
fn item(line: &str) -> Option<usize> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let marker = if digits == 0 { "- " } else { ". " };
    line[digits..].starts_with(marker).then_some(digits + 2)
}

/// Markdown as it is read on a terminal: without links, and without the walkthrough's anchors; in lines of `width`
/// characters.
pub fn readable(markdown: &str, width: usize) -> String {
    let shown: String = markdown.lines().filter(|line| !is_anchor(line)).map(|line| format!("{line}\n")).collect();
    let shown = unfenced(&without_links(shown.trim_matches('\n')));
    let lines = with_tables(shown.lines().map(str::to_owned).collect());
    wrapped(&lines, width).join("\n")
}

/// `[a link](to.md)` as `a link`, and `**weight**` without its stars. Between backticks nothing is either.
fn without_links(markdown: &str) -> String {
    let mut text = String::new();
    let mut code = false;
    let mut rest = markdown;
    while let Some(at) = rest.find(['`', '[', '*']) {
        text += &rest[..at];
        rest = &rest[at..];
        if rest.starts_with('`') {
            code = !code;
        } else if let Some((name, after)) = link(rest).filter(|_| !code) {
            text += name;
            rest = after;
            continue;
        } else if let Some(after) = rest.strip_prefix("**").filter(|_| !code) {
            rest = after;
            continue;
        }
        text += &rest[..1];
        rest = &rest[1..];
    }
    text + rest
}

/// The name of the link that `text` begins with, and what comes after it.
fn link(text: &str) -> Option<(&str, &str)> {
    let (name, target) = text.strip_prefix('[')?.split_once("](")?;
    let (_, after) = target.split_once(')')?;
    // In `[1] and [a](b)` the first bracket begins no link.
    let depth = name.chars().try_fold(0_usize, |depth, c| match c {
        '[' => Some(depth + 1),
        ']' => depth.checked_sub(1),
        _ => Some(depth),
    });
    (depth == Some(0)).then_some((name, after))
}

/// Tables with their columns one below the other, indented as code is; other lines as they are.
fn with_tables(lines: Vec<String>) -> Vec<String> {
    let is_row = |line: &String| line.starts_with('|');
    let mut shown = Vec::new();
    for part in lines.chunk_by(|one, next| is_row(one) == is_row(next)) {
        if !is_row(&part[0]) {
            shown.extend_from_slice(part);
            continue;
        }
        let rows: Vec<Vec<String>> = part.iter().map(|row| cells(row)).filter(|row| !is_rule(row)).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..columns).map(width).collect();
        for row in &rows {
            let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            shown.push(format!("    {}", cells.join("  ").trim_end()));
        }
    }
    shown
}

/// The cells of `| a | b \| c |`.
fn cells(row: &str) -> Vec<String> {
    const BAR: &str = "\u{1}";
    let row = row.replace("\\|", BAR);
    row.trim().trim_matches('|').split('|').map(|cell| cell.trim().replace(BAR, "|")).collect()
}

/// Whether it is the line between a table's head and its body.
fn is_rule(row: &[String]) -> bool {
    row.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| "-:".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_wrapped_and_code_in_it_is_not() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let long = "word ".repeat(30);
        let text = format!("{long}\nmore\n\n```text\na |   b\n```\nend");
        let wrapped = wrapped(&lines(&text), 92);
        assert!(wrapped.iter().all(|line| line.chars().count() <= 92), "{wrapped:?}");
        assert_eq!(wrapped[2..], lines("\n```text\na |   b\n```\nend"));
    }

    #[test]
    fn a_list_is_indented_and_what_stands_alone_is_left_alone() {
        let markdown = "# Head\n\n1. one two\n   three four\n2. five\n\n- six seven eight\n\n| a | b |\n|---|:-:|\n| `c \\| d` | e |\n\n```rust\nlet a = b + c;\n\n```\nnine ten eleven";
        let expected = "# Head\n\n1. one two\n   three four\n2. five\n\n- six seven\n  eight\n\n    a        b\n    `c | d`  e\n\n    let a = b + c;\n\nnine ten\neleven";
        assert_eq!(readable(markdown, 13), expected);
    }

    #[test]
    fn markdown_is_read_without_its_links_and_anchors() {
        let markdown = "<!-- ANCHOR: a -->\nSee [the\nmanual](https://a.b/c) and [more](d.md).\n<!-- ANCHOR_END: a -->\n\n`x[0](y)`, [1] and\n[`a[0]`](e.md), **much**, `**p`\n";
        assert_eq!(readable(markdown, 92), "See the manual and more.\n\n`x[0](y)`, [1] and `a[0]`, much, `**p`");
    }

    #[test]
    fn an_idea_goes_on_a_title_unless_it_is_a_name() {
        assert_eq!(lowercase_first("Two strangers"), "two strangers");
        assert_eq!(lowercase_first("POSIX"), "POSIX");
    }
}
