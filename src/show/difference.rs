//! What differs between two texts, line by line.

use std::ops::Range;

/// A step on the way from one text to the other: by a line that both have, or one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Both,
    Old,
    New,
}

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// The shortest way from one text to the other.
fn steps<T: PartialEq>(old: &[T], new: &[T]) -> Vec<Step> {
    // common[i][j]: how many lines old[i..] and new[j..] share, in their order.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] =
                if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut steps) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            steps.push(Step::Both);
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            steps.push(Step::Old);
            i += 1;
        } else {
            steps.push(Step::New);
            j += 1;
        }
    }
    steps
}

/// The lines that differ alone: `-` was expected, `+` is there.
pub fn difference(expected: &str, found: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let shown = |run: Run| match old[run.old.clone()] == new[run.new.clone()] {
        true => String::new(),
        false => changed_lines(&old[run.old], &new[run.new]),
    };
    runs(&steps(&old, &new)).into_iter().map(shown).collect()
}

fn changed_lines(old: &[&str], new: &[&str]) -> String {
    let line = |mark: char| move |text: &&str| format!("{mark} {text}\n");
    old.iter().map(line('-')).chain(new.iter().map(line('+'))).collect()
}

/// The difference in the unified format, as diff(1) and git print it, without the two lines that name the files; empty
/// when there is none. What differs in its layout alone does not differ, and is shown as the old text has it.
pub fn unified(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let mut rows = Vec::new();
    // Lines that are the same as they are come first: a brace further in is another brace.
    for run in runs(&steps(&old, &new)) {
        rows.extend(same(&old[run.old.clone()], &new[run.new.clone()]).unwrap_or_else(|| {
            let (old, new) = (&old[run.old.clone()], &new[run.new.clone()]);
            let keys = |lines: &[&str]| lines.iter().map(|line| without_layout(line)).collect::<Vec<_>>();
            let within = runs(&steps(&keys(old), &keys(new)));
            within.into_iter().flat_map(|run| changed(&old[run.old], &new[run.new])).collect()
        }));
    }
    hunks(&rows)
}

/// Lines of both texts, in their places.
struct Run {
    old: Range<usize>,
    new: Range<usize>,
}

/// The lines that both have in succession, and those between.
fn runs(steps: &[Step]) -> Vec<Run> {
    let (mut old, mut new) = (0, 0);
    let of = |run: &[Step]| {
        let count = |side: fn(&Step) -> bool| run.iter().filter(|step| side(step)).count();
        let (olds, news) = (count(|step| *step != Step::New), count(|step| *step != Step::Old));
        (old, new) = (old + olds, new + news);
        Run { old: old - olds..old, new: new - news..new }
    };
    steps.chunk_by(|one, next| (*one == Step::Both) == (*next == Step::Both)).map(of).collect()
}

/// The old lines, if the new ones are the same but for their layout.
fn same<'a>(old: &[&'a str], new: &[&'a str]) -> Option<Vec<Row<'a>>> {
    let all = |lines: &[&str]| without_layout(&lines.iter().map(|line| without_layout(line)).collect::<String>());
    if old.is_empty() || all(old) != all(new) {
        return None;
    }
    let row = |(index, text): (usize, &&'a str)| {
        // Where the new ones are fewer or more, the last old one makes up for it.
        let upto = if index + 1 == old.len() { new.len() } else { (index + 1).min(new.len()) };
        Row { mark: ' ', text, old: 1, new: upto - index.min(new.len()) }
    };
    Some(old.iter().enumerate().map(row).collect())
}

fn changed<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Row<'a>> {
    same(old, new).unwrap_or_else(|| {
        let gone = old.iter().map(|text| Row { mark: '-', text, old: 1, new: 0 });
        gone.chain(new.iter().map(|text| Row { mark: '+', text, old: 0, new: 1 })).collect()
    })
}

/// A line of a hunk, and how many of the old and of the new lines it is.
struct Row<'a> {
    mark: char,
    text: &'a str,
    old: usize,
    new: usize,
}

fn hunks(rows: &[Row]) -> String {
    let changes = rows.iter().enumerate().filter(|(_, row)| row.mark != ' ').map(|(index, _)| index);
    // Changes whose surroundings touch share a hunk.
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for change in changes {
        let (start, end) = (change.saturating_sub(CONTEXT), (change + CONTEXT + 1).min(rows.len()));
        match hunks.last_mut() {
            Some(hunk) if start <= hunk.end => hunk.end = end,
            _ => hunks.push(start..end),
        }
    }
    let text =
        |hunk: Range<usize>| rows[hunk].iter().map(|row| format!("{}{}\n", row.mark, row.text)).collect::<String>();
    hunks.into_iter().map(|hunk| head(rows, &hunk) + &text(hunk)).collect()
}

/// `@@ -FIRST,COUNT +FIRST,COUNT @@`; a side without a line counts from the one before.
fn head(rows: &[Row], hunk: &Range<usize>) -> String {
    let side = |lines: fn(&Row) -> usize| {
        let sum = |rows: &[Row]| rows.iter().map(lines).sum::<usize>();
        let (before, count) = (sum(&rows[..hunk.start]), sum(&rows[hunk.clone()]));
        format!("{},{count}", before + usize::from(count > 0))
    };
    format!("@@ -{} +{} @@\n", side(|row| row.old), side(|row| row.new))
}

/// Code without what rustfmt decides: spaces, and a comma before what closes. In texts and comments a space counts.
fn without_layout(line: &str) -> String {
    let line = line.trim();
    if line.starts_with("//") {
        return line.to_owned();
    }
    let (mut kept, mut quoted, mut escaped) = (String::new(), false, false);
    for c in line.chars() {
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        if !quoted && c.is_whitespace() {
            continue;
        }
        if !quoted && matches!(c, ')' | ']' | '}' | '>') && kept.ends_with(',') {
            kept.pop();
        }
        kept.push(c);
    }
    kept
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
    fn layout_is_no_difference_and_is_shown_as_it_is() {
        let old = "fn a(\n  key: i32\n) {\nb( key );\n}\nc\nd\n";
        assert_eq!(
            unified(old, "fn a(key: i32) {\n    b(key);\n}\n\nc\nd\n").matches(['-', '+']).count(),
            3,
            "a blank line"
        );
        assert_eq!(unified(old, "fn a(key: i32) {\n    b(key);\n}\nc\nd\n"), "");
        let expected = "\
@@ -3,5 +3,3 @@
 ) {
 b( key );
 }
-c
+e
 d
";
        assert_eq!(unified(old, "fn a(key: i32) {\n    b(key);\n}\ne\nd\n"), expected);
        assert_ne!(unified("f(\"a b\")", "f(\"ab\")"), "", "a space in a text is no layout");
        assert_ne!(unified("// a b", "// ab"), "");
    }

    #[test]
    fn a_brace_further_in_is_another_brace() {
        let expected = "@@ -1,3 +1,5 @@\n fn a() {\n-    todo!()\n+    match b {\n+        _ => c,\n+    }\n }\n";
        assert_eq!(
            unified("fn a() {\n    todo!()\n}\n", "fn a() {\n    match b {\n        _ => c,\n    }\n}\n"),
            expected
        );
    }

    #[test]
    fn a_text_that_is_not_there_is_empty() {
        assert_eq!(unified("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(unified("a\n", ""), "@@ -1,1 +0,0 @@\n-a\n");
    }
}
