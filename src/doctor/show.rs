//! Findings as text and as JSON. `kata doctor --help` says what the names mean; they stay.

use super::finding::{Finding, Health, to_mend};
use crate::show::json::Json;
use crate::show::paint::{Mark, Paint};

/// A line a finding, what follows from it below, and the sum.
pub fn text(findings: &[Finding], paint: Paint) -> String {
    let width = findings.iter().map(|finding| finding.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Finding { name, health, says, advice } in findings {
        let mark = match health {
            Health::Fine => paint.mark(Mark::Fine),
            Health::Note => paint.mark(Mark::Note),
            Health::Mend => paint.mark(Mark::Mend),
        };
        if paint == Paint::Words {
            text += &format!("  {mark} {name}: {says}\n");
            advice.lines().for_each(|line| text += &format!("    {line}\n"));
            continue;
        }
        text += &format!("  {mark} {}  {says}\n", paint.bold(&format!("{name:width$}")));
        for line in advice.lines() {
            text += &format!("    {:width$}  {line}\n", "");
        }
    }
    let sum = match to_mend(findings) {
        0 => paint.green("Nothing to mend."),
        1 => paint.red("One thing to mend."),
        count => paint.red(&format!("{count} things to mend.")),
    };
    format!("{text}\n  {sum}\n")
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

  One thing to mend.
";
        assert_eq!(text(&findings, Paint::Plain), expected);
        assert!(text(&findings[..2], Paint::Plain).ends_with("\n\n  Nothing to mend.\n"));
        let json = json(&findings[1..]).to_string();
        let parsed: tinyjson::JsonValue = json.parse().unwrap();
        assert_eq!(parsed["to_mend"].get::<f64>(), Some(&1.0));
        assert_eq!(parsed["findings"][0]["health"].get::<String>(), Some(&"note".to_owned()));
        assert_eq!(parsed["findings"][1]["advice"].get::<()>(), Some(&()));
    }
}
