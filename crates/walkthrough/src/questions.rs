//! Questions that want an answer. A contributor writes Markdown, which GitHub and mdBook alone show as a list with the
//! right choice ticked:
//!
//! ```markdown
//! <div class="question">
//!
//! What does the writer hear?
//!
//! - [ ] The id
//!
//!   A reply to those who choose this.
//!
//! - [x] `EEXIST`
//!
//!   Why this is right.
//!
//! What is told after any answer, if there is more to tell.
//!
//! </div>
//! ```
//!
//! The built page has radio buttons, and a fold with all replies, which is what a reader without script sees.

use std::path::Path;

use crate::markdown::lines;

const BEGIN: &str = "<div class=\"question\">";
const END: &str = "</div>";

/// A question of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// Where it begins, counted from 1.
    pub line: usize,
    pub asks: String,
    pub choices: Vec<Choice>,
    pub after: String,
}

/// One of its answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    pub right: bool,
    pub text: String,
    pub reply: String,
}

/// The questions of a page, in its order.
pub fn read(text: &str) -> Vec<Question> {
    pieces(text).into_iter().filter_map(Result::ok).collect()
}

/// The page with its questions as HTML. Their ids begin with the page's name: the page for printing holds all of them.
pub fn expand(text: &str, page: &Path) -> String {
    let name = page.file_stem().unwrap_or_default().display();
    let mut number = 0;
    let pieces = pieces(text).into_iter().map(|piece| match piece {
        Ok(question) => {
            number += 1;
            question.html(&format!("q-{name}-{number}"))
        }
        Err(text) => text,
    });
    pieces.collect()
}

/// The page in order: questions, and the text around them.
fn pieces(text: &str) -> Vec<Result<Question, String>> {
    let mut pieces = vec![Err(String::new())];
    let mut inside = false;
    for ((line, fenced), number) in lines(text).zip(1..) {
        match pieces.last_mut() {
            _ if !fenced && !inside && line == BEGIN => {
                inside = true;
                pieces.push(Ok(Question { line: number, ..Question::default() }));
            }
            _ if !fenced && inside && line == END => {
                inside = false;
                pieces.push(Err(String::new()));
            }
            Some(Ok(question)) => question.add(line),
            Some(Err(around)) => *around += &format!("{line}\n"),
            None => unreachable!("there is a first piece"),
        }
    }
    pieces
}

impl Question {
    fn add(&mut self, line: &str) {
        let choice = line.strip_prefix("- [ ] ").map(|text| (false, text));
        let choice = choice.or_else(|| line.strip_prefix("- [x] ").map(|text| (true, text)));
        match (choice, line.strip_prefix("  "), self.choices.last_mut()) {
            (Some((right, text)), ..) if self.after.trim().is_empty() => {
                self.choices.push(Choice { right, text: text.to_owned(), reply: String::new() });
            }
            (None, _, None) => push(&mut self.asks, line),
            // A choice is a paragraph, and its reply the paragraphs below it.
            (None, Some(rest), Some(choice)) if choice.reply.is_empty() && self.after.is_empty() => {
                choice.text = format!("{} {rest}", choice.text);
            }
            (None, rest, Some(choice)) if self.after.is_empty() && (line.is_empty() || rest.is_some()) => {
                push(&mut choice.reply, rest.unwrap_or_default());
            }
            _ => push(&mut self.after, line),
        }
    }

    fn html(&self, id: &str) -> String {
        let Question { asks, choices, after, .. } = self;
        let mut html = format!(
            "\n<fieldset class=\"question\" id=\"{id}\" aria-labelledby=\"{id}-asks\">\n<div id=\"{id}-asks\">\n\n{}\n\n</div>\n",
            asks.trim()
        );
        for Choice { text, .. } in choices {
            html += &format!("\n<label><input type=\"radio\" name=\"{id}\"> <span>{text}</span></label>\n");
        }
        html += "\n<details><summary>Answers</summary>\n";
        for Choice { right, text, reply } in choices {
            let (class, mark) = if *right { ("correct", "✓") } else { ("incorrect", "✗") };
            html += &format!("<div class=\"reply {class}\">\n\n{mark} {text}\n\n{}\n\n</div>\n", reply.trim());
        }
        if !after.trim().is_empty() {
            html += &format!("<div class=\"after\">\n\n{}\n\n</div>\n", after.trim());
        }
        html + "</details>\n</fieldset>\n\n"
    }
}

fn push(text: &mut String, line: &str) {
    *text += line;
    *text += "\n";
}
