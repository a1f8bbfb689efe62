//! A table of Markdown's in columns that fit.

use crate::show::inline::{filled, inline, words};
use crate::text::style::Stylize;
use crate::text::{Line, Span};

/// Cells between two columns.
const GAP: usize = 2;

/// The rows, each `| a | b |`, in lines of at most `width` cells: a cell that is too long for its column goes on below. The
/// first row is the head. In words there are no columns: each row is a line that names them.
pub fn table(rows: &[&str], width: usize) -> Vec<Line> {
    let rows: Vec<Vec<Vec<Span>>> = rows
        .iter()
        .map(|row| cells(row))
        .filter(|row| !is_rule(row))
        .map(|row| row.iter().map(|cell| inline(cell)).collect())
        .collect();
    let widths = widths(&rows, width);
    let said: Vec<String> = rows.iter().map(|row| in_words(&rows[0], row)).collect();
    let mut text: Vec<Line> = Vec::new();
    let mut tall = false;
    for (number, row) in rows.into_iter().enumerate() {
        let head = number == 0;
        let cells = row.into_iter().zip(&widths).map(|(cell, width)| {
            let cell = cell.into_iter().map(|span| if head { span.bold() } else { span }).collect();
            filled(cell, *width)
        });
        let cells: Vec<Vec<Line>> = cells.collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        // Where one row ends and the next begins must be seen.
        if (tall || height > 1) && number > 1 {
            text.push(Line::default().unspoken());
        }
        tall = height > 1 && !head;
        text.extend((0..height).map(|part| {
            let first = part == 0 && !head;
            beside(&cells, part, &widths).spoken(if first { said[number].as_str() } else { "" })
        }));
    }
    text
}

/// `flags: none; key is free: ENOENT`; a column without a head is said without one.
fn in_words(heads: &[Vec<Span>], row: &[Vec<Span>]) -> String {
    let text = |cell: &[Span]| cell.iter().map(|span| span.content.as_str()).collect::<String>();
    let cell = |(index, cell): (usize, &Vec<Span>)| match heads.get(index).map(|head| text(head)) {
        Some(head) if !head.is_empty() => format!("{head}: {}", text(cell)),
        _ => text(cell),
    };
    row.iter().enumerate().map(cell).collect::<Vec<_>>().join("; ")
}

/// One line of a row: the parts of this number of all its cells.
fn beside(cells: &[Vec<Line>], part: usize, widths: &[usize]) -> Line {
    let mut line = Line::default();
    let mut owed = 0;
    for (cell, width) in cells.iter().zip(widths) {
        let spans = cell.get(part).map(|line| line.spans.clone()).unwrap_or_default();
        let used = spans.iter().map(Span::width).sum::<usize>();
        if used > 0 {
            if owed > 0 {
                line.push_span(" ".repeat(owed).into());
            }
            line.spans.extend(spans);
            owed = 0;
        }
        owed += width.saturating_sub(used) + GAP;
    }
    line
}

/// The columns' widths: what the longest cells need, and less for the widest ones where that is too much; never less than
/// a column's longest word.
fn widths(rows: &[Vec<Vec<Span>>], width: usize) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let longest = |column: usize, cells: &dyn Fn(&Vec<Span>) -> usize| {
        rows.iter().filter_map(|row| row.get(column)).map(cells).max().unwrap_or(0)
    };
    let measure = |spans: &Vec<Span>| spans.iter().map(Span::width).sum::<usize>();
    let word = |spans: &Vec<Span>| words(spans.clone()).iter().map(measure).max().unwrap_or(0);
    let least: Vec<usize> = (0..columns).map(|column| longest(column, &word)).collect();
    let mut widths: Vec<usize> = (0..columns).map(|column| longest(column, &measure)).collect();
    while widths.iter().sum::<usize>() + GAP * columns.saturating_sub(1) > width {
        let widest =
            (0..columns).filter(|column| widths[*column] > least[*column]).max_by_key(|column| widths[*column]);
        let Some(widest) = widest else { break };
        widths[widest] -= 1;
    }
    widths
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
    use crate::show::paint::Paint;

    fn shown(markdown: &str, width: usize) -> String {
        let rows: Vec<_> = markdown.lines().collect();
        Paint::Plain.text(&table(&rows, width))
    }

    #[test]
    fn columns_stand_one_below_the_other() {
        let markdown = "| a | b |\n|---|:-:|\n| `c \\| d`   | e f |\n| g | h |";
        assert_eq!(shown(markdown, 20), "a      b\nc | d  e f\ng      h\n");
    }

    #[test]
    fn in_words_a_row_names_its_columns() {
        let markdown = "| | key is free | `key` is taken |\n|---|---|---|\n| none of the flags | `ENOENT` | its id |";
        let rows: Vec<_> = markdown.lines().collect();
        for width in [20, 80] {
            let said = "none of the flags; key is free: ENOENT; key is taken: its id\n";
            assert_eq!(Paint::Words.text(&table(&rows, width)), said);
        }
    }

    #[test]
    fn a_table_that_is_too_wide_goes_on_below_and_not_beside() {
        let markdown = "| | in the table | its bytes |\n|---|---|---|\n| created, then attached | `nattch` counts mappings | stay |\n| removed | gone | gone |";
        let expected = "              in the table  its bytes\n\
                        created,      nattch        stay\n\
                        then          counts\n\
                        attached      mappings\n\
                        \n\
                        removed       gone          gone\n";
        assert_eq!(shown(markdown, 37), expected);
    }
}
