//! The board and verdicts for scripts. `kata list --help` and `kata check --help` say what the names mean; they stay.

use crate::check::judge::Judgement;
use crate::check::verdict::{Blank, Failure, Outcome, Place, Results, Test, Verdict};
use crate::course::progress::{Board, Standing};
use crate::course::{Course, Lesson};
use crate::show::json::Json;

/// The lessons, and where the learner is.
pub fn board(course: &Course, board: &Board) -> Json {
    let lesson = |(index, (lesson, standing)): (usize, (&Lesson, &Standing))| {
        Json::Object(vec![
            ("number", Json::number(lesson.number)),
            ("name", Json::text(&lesson.name)),
            ("idea", Json::text(&lesson.idea)),
            ("folder", Json::text(format!("lessons/{}", lesson.folder))),
            ("standing", Json::text(word(*standing))),
            ("current", Json::Bool(board.current == Some(index))),
        ])
    };
    let lessons = course.lessons.iter().zip(&board.standings).enumerate().map(lesson);
    Json::Object(vec![("lessons", Json::List(lessons.collect()))])
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Done => "done",
        Standing::Partial => "partial",
        Standing::Changed => "changed",
        Standing::NotYet => "not-yet",
    }
}

/// What came of some checks; `passes` is what the exit code says.
pub fn checks(passes: bool, checks: Vec<Json>) -> Json {
    Json::Object(vec![("passes", Json::Bool(passes)), ("checks", Json::List(checks))])
}

/// What came of checking one lesson.
pub fn check(course: &Course, judgement: &Judgement) -> Json {
    let none = Results::default();
    let verdict = &judgement.verdict;
    let lesson = &course.lessons[judgement.lesson];
    let (said, results) = match verdict {
        Verdict::Passed(results) => ("passed", results),
        Verdict::Partial(results) => ("partial", results),
        Verdict::Failed(results) => ("failed", results),
        Verdict::DoesNotCompile(_) => ("does-not-compile", &none),
    };
    let errors = match verdict {
        Verdict::DoesNotCompile(errors) => errors.errors.iter().map(|error| Json::text(&error.rendered)).collect(),
        _ => Vec::new(),
    };
    let guide = judgement.guides.first().filter(|_| results.first_failure().is_some());
    let guide = guide.map_or(Json::Null, |guide| {
        Json::Object(vec![
            ("open", Json::text(guide.open.to_string())),
            ("test", guide.test.as_ref().map_or(Json::Null, place)),
            ("about", Json::text(guide.about.join("\n"))),
        ])
    });
    Json::Object(vec![
        ("number", Json::number(lesson.number)),
        ("name", Json::text(&lesson.name)),
        ("verdict", Json::text(said)),
        ("tests", Json::List(results.tests.iter().map(test).collect())),
        ("died", Json::maybe(results.died.as_ref())),
        ("fallback", Json::maybe(results.fallback.as_ref())),
        ("warnings", Json::number(results.warnings.len() as u64)),
        ("errors", Json::List(errors)),
        ("blocking", blocking(course, judgement)),
        ("guide", guide),
    ])
}

fn test(test: &Test) -> Json {
    let (outcome, reason, failed) = match &test.outcome {
        Outcome::Passed => ("passed", None, Json::Null),
        Outcome::Skipped(reason) => ("skipped", Some(reason), Json::Null),
        Outcome::NotRun(reason) => ("not-run", Some(reason), Json::Null),
        Outcome::Failed(failed) => ("failed", None, failure(failed)),
        Outcome::Missing => ("missing", None, Json::Null),
    };
    Json::Object(vec![
        ("name", Json::text(&test.name)),
        ("outcome", Json::text(outcome)),
        ("reason", Json::maybe(reason)),
        ("failure", failed),
    ])
}

fn failure(failure: &Failure) -> Json {
    let kind = failure.kind().map_or("bare".to_owned(), |kind| kind.words().replace(' ', "-"));
    let blank = |Blank { place: Place { path, line, .. }, task }: &Blank| {
        Json::Object(vec![("path", Json::text(path)), ("line", Json::number(*line)), ("task", Json::text(task))])
    };
    Json::Object(vec![
        ("kind", Json::text(kind)),
        ("at", failure.at().as_ref().map_or(Json::Null, place)),
        ("blank", failure.blank().as_ref().map_or(Json::Null, blank)),
        ("text", Json::text(failure.text())),
    ])
}

fn place(place: &Place) -> Json {
    Json::Object(vec![("path", Json::text(&place.path)), ("line", Json::number(place.line))])
}

/// The earlier lesson that is in the way, and how.
fn blocking(course: &Course, judgement: &Judgement) -> Json {
    let lesson = &course.lessons[judgement.lesson];
    let found = match &judgement.verdict {
        Verdict::Passed(_) | Verdict::Partial(_) => None,
        Verdict::DoesNotCompile(errors) if errors.lesson == lesson.name => None,
        Verdict::DoesNotCompile(errors) => Some((errors.lesson.as_str(), "does-not-compile")),
        Verdict::Failed(results) => match results.blank() {
            Some(blank) => {
                let owner = course.owner_of(&blank.place.path).filter(|owner| *owner != lesson);
                owner.map(|owner| (owner.name.as_str(), "blank"))
            }
            None => judgement
                .unsettled
                .map(|place| (course.lessons[place].name.as_str(), word(judgement.board.standings[place]))),
        },
    };
    found.map_or(Json::Null, |(lesson, how)| {
        Json::Object(vec![("lesson", Json::text(lesson)), ("how", Json::text(how))])
    })
}
