//! What a lesson tells a learner who has passed it: what they can do now, commands to try it with, and what no test
//! could see.

use crate::course::{Course, Lesson, material};

/// What there is to say once a lesson passes; parts that its texts do not have are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Afterwards {
    /// The goals: see [`material::read_goals`].
    pub goals: Vec<String>,
    /// Commands to try it with: the code for a shell in the card's section "How you know".
    pub commands: Vec<String>,
    /// The titles of the unsound shapes that pass: see [`unsound`].
    pub shapes: Vec<String>,
}

impl Afterwards {
    /// What the lesson's card and its `why.md` say.
    pub fn read(course: &Course, lesson: &Lesson) -> Self {
        let card = material::task(course, lesson).unwrap_or_default();
        let why = material::why(course, lesson).unwrap_or_default();
        Self::of(&card, &why)
    }

    fn of(card: &str, why: &str) -> Self {
        let goals = material::read_goals(card);
        let commands = section(card, "How you know").map(commands).unwrap_or_default();
        let shapes = unsound(why)
            .map(|section| lines(section).filter_map(|line| title(line, "### ")).map(str::to_owned).collect());
        Self { goals, commands, shapes: shapes.unwrap_or_default() }
    }
}

/// The section of `why.md` with the unsound shapes that no test can detect, each under its own heading.
pub fn unsound(why: &str) -> Option<&str> {
    section(why, "If yours looks like this")
}

/// The text below the heading `## NAME`, up to the next one of that rank.
fn section<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let start = |line: &&str| title(line, "## ") == Some(name);
    let begin = lines(text).find(start)?;
    let rest = &text[offset(text, begin) + begin.len()..];
    let end = lines(rest).find(|line| title(line, "## ").is_some());
    Some(&rest[..end.map_or(rest.len(), |line| offset(rest, line))])
}

/// Where `part`, a part of `text`, begins in it.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

/// The lines that are not code.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

fn title<'t>(line: &'t str, mark: &str) -> Option<&'t str> {
    line.strip_prefix(mark).map(str::trim)
}

/// The lines of the blocks for a shell.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut lines = text.lines();
    while lines.by_ref().any(|line| line == "```sh") {
        commands.extend(lines.by_ref().take_while(|line| *line != "```").map(str::to_owned));
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "\
# 2 · shmget

## Afterwards you can

1. make one
2. find one

## How you know

Look yourself:

```sh
# ## a comment
ipcs -m
```

```text
no command
```

## Read
";

    #[test]
    fn a_card_says_what_one_can_do_and_how_to_try_it() {
        let why = "Why.\n\n## If yours looks like this\n\n### A slice\n\n```rust\n### no\n```\nNo.\n\n### A store\n";
        let found = Afterwards::of(CARD, why);
        assert_eq!(found.goals, ["make one", "find one"]);
        assert_eq!(found.commands, ["# ## a comment", "ipcs -m"]);
        assert_eq!(found.shapes, ["A slice", "A store"]);
        assert_eq!(Afterwards::of("# 1 · key\n", "Why.\n"), Afterwards::default());
    }
}
