//! Words and lines.

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

/// Documentation in lines of `width` characters; what stands between fences stays as it is.
pub fn wrapped(lines: &[String], width: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let mut fenced = false;
    let mut open = false;
    for line in lines {
        let fence = line.starts_with("```");
        fenced ^= fence;
        if fenced || fence || line.is_empty() || line.starts_with("- ") {
            wrapped.push(line.clone());
            open = line.starts_with("- ") && !fenced;
            continue;
        }
        for word in line.split_whitespace() {
            match wrapped.last_mut() {
                Some(last) if open && last.chars().count() + 1 + word.chars().count() <= width => {
                    *last += " ";
                    *last += word;
                }
                _ => wrapped.push(word.to_owned()),
            }
            open = true;
        }
    }
    wrapped
}

/// Markdown as it is read on a terminal: without links, and without the walkthrough's anchors; in lines of 92 characters.
pub fn readable(markdown: &str) -> String {
    let shown: String = markdown.lines().filter(|line| !is_anchor(line)).map(|line| format!("{line}\n")).collect();
    let lines: Vec<_> = without_links(shown.trim_matches('\n')).lines().map(str::to_owned).collect();
    wrapped(&lines, WIDTH).join("\n")
}

/// Whether the line marks where an excerpt of the walkthrough begins or ends.
pub fn is_anchor(line: &str) -> bool {
    line.starts_with("<!-- ANCHOR")
}

/// `[a link](to.md)` as `a link`. Between backticks nothing is a link.
fn without_links(markdown: &str) -> String {
    let mut text = String::new();
    for (index, part) in markdown.split('`').enumerate() {
        let tick = if index == 0 { "" } else { "`" };
        text += tick;
        let mut rest = part;
        while index % 2 == 0
            && let Some((before, link)) = rest.split_once('[')
            && let Some((name, target)) = link.split_once("](")
            && let Some((_, after)) = target.split_once(')')
        {
            text += before;
            text += name;
            rest = after;
        }
        text += rest;
    }
    text
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
    fn markdown_is_read_without_its_links_and_anchors() {
        let markdown = "<!-- ANCHOR: a -->\nSee [the\nmanual](https://a.b/c) and [more](d.md).\n<!-- ANCHOR_END: a -->\n\n`x[0](y)`, [1]\n";
        assert_eq!(readable(markdown), "See the manual and more.\n\n`x[0](y)`, [1]");
    }

    #[test]
    fn an_idea_goes_on_a_title_unless_it_is_a_name() {
        assert_eq!(lowercase_first("Two strangers"), "two strangers");
        assert_eq!(lowercase_first("POSIX"), "POSIX");
    }
}
