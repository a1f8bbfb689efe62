//! One frame of the x-ray, each in a table of segments of its own.

use kata::sandbox::{Options, Sandbox, sandbox};
use predicates::prelude::*;
use predicates::str::contains;

const KATA: &str = env!("CARGO_BIN_EXE_kata");

/// `kata xray --once ARGS`: its exit code, and what it printed.
#[track_caller]
fn xray(s: &Sandbox, arguments: &[&str]) -> (Option<i32>, String) {
    let program =
        arguments.iter().fold(s.program(KATA).arg("xray").arg("--once"), |program, argument| program.arg(argument));
    let finished = program.run();
    assert_eq!(finished.stderr(), "");
    (finished.code(), finished.stdout().into_owned())
}

fn user() -> String {
    let id = std::process::Command::new("id").arg("-un").output().expect("id runs");
    String::from_utf8_lossy(&id.stdout).trim_end().to_owned()
}

fn uid() -> u32 {
    // SAFETY: geteuid has no conditions.
    unsafe { libc::geteuid() }
}

#[test]
fn without_a_segment_it_says_so() {
    Options::new().fresh_table().run(|s| {
        assert_eq!(
            xray(s, &[]),
            (Some(0), "There is no System V segment here. Lesson tests use their own tables.\nTo make one: ipcmk -M 1024\nTo remove it: ipcrm -m ID\n".to_owned())
        );
        assert_eq!(xray(s, &["--format", "json"]), (Some(0), "{\n  \"segments\": []\n}\n".to_owned()));
        let missing = "No segment has the key 0x929 (2345).\nTo make one: perl -e 'shmget(2345, 1024, 01600) // die $!'\n\
                       To remove it: ipcrm -M 0x929\n";
        assert_eq!(xray(s, &["--key", "0x929"]), (Some(1), missing.to_owned()));
        assert_eq!(xray(s, &["--key", "0"]), (Some(1), "No segment has the key 0x0 (0).\n".to_owned()));
        assert_eq!(xray(s, &["--id", "7"]), (Some(1), "No segment has the id 7.\n".to_owned()));
    });
}

/// What is offered when there is no segment does what it says.
#[test]
fn the_commands_that_it_offers_make_and_remove_a_segment() {
    Options::new().fresh_table().run(|s| {
        let offered = |arguments: &[&str], name: &str| {
            let (_, text) = xray(s, arguments);
            let command = text.lines().find_map(|line| line.strip_prefix(name)).expect("a command").trim().to_owned();
            move |id: &str| s.program("/bin/sh").arg("-c").arg(command.replace("ID", id)).run().code()
        };
        let (make, remove) = (offered(&[], "To make one:"), offered(&[], "To remove it:"));
        assert_eq!(make(""), Some(0));
        let [segment] = &s.segments()[..] else { panic!("one segment") };
        assert_eq!((segment.size, remove(&segment.id.to_string())), (1024, Some(0)));
        let by_key = ["--key", "-2"];
        let (make, remove) = (offered(&by_key, "To make one:"), offered(&by_key, "To remove it:"));
        assert_eq!(make(""), Some(0));
        let [segment] = &s.segments()[..] else { panic!("one segment") };
        assert_eq!((segment.key, segment.size, segment.mode, remove("")), (-2, 1024, 0o600, Some(0)));
        assert!(s.segments().is_empty());
    });
}

#[test]
fn one_that_nobody_has_mapped_is_shown_with_its_bytes() {
    sandbox(|s| {
        let planted = s.plant(s.this_key(0x4b41_5441), 100, 0o640);
        planted.write(0, b"Hello World\0");
        let name = std::fs::read_to_string("/proc/self/comm").unwrap();
        let expected = format!(
            "segment {id}  key 0x4b415441 (1262572609)  100 bytes  mode 640
  owner     {user} (uid {uid})
  creator   {user} (uid {uid}), process {pid} {name}
  nattch    0
  bytes     00000000  48 65 6c 6c 6f 20 57 6f  72 6c 64 00 00 00 00 00  |Hello World.....|
            00000010  … 84 zero bytes
",
            id = planted.id(),
            user = user(),
            uid = uid(),
            pid = std::process::id(),
            name = name.trim_end(),
        );
        let (code, text) = xray(s, &["--key", "1262572609"]);
        assert_eq!((code, text), (Some(0), expected));

        let (_, text) = xray(s, &["--id", &planted.id().to_string(), "--bytes", "4"]);
        let head = "  bytes     00000000  48 65 6c 6c                                       |Hell|\n";
        let rest = "            the first 4 of 100: --bytes 100 shows all\n";
        assert!(text.ends_with(&format!("{head}{rest}")), "{text}");
        let (_, text) = xray(s, &["--id", &planted.id().to_string(), "--bytes", "0"]);
        assert!(text.ends_with("  bytes     the first 0 of 100: --bytes 100 shows all\n"), "{text}");
    });
}

#[test]
fn whoever_has_it_mapped_is_shown_with_the_address_and_the_looker_is_not() {
    sandbox(|s| {
        let planted = s.plant(s.key(), 5000, 0o600);
        let mut stranger = s.stranger();
        let address = stranger.attach(planted.id()).unwrap();
        stranger.write(planted.id(), 0, b"from afar").unwrap();
        let id = planted.id().to_string();
        let (code, text) = xray(s, &["--id", &id]);
        assert_eq!(code, Some(0));
        let pid = stranger.pid();
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap();
        let mapped = format!(
            "  nattch    1\n  mapped    {pid} {}  {address:#x}-{:#x}  read-write\n  bytes     00000000",
            name.trim_end(),
            address + 8192
        );
        assert!(contains(mapped.as_str()).and(contains("|from afar")).eval(&text), "{text}");

        let after = s.segment(planted.id()).unwrap();
        assert_eq!(after.nattch, 1, "the look is over and has left nothing");
        assert_eq!(stranger.read(planted.id(), 0, 9).unwrap(), b"from afar");

        let (_, text) = xray(s, &["--id", &id, "--bytes", "9", "--format", "json"]);
        let json: tinyjson::JsonValue = text.parse().unwrap();
        let segment = &json["segments"][0];
        let number = |name: &str| *segment[name].get::<f64>().unwrap();
        assert_eq!((number("size"), number("nattch"), number("attachments_unseen")), (5000.0, 1.0, 0.0));
        assert_eq!(segment["attachments"][0]["start"].get::<String>(), Some(&format!("{address:#x}")));
        assert_eq!(segment["attachments"][0]["permissions"].get::<String>(), Some(&"rw-s".to_owned()));
        assert_eq!(segment["bytes"].get::<String>(), Some(&"66726f6d2061666172".to_owned()));
    });
}

#[test]
fn what_may_not_be_read_is_shown_without_its_bytes_and_with_the_reason() {
    sandbox(|s| {
        let planted = s.plant(s.key(), 100, 0o200);
        let id = planted.id().to_string();
        let (code, text) = xray(s, &["--id", &id]);
        let reason = format!("mode 200 does not let {} read it (EACCES)", user());
        let end = format!("  nattch    0\n  bytes     not shown: {reason}\n");
        assert!(code == Some(0) && text.contains("mode 200\n") && text.ends_with(&end), "{text}");
        let (_, text) = xray(s, &["--id", &id, "--format", "json"]);
        let json = contains("\"bytes\": null").and(contains(format!("\"bytes_withheld\": \"{reason}\"")));
        assert!(json.eval(&text), "{text}");
    });
}

#[test]
fn one_marked_for_removal_is_shown_as_such_and_stays_until_its_last_detach() {
    sandbox(|s| {
        let planted = s.plant(s.key(), 100, 0o600);
        let mut stranger = s.stranger();
        stranger.attach(planted.id()).unwrap();
        s.remove(planted.id());
        let (code, text) = xray(s, &["--id", &planted.id().to_string()]);
        let expected = contains("  no key  100 bytes").and(contains(
            "  status    dest: marked for removal (key was taken away); the last detach removes it\n  nattch    1\n",
        ));
        assert!(code == Some(0) && expected.eval(&text), "{text}");
        assert!(s.segment(planted.id()).is_some());
        stranger.detach(planted.id()).unwrap();
        assert_eq!(xray(s, &["--id", &planted.id().to_string()]).0, Some(1));
    });
}

#[test]
fn a_look_removes_nothing_where_the_kernel_removes_what_nobody_holds() {
    sandbox(|s| {
        if !s.isolated() {
            s.skip("the setting would be the machine's");
        }
        let planted = s.plant(s.key(), 100, 0o600);
        if std::fs::write("/proc/sys/kernel/shm_rmid_forced", "1").is_err() {
            s.skip("only root may set kernel.shm_rmid_forced");
        }
        let (code, text) = xray(s, &["--id", &planted.id().to_string()]);
        let expected =
            "  bytes     not shown: a look would remove it (kernel.shm_rmid_forced is 1, and no process is attached)\n";
        assert!(code == Some(0) && text.ends_with(expected), "{text}");
        assert!(s.segment(planted.id()).is_some());
    });
}

#[test]
fn without_a_terminal_it_shows_one_frame_when_told_so() {
    sandbox(|s| {
        let finished = s.program(KATA).arg("xray").run();
        assert_eq!((finished.code(), finished.stdout().as_ref()), (Some(2), ""));
        let said = "kata: the live x-ray needs a terminal; to print the segments once:\ncargo kata xray --once\n";
        assert_eq!(finished.stderr(), said);
        let finished = s.program(KATA).arg("xray").arg("--bytes").arg("9").run();
        assert_eq!(finished.code(), Some(2));
        assert!(finished.stderr().ends_with("\ncargo kata xray --once --bytes N\n"), "{}", finished.stderr());
        // JSON is never anything but one frame.
        let finished = s.program(KATA).arg("xray").arg("--format").arg("json").run();
        assert!(finished.code() == Some(0) && finished.stdout().starts_with("{\n  \"segments\": ["));
        for wrong in [["--key", "here"], ["--id", "-1"], ["--bytes", "all"]] {
            let finished = s.program(KATA).arg("xray").arg("--once").arg(wrong[0]).arg(wrong[1]).run();
            assert_eq!(finished.code(), Some(2), "{wrong:?}");
        }
    });
}
