//! Tests of a fixture that tell what a sandbox would, without having one.

use crate::fixture::Fixture;

/// A function with which a test tells a report or a fallback, or writes what it likes in its place.
const TELL: &str = r#"
fn write(bytes: &[u8]) {
    let reports = std::env::var("KATA_REPORTS").expect("somebody listens");
    let fd = reports.split(' ').next().expect("a descriptor");
    let file = std::fs::OpenOptions::new().append(true).open(format!("/proc/self/fd/{fd}"));
    std::io::Write::write_all(&mut file.expect("a file"), bytes).expect("room");
}

fn told(told: kata::report::Told) -> Vec<u8> {
    let reports = std::env::var("KATA_REPORTS").expect("somebody listens");
    let key = reports.split(' ').next_back().and_then(|key| key.parse().ok());
    kata::report::frame(&told, key.expect("a key"))
}

#[allow(dead_code)]
fn report(test: &str, ending: kata::report::Ending) -> Vec<u8> {
    told(kata::report::Told::Report(Box::new(kata::report::Report::new(test, "add", 7, ending))))
}
"#;

/// Gives lesson 1 these tests, which may call `write(&[u8])`, `told(Told)` and `report(TEST, Ending)`.
pub fn tests(fixture: &Fixture, tests: &str) {
    fixture.use_library();
    fixture.write("lessons/01_add/tests/add.rs", &format!("{tests}{TELL}"));
}

/// A test of this name that cannot show its point, where namespaces are refused for this reason.
pub fn skips(test: &str, why: &str, refused: &str) -> String {
    format!(
        "#[test]\nfn {test}() {{\n    write(&told(kata::report::Told::Fallback({refused:?}.into())));\n    \
         write(&report({test:?}, kata::report::Ending::Skipped({why:?}.into())));\n}}\n"
    )
}
