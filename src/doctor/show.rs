//! Findings as text and as JSON. `kata doctor --help` says what the names mean; they stay.

use super::checks;
use super::finding::{Finding, Health, to_mend};
use crate::course::Course;
use crate::exit::Answer;
use crate::out::emit;
use crate::show::json::Json;
use crate::show::paint::{Mark, Paint};
use crate::text::style::Stylize;
use crate::text::{Line, Span};
use crate::trouble::Trouble;

/// `kata doctor`: [`Answer::No`] when there is something to mend. Without a `course` it looks at the machine alone.
pub fn look(course: Option<&Course>, for_scripts: bool, paint: Paint) -> Result<Answer, Trouble> {
    let findings = checks::all(course)?;
    if for_scripts {
        emit(&format!("{}\n", json(&findings)));
    } else {
        emit(&paint.text(&text(&findings)));
    }
    Ok(if to_mend(&findings) == 0 { Answer::Yes } else { Answer::No })
}

/// A line a finding, what follows from it below, and the sum.
pub fn text(findings: &[Finding]) -> Vec<Line> {
    let width = findings.iter().map(|finding| finding.name.len()).max().unwrap_or(0);
    let mut text = Vec::new();
    for Finding { name, health, says, advice } in findings {
        let mark = match health {
            Health::Fine => Mark::Fine,
            Health::Note => Mark::Note,
            Health::Mend => Mark::Mend,
        };
        let name = format!("{name:width$}").bold().spoken(format!("{name}:"));
        let space = Span::raw("  ").spoken(" ");
        text.push(Line::from(["  ".into(), mark.span(), " ".into(), name, space, says.as_str().into()]));
        let advice = advice.lines().map(|line| [format!("    {:width$}  ", "").into(), line.into()]);
        text.extend(advice.map(|[indent, line]: [Span; 2]| Line::from([indent.spoken("    "), line])));
    }
    let sum = match to_mend(findings) {
        0 => "No problems found.".green(),
        1 => "One problem found.".red(),
        count => format!("{count} problems found.").red(),
    };
    text.extend([Line::default(), Line::from(["  ".into(), sum])]);
    text
}

/// The findings for scripts.
pub fn json(findings: &[Finding]) -> Json {
    let finding = |finding: &Finding| {
        let health = match finding.health {
            Health::Fine => "fine",
            Health::Note => "note",
            Health::Mend => "mend",
        };
        Json::Object(vec![
            ("name", Json::text(finding.name)),
            ("health", Json::text(health)),
            ("says", Json::text(&finding.says)),
            ("advice", Json::maybe(Some(&finding.advice).filter(|advice| !advice.is_empty()))),
        ])
    };
    Json::Object(vec![
        ("to_mend", Json::number(to_mend(findings) as u64)),
        ("findings", Json::List(findings.iter().map(finding).collect())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_a_name_a_line_and_what_follows_below() {
        let findings = [
            Finding::fine("cargo", "cargo 1.95.0"),
            Finding::note("perl", "not here", "apt install perl\nor do without"),
            Finding::mend("linker", "no cc", ""),
        ];
        let expected = "  ✓ cargo   cargo 1.95.0
  ! perl    not here
            apt install perl
            or do without
  ✗ linker  no cc

  One problem found.
";
        assert_eq!(Paint::Plain.text(&text(&findings)), expected);
        assert!(Paint::Plain.text(&text(&findings[..2])).ends_with("\n\n  No problems found.\n"));
        let json = json(&findings[1..]).to_string();
        let parsed: tinyjson::JsonValue = json.parse().unwrap();
        assert_eq!(parsed["to_mend"].get::<f64>(), Some(&1.0));
        assert_eq!(parsed["findings"][0]["health"].get::<String>(), Some(&"note".to_owned()));
        assert_eq!(parsed["findings"][1]["advice"].get::<()>(), Some(&()));
    }
}
