//! What the shells offer at the Tab key, as the shells themselves say. One that is not here is passed over, but not in CI.

use std::process::Command;

use crate::fixture::Fixture;
use predicates::str::contains;
use rstest::rstest;

/// What `shell` prints when asked this, with the completions in the file `script`; `None` where it is not installed.
fn answer(shell: &str, question: &str) -> Option<String> {
    let fixture = Fixture::new();
    let script = fixture.kata(&["completions", shell]).assert().success().stderr("").get_output().stdout.clone();
    fixture.write("script", &String::from_utf8(script).unwrap());
    let mut command = Command::new(shell);
    command.args(["-c", question]).current_dir(fixture.path("")).env("HOME", fixture.path(""));
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "{shell}: {error}");
            return None;
        }
    };
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{shell}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[rstest]
#[case::a_lesson("hint ''", 2, &["add", "double"])]
#[case::a_lesson_begun("check d", 2, &["double"])]
#[case::a_command("sol", 1, &["solution"])]
#[case::a_format("list --format ''", 3, &["text", "json"])]
fn bash_offers(#[case] words: &str, #[case] at: usize, #[case] expected: &[&str]) {
    let question = format!(
        ". ./script\nCOMP_WORDS=(kata {words})\nCOMP_CWORD={at}\n_kata kata \"${{COMP_WORDS[{at}]}}\" \"${{COMP_WORDS[{at}-1]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let Some(offered) = answer("bash", &question) else { return eprintln!("there is no bash") };
    let offered: Vec<_> = offered.lines().collect();
    assert!(expected.iter().all(|word| offered.contains(word)), "{offered:?}");
    let plain = offered.iter().filter(|word| !word.starts_with('-') && word.parse::<u8>().is_err());
    assert_eq!(plain.count(), expected.len(), "{offered:?}");
}

#[rstest]
#[case::a_lesson("hint ", "add\tTwo become one\ndouble\tOne becomes two\n")]
#[case::a_lesson_begun("check d", "double\tOne becomes two\n")]
#[case::a_format("list --format ", "json\ntext\n")]
fn fish_offers(#[case] words: &str, #[case] expected: &str) {
    let Some(offered) = answer("fish", &format!("source script; complete -C 'kata {words}'")) else {
        return eprintln!("there is no fish");
    };
    assert_eq!(offered, expected);
}

/// zsh completes on a terminal alone; that its script is sound and knows the lessons can be seen without one.
#[test]
fn zsh_reads_what_it_would_offer() {
    let question = "autoload -U compinit; compinit -D; . ./script; print $_comps[kata]; functions _kata";
    let Some(said) = answer("zsh", question) else {
        return eprintln!("there is no zsh");
    };
    assert!(said.starts_with("_kata\n"), "{said}");
    for offer in ["add\\:\"Two become one\"", "double\\:\"One becomes two\""] {
        assert!(said.contains(offer), "{said}");
    }
}

#[test]
fn another_shell_is_refused_with_those_there_are() {
    let said = contains("[possible values: bash, zsh, fish]");
    Fixture::new().kata(&["completions", "tcsh"]).assert().code(2).stdout("").stderr(said);
}

/// Offering the names of the lessons does not take their numbers and folders away.
#[test]
fn what_is_offered_is_not_all_that_is_understood() {
    let fixture = Fixture::new();
    for lesson in ["1", "01", "add", "01_add", "lessons/01_add/"] {
        fixture.kata(&["hint", lesson]).assert().success().stdout(contains("add, hint 1 of 3"));
    }
}
