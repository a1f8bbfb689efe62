//! What is said of a lesson that passes: what the learner can do now, how to try it, and what no test could see.

use crate::check::verdict::{Outcome, Results};
use crate::show::page::page;
use crate::show::verdict::Scene;
use crate::show::{board, outcome};
use crate::text::Line;
use crate::text::style::Stylize;

impl Scene<'_> {
    /// That the tests pass, what that makes of the lesson, and what the learner has built.
    pub fn pass(self, results: &Results) -> Line {
        let number = self.lesson.number;
        let skipped = results.tests.iter().filter(|test| matches!(test.outcome, Outcome::Skipped(_))).count();
        let count = results.tests.len();
        let rest = match skipped {
            0 => {
                let all = format!("All {count} tests pass.");
                let built = if self.lesson.programs.is_empty() {
                    String::new()
                } else {
                    format!(" You built {}.", self.lesson.programs.join(" and "))
                };
                return Line::from(["  ".into(), all.green(), format!(" Lesson {number} is done.{built}").into()]);
            }
            1 => "one could not show its point here".to_owned(),
            _ => format!("{skipped} could not show their point here"),
        };
        let ran = format!("{} of {count} tests pass, {rest}.", count - skipped).yellow();
        Line::from(["  ".into(), ran, format!(" Lesson {number} is partial, not done.").into()])
    }

    /// What the learner can do now, as the lesson's card says it; nothing where it does not.
    pub fn goals(self) -> Vec<Line> {
        let goals = (1..).zip(&self.judgement.afterwards.goals).map(|(number, goal)| format!("{number}. {goal}\n"));
        let goals = page(&goals.collect::<String>(), self.width.saturating_sub(2));
        if goals.is_empty() {
            return Vec::new();
        }
        let goals = goals.into_iter().map(outcome::indented).map(outcome::indented);
        [Line::default(), Line::from(["  ".into(), "You can now".bold()])].into_iter().chain(goals).collect()
    }

    /// Commands to try it with below `head`; nothing where the card has none.
    pub fn attempt(self, head: &str) -> Vec<Line> {
        let commands = &self.judgement.afterwards.commands;
        if commands.is_empty() {
            return Vec::new();
        }
        let head = Line::from(["  ".into(), head.to_owned().bold()]);
        let block = page(&format!("```sh\n{}\n```", commands.join("\n")), self.width);
        [Line::default(), head].into_iter().chain(block.into_iter().map(outcome::indented)).collect()
    }

    /// What is left when the whole course passes: what each lesson was about, and the programs.
    pub fn recap(self) -> Vec<Line> {
        [board::recap(self.course), board::pay_off(self.course)].concat()
    }

    /// What came of a lesson that passes, and what to do next.
    pub fn passed(self, results: &Results) -> Vec<Line> {
        let mut text = vec![self.pass(results)];
        text.extend(self.warnings(results));
        text.extend(self.goals());
        let compare = format!("cargo kata solution {}", self.lesson.name);
        let row = |word, command: &str, what: &str| {
            let padded = format!("{command:width$}", width = compare.len()).cyan().spoken(command);
            Line::row(word, [padded, "  ".dim().spoken(", "), what.to_owned().dim()])
        };
        match self.current() {
            Some(next) => {
                text.extend(self.attempt("Try it"));
                let idea = next.idea_within();
                let what = format!("lesson {}, {}: {idea}", next.number, next.name);
                text.extend([Line::default(), row("next", "cargo kata", &what)]);
            }
            None => {
                text.extend(self.recap());
                text.push(Line::default());
            }
        }
        text.push(row("compare", &compare, "how the kata does it"));
        let shapes = &self.judgement.afterwards.shapes;
        if !shapes.is_empty() {
            let what = format!("at its end: {} shapes that pass and are wrong, which no test can see", shapes.len());
            text.push(row("beware", &compare, &what));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::judge::Judgement;
    use crate::check::verdict::{Test, Verdict};
    use crate::course::Course;
    use crate::course::afterwards::Afterwards;
    use crate::course::progress::Board;
    use crate::show::paint::Paint;

    #[test]
    fn a_pass_with_no_lesson_left_ends_in_the_programs() {
        let course = Course::find(Some(env!("CARGO_MANIFEST_DIR").as_ref())).unwrap();
        let lesson = course.lesson("shmctl").unwrap();
        let tests = vec![Test { name: "it_works".into(), outcome: Outcome::Passed }];
        let judgement = Judgement {
            lesson: course.place(lesson),
            verdict: Verdict::Passed(Results { tests, ..Results::default() }),
            guides: Vec::new(),
            afterwards: Afterwards::default(),
            board: Board::default(),
            unsettled: None,
            unkept: None,
        };
        let text = Paint::Plain.text(&Scene::new(&course, &judgement).verdict());
        let end = "
  read on  cargo kata book

  compare  cargo kata solution shmctl  how the kata does it
";
        assert!(text.contains(" is done. You built remover.\n\n  What you have learned\n   0  warmup"), "{text}");
        assert!(text.contains("\n\n  You have three programs\n") && text.ends_with(end), "{text}");
    }
}
