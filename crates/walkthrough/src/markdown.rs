//! Markdown, as much of it as the rules of the walkthrough look at.

use std::collections::BTreeSet;

/// Each line, and whether it stands in a fenced listing (its fences included).
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut open: Option<String> = None;
    text.lines().map(move |line| {
        let start = line.trim_start();
        let fence: String = start.chars().take_while(|c| *c == '`').collect();
        match &open {
            Some(fence) if start.trim_end() == fence => {
                open = None;
                (line, true)
            }
            None if fence.len() >= 3 => {
                open = Some(fence);
                (line, true)
            }
            _ => (line, open.is_some()),
        }
    })
}

/// The listings, each without its fences.
pub fn fences(text: &str) -> Vec<String> {
    let mut fences: Vec<String> = Vec::new();
    // The fence of the listing that a line is in: one within it is shorter.
    let mut open = None;
    for (line, fenced) in lines(text) {
        let fence = line.trim();
        match open {
            _ if !fenced => open = None,
            None => {
                open = Some(&fence[..fence.len() - fence.trim_start_matches('`').len()]);
                fences.push(String::new());
            }
            Some(opened) if opened == fence => open = None,
            Some(_) => {
                let listing = fences.last_mut().expect("a listing has begun");
                *listing += line;
                *listing += "\n";
            }
        }
    }
    fences
}

/// The ids of the headings, as mdBook makes them, and those that stand in HTML.
pub fn headings(text: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (line, fenced) in lines(text) {
        let marks = line.chars().take_while(|c| *c == '#').count();
        if !fenced && (1..=6).contains(&marks) && line[marks..].starts_with(' ') {
            let title = without_links(line[marks..].trim());
            let kept = title.to_lowercase();
            let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-'));
            let id: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
            let taken = |id: &str| ids.contains(id);
            let id = if taken(&id) { (1..).map(|n| format!("{id}-{n}")).find(|id| !taken(id)) } else { Some(id) };
            ids.extend(id);
        }
        ids.extend(line.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    ids
}

/// `[a link](to.md) in a title` as it is read.
fn without_links(title: &str) -> String {
    let mut plain = String::new();
    let mut rest = title;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((text, (_, after))) = link.split_once("](").and_then(|(text, to)| Some((text, to.split_once(')')?)))
        else {
            break;
        };
        plain += before;
        plain += text;
        rest = after;
    }
    plain + rest
}

/// Where its links lead, listings and code left out.
pub fn links(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    for (line, _) in lines(text).filter(|(_, fenced)| !fenced) {
        let code = |at: usize| line[..at].matches('`').count() % 2 == 1;
        for (at, _) in line.match_indices("](").filter(|(at, _)| !code(*at)) {
            links.extend(line[at + 2..].split(')').next().and_then(|link| link.split_whitespace().next()));
        }
        links.extend(line.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()));
    }
    links
}

/// The words that are there for everyone: no listing, no inclusion, nothing within `<details>`, no table, no figure, no
/// question.
pub fn plain(text: &str) -> String {
    const BEGINS: [&str; 3] = ["<details>", "<figure ", "<div"];
    const ENDS: [&str; 3] = ["</details>", "</figure>", "</div>"];
    let mut depth = 0;
    let mut plain = String::new();
    for (line, fenced) in lines(text) {
        depth += BEGINS.iter().map(|begin| line.matches(begin).count()).sum::<usize>();
        if depth == 0 && !fenced && !line.contains("{{#") && !line.trim_start().starts_with('|') {
            plain += line;
            plain += "\n";
        }
        depth -= ENDS.iter().map(|end| line.matches(end).count()).sum::<usize>().min(depth);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_answers_questions_figures_listings_and_tables_are_not_counted() {
        let text = "One\n<details><summary>a</summary>\nb\n</details>\ntwo\n<figure class=\"f\">\n<p>c</p>\n</figure>\n\
                    <div class=\"question\">\n\n- [x] c\n\n</div>\n```text\nd\n```\n| e |\n{{#include f}}\nthree\n";
        assert_eq!(plain(text), "One\ntwo\nthree\n");
    }
}
