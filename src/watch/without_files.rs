//! What is shown of a save needs no file.

use std::fs;
use std::time::{Duration, Instant};

use super::draw::draw;
use super::state::{Found, Said, State};
use crate::check::guide::guides;
use crate::check::judge::Judgement;
use crate::check::verdict::{Failure, Outcome, Results, Test, Verdict};
use crate::course::Course;
use crate::course::afterwards::Afterwards;
use crate::course::progress::{Board, Standing};
use crate::show::paint::Paint;
use crate::show::{Scene, facts};
use crate::terminal::canvas::{Buffer, Rect};

fn screen(state: &State) -> String {
    let area = Rect::new(0, 0, 100, 40);
    let mut buffer = Buffer::empty(area);
    draw(state, Instant::now(), Paint::Plain, area, &mut buffer);
    buffer.lines().join("\n")
}

/// Everything that is shown of a save is in the judgement: its kata may be gone meanwhile.
#[test]
fn a_judgement_is_shown_without_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "name = \"shm-kata\"\n");
    for (folder, program) in [("04_write", "writer"), ("05_read", "reader"), ("06_shmctl", "remover")] {
        let needs = "[dependencies]\nwrite = { path = \"../04_write\" }\n";
        write(&format!("lessons/{folder}/Cargo.toml"), &format!("{needs}\n[[bin]]\nname = \"{program}\"\n"));
        write(&format!("lessons/{folder}/src/lib.rs"), "pub fn run() {\n    todo!()\n}\n");
        write(
            &format!("solutions/{folder}/src/lib.rs"),
            "pub fn run() {\n    // ANCHOR: run todo!()\n    // ANCHOR_END: run\n}\n",
        );
        let name = &folder[3..];
        write(&format!("lessons/{folder}/tests/{name}.rs"), "/// What it teaches.\n#[test]\nfn it_runs() {}\n");
    }
    let course = Course::find(Some(dir.path())).unwrap();
    let failure = Failure::Bare { at: None, blank: None, text: "run: no".into() };
    let outcomes = [Outcome::Failed(failure), Outcome::Passed];
    let verdicts = outcomes.map(|outcome| {
        let tests = vec![Test { name: "it_runs".into(), outcome }];
        Results { tests, ..Results::default() }.verdict()
    });
    let shown = |state: &State, judgement: &Judgement| {
        let printed = [Paint::Plain, Paint::Colored, Paint::Words]
            .map(|paint| paint.text(&Scene::new(&course, judgement).verdict()));
        (screen(state), printed, facts::check(&course, judgement).to_string())
    };
    let mut states = verdicts.map(|verdict| {
        let board = Board::read(&course).unwrap();
        let mut judgement = Judgement {
            lesson: 2,
            guides: guides(&course, &course.lessons[2], &verdict),
            afterwards: Afterwards::default(),
            unsettled: board.unsettled(&course, &course.lessons[2]),
            board,
            verdict,
            unkept: None,
        };
        if let Verdict::Passed(_) = judgement.verdict {
            (judgement.board.standings, judgement.board.current) = (vec![Standing::Done; 3], None);
        }
        let mut state = State::new(course.clone(), judgement.board.standings.clone(), 2);
        state.end(Found { said: Said::Judged(Box::new(judgement.clone())), took: Duration::from_millis(560) });
        (state, judgement)
    });
    let before = states.each_ref().map(|(state, judgement)| shown(state, judgement));
    for (shown, said) in before.iter().zip(["Lesson 4, write, is not done yet", "You have three programs"]) {
        assert!(shown.0.contains(said) && shown.1.iter().all(|text| text.contains(said)), "{shown:#?}");
    }
    assert!(before[0].0.contains("open lessons/06_shmctl/src/lib.rs:1") && before[0].0.contains("What it teaches."));
    drop(dir);
    assert!(!course.root.exists());
    let after = states.each_mut().map(|(state, judgement)| shown(state, judgement));
    assert_eq!(after, before);
}
