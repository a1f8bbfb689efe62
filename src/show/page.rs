//! Markdown as it is read on a terminal: headings in bold, code in a colour and without its backticks, tables in columns
//! that fit, prose in lines of a width. Links and the walkthrough's anchors are left out.

use crate::course::markdown::is_anchor;
use crate::show::inline::{filled, inline};
use crate::show::table::table;
use crate::text::style::Stylize;
use crate::text::{Line, Span};

/// How many cells a line of prose has at most, if the width is unknown.
pub const WIDTH: usize = 92;

/// What is left of `width` for prose that is indented, and not longer than one likes to read.
pub fn room(width: usize) -> usize {
    width.saturating_sub(2).clamp(20, WIDTH)
}

/// How far code and tables are indented.
const INDENT: usize = 2;

/// `markdown` in lines of at most `width` cells; code keeps its lines, but for commands that can go on in a next one.
pub fn page(markdown: &str, width: usize) -> Vec<Line> {
    let mut page = Page { width, lines: Vec::new(), open: None };
    let mut source = markdown.trim_matches('\n').lines().filter(|line| !is_anchor(line)).peekable();
    while let Some(line) = source.next() {
        let text = line.trim_start();
        if let Some(language) = text.strip_prefix("```") {
            page.close();
            let is_end = |line: &&str| line.trim_start().starts_with("```");
            let code = source.by_ref().take_while(|line| !is_end(line));
            code.for_each(|code| page.code(code, language.trim() == "sh"));
        } else if text.is_empty() {
            page.close();
            page.empty();
        } else if line.starts_with('|') {
            page.close();
            let mut rows = vec![line];
            while let Some(row) = source.next_if(|line| line.starts_with('|')) {
                rows.push(row);
            }
            page.lines.extend(table(&rows, width.saturating_sub(INDENT)).into_iter().map(indented));
        } else if line.starts_with('#') {
            page.close();
            let heading = line.trim_start_matches('#').trim_start();
            page.lines.push(inline(heading).into_iter().map(Stylize::bold).collect());
        } else if line.starts_with("    ") && page.open.is_none() {
            page.code(&line[4..], false);
        } else {
            page.prose(line);
        }
    }
    page.close();
    while page.lines.last().is_some_and(|line| line.spans.is_empty()) {
        page.lines.pop();
    }
    page.lines
}

/// A line further in.
fn indented(mut line: Line) -> Line {
    if !line.spans.is_empty() {
        line.spans.insert(0, " ".repeat(INDENT).into());
    }
    line
}

struct Page {
    width: usize,
    lines: Vec<Line>,
    /// The paragraph, or the item of a list, that the next line may go on with.
    open: Option<Paragraph>,
}

struct Paragraph {
    /// What its first line begins with, and how many cells its others are indented.
    lead: String,
    text: String,
}

impl Page {
    /// An empty line, unless there is one or nothing yet.
    fn empty(&mut self) {
        if self.lines.last().is_some_and(|line| !line.spans.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    fn code(&mut self, line: &str, is_command: bool) {
        let width = self.width.saturating_sub(INDENT);
        let lines = if is_command { command(line, width) } else { vec![line.to_owned()] };
        let code = |line: String| if line.is_empty() { Line::default() } else { Line::from([line.cyan()]) };
        self.lines.extend(lines.into_iter().map(code).map(indented));
    }

    fn prose(&mut self, line: &str) {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        let marker = marker(text);
        match &mut self.open {
            Some(paragraph) if marker == 0 => {
                paragraph.text.push(' ');
                paragraph.text += text;
            }
            _ => {
                self.close();
                let lead = " ".repeat(indent) + &text[..marker];
                self.open = Some(Paragraph { lead, text: text[marker..].to_owned() });
            }
        }
    }

    /// The paragraph has come to its end.
    fn close(&mut self) {
        let Some(Paragraph { lead, text }) = self.open.take() else { return };
        let indent = lead.chars().count();
        for (number, line) in filled(inline(&text), self.width.saturating_sub(indent).max(1)).into_iter().enumerate() {
            let lead = if number == 0 { lead.clone() } else { " ".repeat(indent) };
            let lead = (indent > 0).then(|| Span::raw(lead));
            self.lines.push(lead.into_iter().chain(line.spans).collect());
        }
    }
}

/// The length of `- ` or `12. ` at the beginning of a list's item; 0 where it is none.
fn marker(line: &str) -> usize {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let marker = if digits == 0 { "- " } else { ". " };
    if line[digits..].starts_with(marker) { digits + 2 } else { 0 }
}

/// A command line of a shell's, which goes on in a next one where it is too long: behind a backslash, at a space where
/// the shell takes that for the same command. One without such a space stays as it is.
pub fn command(line: &str, width: usize) -> Vec<String> {
    const GOES_ON: &str = " \\";
    if line.chars().count() <= width {
        return vec![line.to_owned()];
    }
    let (mut quote, mut space, mut before) = (None, None, ' ');
    for (place, (at, c)) in line.char_indices().enumerate() {
        match (quote, c) {
            (None, '#') if before == ' ' => break,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c && before != '\\' => quote = None,
            (None, ' ') if place + GOES_ON.len() <= width && place > 0 => space = Some(at),
            _ => {}
        }
        before = c;
    }
    let Some(at) = space.filter(|at| !line[..*at].trim().is_empty()) else { return vec![line.to_owned()] };
    let rest = format!("    {}", line[at..].trim_start());
    [format!("{}{GOES_ON}", &line[..at])].into_iter().chain(command(&rest, width)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::paint::Paint;

    fn shown(markdown: &str, width: usize) -> String {
        Paint::Plain.text(&page(markdown, width)).trim_end().to_owned()
    }

    #[test]
    fn prose_is_wrapped_lists_are_indented_and_code_keeps_its_lines() {
        let markdown = "# Head\n\n1. one two\n   three four\n   - nested one\n     two\n2. five\n\n- six seven eight\n\n```rust\nlet a = b + c;\n\n```\nnine ten eleven\n\n    fn f()";
        let expected = "Head\n\n1. one two\n   three four\n   - nested\n     one two\n2. five\n\n- six seven\n  eight\n\n  let a = b + c;\n\nnine ten\neleven\n\n  fn f()";
        assert_eq!(shown(markdown, 13), expected);
    }

    #[test]
    fn markdown_is_read_without_its_marks_links_and_anchors() {
        let markdown = "<!-- ANCHOR: a -->\nSee [the\nmanual](https://a.b/c) and [more](d.md).\n<!-- ANCHOR_END: a -->\n\n`x[0](y)`, [1] and\n[`a[0]`](e.md), **much**, *a* * b, `**p`\n";
        assert_eq!(shown(markdown, 92), "See the manual and more.\n\nx[0](y), [1] and a[0], much, a * b, **p");
        assert_eq!(shown("a ` b ** c", 92), "a ` b ** c", "a mark alone is no mark");
    }

    #[test]
    fn code_has_another_style_than_prose() {
        let lines = page("So `a b` is.\n\n```sh\nls\n```\n", 92);
        let code = |line: &Line| line.spans.iter().filter(|span| span.style.fg.is_some()).cloned().collect::<Vec<_>>();
        assert_eq!(code(&lines[0]).iter().map(|span| span.content.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(code(&lines[2]), ["ls".cyan()]);
        assert_eq!(lines[0].to_string(), "So a b is.");
    }

    #[test]
    fn a_command_that_is_too_long_goes_on_behind_a_backslash() {
        let shell = |line: &str| shown(&format!("```sh\n{line}\n```"), 24);
        assert_eq!(shell("cargo run -p write --bin writer"), "  cargo run -p write \\\n      --bin writer");
        assert_eq!(shell("ls 'a b c d e f g h i j k l'"), "  ls \\\n      'a b c d e f g h i j k l'", "not in quotes");
        let comment = "# a comment that is too long";
        assert_eq!(shell(comment), format!("  {comment}"), "nor in a comment");
    }
}
