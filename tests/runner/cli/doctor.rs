//! The doctor, each time in a table of segments of its own.

use crate::fixture::Fixture;
use kata::sandbox::{Finished, Options, Program, Sandbox, sandbox};

const KATA: &str = env!("CARGO_BIN_EXE_kata");

fn kata<'s>(s: &'s Sandbox, arguments: &[&str]) -> Program<'s> {
    arguments.iter().fold(s.program(KATA), |program, argument| program.arg(argument))
}

#[track_caller]
fn printed(finished: &Finished, code: i32) -> String {
    assert_eq!((finished.code(), finished.stderr().as_ref()), (Some(code), ""), "{}", finished.stdout());
    finished.stdout().into_owned()
}

/// A segment whose creator has ended. Returns its id.
fn left_behind(s: &Sandbox) -> i32 {
    s.stranger().create(s.key(), 100, 0o600).unwrap()
}

/// Where the table is the machine's, other programs' segments would be in it.
fn alone(test: impl FnOnce(&Sandbox)) {
    sandbox(|s| if s.isolated() { test(s) } else { s.skip("this machine's own table says more than the test made") });
}

#[test]
fn where_all_is_well_there_is_nothing_to_mend() {
    Options::new().fresh_table().run(|s| {
        let fixture = Fixture::new();
        let root = fixture.path("").display().to_string();
        let text = printed(&kata(s, &["doctor", "--root", &root]).run(), 0);
        let rustc = format!("; {} or newer is needed\n", env!("CARGO_PKG_RUST_VERSION"));
        let expected = [
            "  ✓ cargo        cargo 1.",
            "  ✓ rustc        rustc 1.",
            &rustc,
            "  ✓ linker       /",
            "  ✓ kernel       Linux ",
            "  ✓ limits       largest segment unlimited, left for all unlimited, 0 of ",
            "  ✓ lesson       1 add: all 2 test functions run\n",
            "  ✓ lesson       2 double: its one test function runs\n",
            "  ✓ left-behind  no segment of yours was left behind\n",
            "\n  No problems found.\n",
        ];
        let mut rest = text.as_str();
        for part in expected {
            let (_, after) =
                rest.split_once(part).unwrap_or_else(|| panic!("{part:?} is missing, in this order:\n{text}"));
            rest = after;
        }
    });
}

#[test]
fn what_was_left_behind_is_named_with_the_line_that_removes_it() {
    alone(|s| {
        let id = left_behind(s);
        let row = s.segment(id).unwrap();
        let text = printed(&kata(s, &["doctor"]).run(), 0);
        let expected = format!(
            "  ! left-behind  segment {id}, key {:#010x}, 100 bytes: its creator, process {}, has ended, and no process is attached
                 It is a message that waits for its reader, or it was forgotten. To remove it:
                 ipcrm -m {id}    or: cargo kata doctor --clean

  No problems found.
",
            row.key, row.cpid
        );
        assert!(text.ends_with(&expected), "{text}");

        let json: tinyjson::JsonValue = printed(&kata(s, &["doctor", "--format", "json"]).run(), 0).parse().unwrap();
        assert_eq!(json["to_mend"].get::<f64>(), Some(&0.0));
        let mut names: Vec<_> = json["findings"]
            .get::<Vec<_>>()
            .unwrap()
            .iter()
            .map(|it| it["name"].get::<String>().unwrap().as_str())
            .collect();
        let lessons = names.iter().filter(|name| **name == "lesson").count();
        assert_eq!(lessons, std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons")).unwrap().count());
        names.dedup();
        let expected = [
            "cargo",
            "rustc",
            "linker",
            "kernel",
            "machine",
            "limits",
            "namespaces",
            "lesson",
            "ipcs",
            "perl",
            "left-behind",
        ];
        assert_eq!(names, expected);
    });
}

#[test]
fn cleaning_removes_what_was_left_behind_and_nothing_else() {
    alone(|s| {
        let (one, other, attached) = (left_behind(s), left_behind(s), left_behind(s));
        let mut stranger = s.stranger();
        stranger.attach(attached).unwrap();
        let mine = s.plant(s.key(), 100, 0o600).id();
        let before: Vec<_> = kata::kernel::segments().unwrap().iter().map(|row| row.id).collect();
        let ids = || kata::kernel::segments().unwrap().iter().map(|row| row.id).collect::<Vec<_>>();

        let refused = kata(s, &["doctor", "--clean"]).run();
        assert_eq!(refused.code(), Some(2));
        let said = "kata: there is no terminal to ask on, so nothing is removed\n\
                    To do it all the same: cargo kata doctor --clean --yes\n";
        assert_eq!(refused.stderr(), said);
        assert_eq!(ids(), before, "nothing is removed without a yes");

        let text = printed(&kata(s, &["doctor", "--clean", "--yes"]).run(), 0);
        let expected = format!("removed  segment {one}\nremoved  segment {other}\n");
        assert!(text.ends_with(&expected), "{text}");
        let after: Vec<_> = before.into_iter().filter(|id| ![one, other].contains(id)).collect();
        assert!(after.contains(&attached) && after.contains(&mine));
        assert_eq!(ids(), after);
        assert_eq!(printed(&kata(s, &["doctor", "--clean"]).run(), 0), "Nothing was left behind.\n");
    });
}

#[test]
fn on_a_terminal_it_asks_and_takes_only_a_yes() {
    alone(|s| {
        let id = left_behind(s);
        // script(1) gives it a terminal.
        let answered = |answer: &str| {
            let command = format!("{KATA} doctor --clean");
            let script = s.program("script").arg("-qec").arg(command).arg("/dev/null");
            script.stdin(format!("{answer}\n")).run()
        };
        if std::process::Command::new("script").arg("--version").output().is_err() {
            s.skip("there is no script(1) to make a terminal with");
        }
        let no = answered("");
        assert_eq!(no.code(), Some(1), "{}", no.stdout());
        assert!(
            no.stdout().contains("Remove it? [y/N] ") && no.stdout().contains("Nothing was removed."),
            "{}",
            no.stdout()
        );
        assert!(s.segment(id).is_some());
        let yes = answered("y");
        assert_eq!(yes.code(), Some(0), "{}", yes.stdout());
        assert!(s.segment(id).is_none());
    });
}

/// `kata doctor ARGS` where the kernel refuses namespaces.
#[track_caller]
pub fn refused(s: &Sandbox, arguments: &str) -> String {
    let refuse = format!("echo 0 > /proc/sys/user/max_ipc_namespaces && exec {KATA} doctor {arguments}");
    let doctor = s.program("unshare").arg("-Ur").arg("sh").arg("-c").arg(refuse).run();
    if doctor.stderr().contains("unshare") {
        s.skip("no user namespace in which the kernel could be told to refuse");
    }
    printed(&doctor, 0)
}

#[test]
fn where_namespaces_are_refused_it_says_what_follows_and_that_is_no_fault() {
    Options::new().fresh_table().run(|s| {
        let fixture = Fixture::new();
        let test = "#[test]\nfn wants_it() {\n    Options::new().fresh_table().run(|s| {});\n}\n";
        fixture.write("lessons/02_double/tests/double.rs", &format!("#[test]\nfn does_not() {{}}\n\n{test}"));
        let text = refused(s, &format!("--root {}", fixture.path("").display()));
        for part in [
            "  ! namespaces   refused\n                 namespace: ",
            "counts as partial.\n",
            "sysctl user.max_ipc_namespaces=1024\n",
            "  ✓ lesson       1 add: all 2 test functions run\n",
            "  ! lesson       2 double: 1 of 2 test functions run
                 This one skips, because only a namespace has an empty table:
                 wants_it\n",
        ] {
            assert!(text.contains(part), "{text}");
        }
    });
}

/// What changes how the lessons run is named where it is so, and what follows.
#[test]
fn unusual_circumstances_are_named() {
    alone(|s| {
        let fixture = Fixture::new();
        let root = fixture.path("").display().to_string();
        let doctor = |before: &[&str], code| {
            let words = [before, &[KATA, "doctor", "--root", &root]].concat();
            let program = words[1..].iter().fold(s.program(words[0]), |program, word| program.arg(word));
            let finished = program.run();
            if finished.code() == Some(1) && !finished.stderr().is_empty() {
                s.skip(format!("{} {}", before.join(" "), finished.stderr()));
            }
            printed(&finished, code)
        };
        let usual = doctor(&["env"], 0);
        for name in ["removal", "ulimit"] {
            assert!(!usual.contains(&format!(" {name} ")), "{name}: {usual}");
        }
        let one = doctor(&["taskset", "-c", "0"], 0);
        assert!(one.contains("  ! cores        one processor core for this process\n"), "{one}");
        let few = doctor(&["prlimit", "--nofile=100"], 1);
        assert!(few.contains("  ✗ ulimit       open files: 100, and 128 are wanted\n"), "{few}");
        assert!(few.contains("ulimit -n 1024\n"), "{few}");
        let forced = "echo 1 > /proc/sys/kernel/shm_rmid_forced && exec \"$0\" \"$@\"";
        let forced = doctor(&["unshare", "-Uri", "sh", "-c", forced], 1);
        assert!(forced.contains("  ✗ removal      kernel.shm_rmid_forced is 1: "), "{forced}");
        assert!(forced.contains("sysctl kernel.shm_rmid_forced=0\n"), "{forced}");
    });
}

/// What only root can be in. A sandbox would have taken its privileges.
#[test]
fn the_circumstances_of_root_are_named() {
    let fixture = Fixture::new();
    let root = fixture.path("");
    let doctor = |before: &str| {
        let before: Vec<_> = before.split(' ').collect();
        let mut command = std::process::Command::new(before[0]);
        command.args(&before[1..]).args([KATA, "doctor", "--root"]).arg(&root).env_remove("CARGO_MANIFEST_DIR");
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let usual = doctor("env");
    assert!(
        usual.contains(" namespaces ") && !usual.contains(" privileges ") && !usual.contains(" checkout "),
        "{usual}"
    );
    std::fs::set_permissions(&root, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    if std::os::unix::fs::chown(&root, Some(60_001), None).is_err() {
        return eprintln!("kata: skipped: only root can be in these circumstances");
    }
    let unusual = doctor("setpriv --bounding-set=-setpcap");
    assert!(unusual.contains("  ! privileges   root without CAP_SETPCAP\n"), "{unusual}");
    let says = format!("  ! checkout     {} is 60001's with mode 0700, ", root.display()).replace("/ is", " is");
    assert!(unusual.contains(&says), "{says}: {unusual}");
}

/// The judge in `.ci/run` runs the lessons there, and sees which tests skip.
#[test]
fn where_namespaces_are_refused_it_names_the_tests_that_then_skip() {
    Options::new().fresh_table().run(|s| {
        let root = env!("CARGO_MANIFEST_DIR");
        let source = "cat lessons/*/tests/*.rs | grep -E '^fn |^ .*fresh_table' | grep -B1 '^ ' | grep '^fn '";
        let found = std::process::Command::new("sh").args(["-c", source]).current_dir(root).output().unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        let expected = found.lines().filter_map(|line| line.strip_prefix("fn ")?.split('(').next());
        let expected: std::collections::BTreeSet<_> = expected.map(str::to_owned).collect();
        assert!(expected.contains("zero_is_a_valid_id"), "{expected:?}");

        let json: tinyjson::JsonValue = refused(s, &format!("--root {root} --format json")).parse().unwrap();
        let text = |finding: &tinyjson::JsonValue, name: &str| finding[name].get::<String>().cloned();
        let lessons = json["findings"].get::<Vec<_>>().unwrap().iter();
        let lessons = lessons.filter(|it| text(it, "name").as_deref() == Some("lesson"));
        let skipped = lessons.filter_map(|lesson| text(lesson, "advice"));
        let named = skipped.flat_map(|advice| advice.lines().skip(1).map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(named.collect::<std::collections::BTreeSet<_>>(), expected);
    });
}

#[test]
fn without_a_toolchain_it_says_where_to_get_one() {
    Options::new().fresh_table().run(|s| {
        let bare = s.program("/usr/bin/env").arg("-i").arg("PATH=/nowhere").arg(KATA).arg("doctor").run();
        let text = printed(&bare, 1);
        let expected = [
            "  ✗ cargo        it cannot be run\n                 Rust comes from https://rustup.rs",
            "  ✗ rustc        it cannot be run\n",
            "  ✗ linker       there is no cc",
            "  ! ipcs         not here\n",
            "  ! perl         not here\n",
            "\n  3 problems found.\n",
        ];
        for part in expected {
            assert!(text.contains(part), "{part:?} is missing:\n{text}");
        }
    });
}

#[test]
fn outside_the_kata_it_looks_at_the_machine_alone() {
    Options::new().fresh_table().run(|s| {
        // What cargo sets while it tests would lead back to the kata.
        let outside = ["-u", "CARGO_MANIFEST_DIR", "-u", "KATA_ROOT", "-C", "/", KATA, "doctor"];
        let doctor = outside.iter().fold(s.program("/usr/bin/env"), |program, argument| program.arg(argument)).run();
        let text = printed(&doctor, 0);
        assert!(text.contains("  ✓ namespaces   ") && !text.contains("lesson "), "{text}");
    });
}
