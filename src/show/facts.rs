//! The board and verdicts for scripts. `kata list --help` and `kata check --help` say what the names mean; they stay.

use crate::check::verdict::{Blank, Failure, Kind, Outcome, Place, Report, Test, Verdict};
use crate::course::progress::Standing;
use crate::course::{Course, Lesson};
use crate::show::Scene;
use crate::show::json::Json;

/// The lessons, and where the learner is.
pub fn board(course: &Course, standings: &[Standing], current: Option<usize>) -> Json {
    let lesson = |(index, (lesson, standing)): (usize, (&Lesson, &Standing))| {
        Json::Object(vec![
            ("number", Json::number(lesson.number)),
            ("name", Json::text(&lesson.name)),
            ("idea", Json::text(&lesson.idea)),
            ("folder", Json::text(format!("lessons/{}", lesson.folder))),
            ("standing", Json::text(word(*standing))),
            ("current", Json::Bool(current == Some(index))),
        ])
    };
    let lessons = course.lessons.iter().zip(standings).enumerate().map(lesson);
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
pub fn check(scene: &Scene, verdict: &Verdict) -> Json {
    let none = Report::default();
    let (said, report) = match verdict {
        Verdict::Passed(report) => ("passed", report),
        Verdict::Partial(report) => ("partial", report),
        Verdict::Failed(report) => ("failed", report),
        Verdict::DoesNotCompile(_) => ("does-not-compile", &none),
    };
    let errors = match verdict {
        Verdict::DoesNotCompile(errors) => errors.errors.iter().map(Json::text).collect(),
        _ => Vec::new(),
    };
    let guide = if report.first_failure().is_none() {
        Json::Null
    } else {
        Json::Object(vec![
            ("open", Json::text(scene.guide.open.to_string())),
            ("test", scene.guide.test.as_ref().map_or(Json::Null, place)),
            ("about", Json::text(scene.guide.about.join("\n"))),
        ])
    };
    Json::Object(vec![
        ("number", Json::number(scene.lesson.number)),
        ("name", Json::text(&scene.lesson.name)),
        ("verdict", Json::text(said)),
        ("tests", Json::List(report.tests.iter().map(test).collect())),
        ("died", Json::maybe(report.died.as_ref())),
        ("fallback", Json::maybe(report.fallback.as_ref())),
        ("warnings", Json::number(report.warnings.len() as u64)),
        ("errors", Json::List(errors)),
        ("blocking", blocking(scene, verdict)),
        ("guide", guide),
    ])
}

fn test(test: &Test) -> Json {
    let (outcome, reason, failed) = match &test.outcome {
        Outcome::Passed => ("passed", None, Json::Null),
        Outcome::Skipped(reason) => ("skipped", Some(reason), Json::Null),
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
    let kind = match failure.kind {
        Kind::Assertion => "failed",
        Kind::Signal => "crashed",
        Kind::Deadline => "out-of-time",
        Kind::NoToken => "ended-early",
        Kind::LeftRunning => "left-running",
        Kind::Garbled => "garbled",
        Kind::Bare => "bare",
    };
    let blank = |Blank { place: Place { path, line }, task }: &Blank| {
        Json::Object(vec![("path", Json::text(path)), ("line", Json::number(*line)), ("task", Json::text(task))])
    };
    Json::Object(vec![
        ("kind", Json::text(kind)),
        ("at", failure.at.as_ref().map_or(Json::Null, place)),
        ("blank", failure.blank.as_ref().map_or(Json::Null, blank)),
        ("text", Json::text(&failure.text)),
    ])
}

fn place(place: &Place) -> Json {
    Json::Object(vec![("path", Json::text(&place.path)), ("line", Json::number(place.line))])
}

/// The earlier lesson that is in the way, and how.
fn blocking(scene: &Scene, verdict: &Verdict) -> Json {
    let found = match verdict {
        Verdict::Passed(_) | Verdict::Partial(_) => None,
        Verdict::DoesNotCompile(errors) if errors.lesson == scene.lesson.name => None,
        Verdict::DoesNotCompile(errors) => Some((errors.lesson.as_str(), "does-not-compile")),
        Verdict::Failed(report) => match report.blank() {
            Some(blank) => {
                let owner = scene.course.owner_of(&blank.place.path).filter(|owner| *owner != scene.lesson);
                owner.map(|owner| (owner.name.as_str(), "blank"))
            }
            None => scene.unsettled.map(|(earlier, standing)| (earlier.name.as_str(), word(standing))),
        },
    };
    found.map_or(Json::Null, |(lesson, how)| {
        Json::Object(vec![("lesson", Json::text(lesson)), ("how", Json::text(how))])
    })
}
