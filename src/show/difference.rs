//! What differs between two texts, line by line.

/// A line, and whether both texts have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line<'a> {
    Both(&'a str),
    Old(&'a str),
    New(&'a str),
}

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// The shortest way from one text to the other.
fn lines<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    // common[i][j]: how many lines old[i..] and new[j..] share, in their order.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] =
                if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(Line::Both(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(Line::Old(old[i]));
            i += 1;
        } else {
            lines.push(Line::New(new[j]));
            j += 1;
        }
    }
    lines
}

/// The lines that differ alone: `-` was expected, `+` is there.
pub fn difference(expected: &str, found: &str) -> String {
    let shown = lines(expected, found).into_iter().filter_map(|line| match line {
        Line::Both(_) => None,
        Line::Old(text) => Some(format!("- {text}\n")),
        Line::New(text) => Some(format!("+ {text}\n")),
    });
    shown.collect()
}

/// The difference in the unified format, as diff(1) and git print it, without the two lines that name the files; empty
/// when there is none.
pub fn unified(old: &str, new: &str) -> String {
    let lines = lines(old, new);
    let changes = lines.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Both(_))).map(|(index, _)| index);
    // Changes whose surroundings touch share a hunk.
    let mut hunks: Vec<std::ops::Range<usize>> = Vec::new();
    for change in changes {
        let (start, end) = (change.saturating_sub(CONTEXT), (change + CONTEXT + 1).min(lines.len()));
        match hunks.last_mut() {
            Some(hunk) if start <= hunk.end => hunk.end = end,
            _ => hunks.push(start..end),
        }
    }
    hunks.into_iter().map(|hunk| head(&lines, &hunk) + &lines[hunk].iter().map(marked).collect::<String>()).collect()
}

/// `@@ -FIRST,COUNT +FIRST,COUNT @@`; a side without a line counts from the one before.
fn head(lines: &[Line], hunk: &std::ops::Range<usize>) -> String {
    let side = |has: fn(&&Line) -> bool| {
        let (before, count) =
            (lines[..hunk.start].iter().filter(has).count(), lines[hunk.clone()].iter().filter(has).count());
        format!("{},{count}", before + usize::from(count > 0))
    };
    let (old, new) = (side(|line| !matches!(line, Line::New(_))), side(|line| !matches!(line, Line::Old(_))));
    format!("@@ -{old} +{new} @@\n")
}

fn marked(line: &Line) -> String {
    match line {
        Line::Both(text) => format!(" {text}\n"),
        Line::Old(text) => format!("-{text}\n"),
        Line::New(text) => format!("+{text}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_shows_what_was_and_what_is() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\nd\n"), "- b\n+ x\n+ d\n");
        assert_eq!(difference("a\n", "a\n"), "");
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let numbers = |wrong: &[u32]| {
            let line = |n: u32| if wrong.contains(&n) { "x\n".to_owned() } else { format!("{n}\n") };
            (1..=20).map(line).collect::<String>()
        };
        let expected = "\
@@ -1,5 +1,5 @@
 1
-2
+x
 3
 4
 5
@@ -16,5 +16,5 @@
 16
 17
 18
-19
+x
 20
";
        assert_eq!(unified(&numbers(&[]), &numbers(&[2, 19])), expected);
        assert_eq!(unified(&numbers(&[]), &numbers(&[4, 11])).matches("@@ -").count(), 1, "they touch");
        assert_eq!(unified(&numbers(&[2]), &numbers(&[2])), "");
    }

    #[test]
    fn a_text_that_is_not_there_is_empty() {
        assert_eq!(unified("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(unified("a\n", ""), "@@ -1,1 +0,0 @@\n-a\n");
    }
}
