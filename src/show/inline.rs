//! A paragraph of Markdown's as styled text, and text in lines of a width.

use crate::text::style::{Modifier, Style, Stylize};
use crate::text::{Line, Span};

/// Text with its code, links and weight, of which the marks are gone. A mark without its partner stays.
pub fn inline(text: &str) -> Vec<Span> {
    const BOLD: Style = Style { modifier: Modifier::BOLD, ..Style::new() };
    const ITALIC: Style = Style { modifier: Modifier::ITALIC, ..Style::new() };
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let between = |mark: &str| {
            let (inner, after) = rest.strip_prefix(mark)?.split_once(mark)?;
            (!inner.is_empty() && inner.trim() == inner).then_some((inner, after))
        };
        let styled = |spans: Vec<Span>, over: Style| {
            spans.into_iter().map(|span| span.restyled(|style| style.patch(over))).collect()
        };
        let (inner, after): (Vec<Span>, &str) = if let Some((code, after)) = between("`") {
            (vec![code.cyan()], after)
        } else if let Some((name, after)) = link(rest) {
            (inline(name), after)
        } else if let Some((strong, after)) = between("**") {
            (styled(inline(strong), BOLD), after)
        } else if let Some((weak, after)) = between("*").filter(|_| !rest.starts_with("**")) {
            (styled(inline(weak), ITALIC), after)
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        if !plain.is_empty() {
            spans.push(std::mem::take(&mut plain).into());
        }
        spans.extend(inner);
        rest = after;
    }
    if !plain.is_empty() {
        spans.push(plain.into());
    }
    spans
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

/// The spans' words in lines of at most `width` cells; a word that is longer has a line to itself.
pub fn filled(spans: Vec<Span>, width: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut used = 0;
    for word in words(spans) {
        let cells = word.iter().map(Span::width).sum::<usize>();
        match lines.last_mut() {
            Some(line) if used + 1 + cells <= width => {
                line.push_span(" ".into());
                line.spans.extend(word);
                used += 1 + cells;
            }
            _ => {
                lines.push(Line::from(word));
                used = cells;
            }
        }
    }
    lines
}

/// What lies between spaces, which may be of several styles.
pub fn words(spans: Vec<Span>) -> Vec<Vec<Span>> {
    let mut words: Vec<Vec<Span>> = Vec::new();
    let mut begun = false;
    for span in spans {
        for (number, part) in span.content.split(' ').enumerate() {
            begun &= number == 0;
            if part.is_empty() {
                continue;
            }
            let part = Span { content: part.to_owned(), ..span.clone() };
            match words.last_mut() {
                Some(word) if begun => word.push(part),
                _ => words.push(vec![part]),
            }
            begun = true;
        }
    }
    words
}
