//! The learner's files: said to have been saved when they were.
//!
//! The kernel's file events say it at once. They do not come from every file system (NFS, the shared folders of some
//! containers), nor when inotify's limits are used up; so the files' times are looked at as well, rarely while the
//! events do their work and often when they do not. What decides is always the look: an event is only a reason for one.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::course::starter;

/// How saves are noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// File events announce them.
    Events,
    /// Nothing does; the files are looked at four times a second, for this reason.
    Looks(String),
}

/// How often the files are looked at, with events and without.
const RARELY: Duration = Duration::from_secs(1);
const OFTEN: Duration = Duration::from_millis(250);

/// Saves that follow each other within this time are one. An editor truncates, writes and renames.
const SETTLED: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_millis(100);

/// The files when they were looked at.
type Stamp = BTreeMap<PathBuf, Seen>;

/// What a file was when it was looked at.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// When it was saved, which file it was, and a number that its bytes lead to. The time alone would not do: the kernel's,
    /// before Linux 6.13, and that of some file systems is the same for two saves.
    save: (SystemTime, u64, u64),
    /// When anything about it was changed, and its size: while they are the same its bytes are not read again.
    state: (i64, i64, u64),
    /// Whether so much time had passed since that a later change has a later time.
    settled: bool,
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        self.save == other.save
    }
}

/// How long a change may be told by the same time as another one: two seconds on FAT.
const TICK: Duration = Duration::from_secs(2);

/// A watch over the folders of some lessons.
pub struct Watch {
    folders: Vec<PathBuf>,
    /// Ends the events when dropped.
    _watcher: Option<RecommendedWatcher>,
    events: Receiver<()>,
    how: How,
    known: Stamp,
}

impl Watch {
    /// From now on every save counts.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        let (sender, events) = mpsc::channel();
        let watcher = match std::env::var_os("KATA_POLL") {
            Some(_) => Err("KATA_POLL is set".to_owned()),
            None => listen(&folders, sender).map_err(|error| error.to_string()),
        };
        let how = match &watcher {
            Ok(_) => How::Events,
            Err(reason) => How::Looks(reason.clone()),
        };
        // The look comes after the watcher: what changes from here on has its event.
        let known = look(&folders, &Stamp::new());
        Self { folders, _watcher: watcher.ok(), events, how, known }
    }

    /// Tells how saves are noticed ([`Err`]), at first and when that changes, and of each save; while the receiver
    /// wants it.
    pub fn run(mut self, wanted: impl Fn() -> bool, tell: impl Fn(Result<(), How>)) {
        tell(Err(self.how.clone()));
        while wanted() {
            let announced = match wait(&self.events, if self.how == How::Events { RARELY } else { OFTEN }) {
                Some(announced) => announced,
                // Without a watcher there is no sender either.
                None => {
                    std::thread::sleep(OFTEN);
                    false
                }
            };
            // An event is a reason to read the files again.
            let now = if announced { look(&self.folders, &Stamp::new()) } else { look(&self.folders, &self.known) };
            let saved = now != self.known;
            self.known = now;
            // An event may be on its way; one that never comes says that none will.
            if saved && !announced && self.how == How::Events && wait(&self.events, PATIENCE) != Some(true) {
                self.how = How::Looks("file events do not arrive here".to_owned());
                tell(Err(self.how.clone()));
            }
            if saved {
                tell(Ok(()));
            }
        }
    }
}

/// Whether an event came within `time`, and after it there was quiet; `None` when there will be none.
fn wait(events: &Receiver<()>, time: Duration) -> Option<bool> {
    match events.recv_timeout(time) {
        Err(RecvTimeoutError::Timeout) => return Some(false),
        Err(RecvTimeoutError::Disconnected) => return None,
        Ok(()) => {}
    }
    let first = Instant::now();
    while first.elapsed() < PATIENCE && events.recv_timeout(SETTLED).is_ok() {}
    Some(true)
}

/// A watcher that sends something for every event that could be a save. Dropping it ends it.
fn listen(folders: &[PathBuf], sender: mpsc::Sender<()>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // That files are read, by the compiler among others, is no news. An overflow of events comes without a kind.
        let read = |kind| matches!(kind, EventKind::Access(how) if how != AccessKind::Close(AccessMode::Write));
        if !event.is_ok_and(|event| read(event.kind)) {
            _ = sender.send(());
        }
    })?;
    for folder in folders {
        watcher.watch(folder, RecursiveMode::Recursive)?;
    }
    Ok(watcher)
}

/// The manifests and the Rust files of the lessons in `folders`. Those that are as `known` are not read.
fn look(folders: &[PathBuf], known: &Stamp) -> Stamp {
    let mut stamp = Stamp::new();
    for folder in folders {
        add(&mut stamp, known, &folder.join("Cargo.toml"));
        for part in ["src", "tests"] {
            // What cannot be read now is told by the check.
            let files = starter::rust_files(&folder.join(part)).unwrap_or_default();
            files.iter().for_each(|path| add(&mut stamp, known, path));
        }
    }
    stamp
}

fn add(stamp: &mut Stamp, known: &Stamp, path: &Path) {
    if let Ok(file) = fs::metadata(path)
        && file.is_file()
    {
        let time = file.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let state = (file.ctime(), file.ctime_nsec(), file.len());
        let is_known =
            |seen: &&Seen| seen.settled && seen.state == state && (seen.save.0, seen.save.1) == (time, file.ino());
        let seen = known.get(path).filter(is_known).copied().unwrap_or_else(|| {
            let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(file.ctime().unsigned_abs());
            // From before its bytes are read.
            let settled = SystemTime::now().duration_since(changed).is_ok_and(|age| age > TICK);
            let mut hasher = DefaultHasher::new();
            hasher.write(&fs::read(path).unwrap_or_default());
            Seen { save: (time, file.ino(), hasher.finish()), state, settled }
        });
        stamp.insert(path.to_path_buf(), seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Sender;

    /// A lesson's folder that is watched, and what is told of it.
    fn watched(folder: &Path) -> Receiver<Result<(), How>> {
        fs::create_dir_all(folder.join("src/bin")).unwrap();
        fs::write(folder.join("src/lib.rs"), "old").unwrap();
        let watch = Watch::new(vec![folder.to_path_buf()]);
        let (sender, told): (Sender<_>, _) = mpsc::channel();
        // The thread ends with the test's process.
        std::thread::spawn(move || watch.run(|| true, |said| _ = sender.send(said)));
        told
    }

    /// What is told next; far later than it could take.
    fn next(told: &Receiver<Result<(), How>>) -> Option<Result<(), How>> {
        told.recv_timeout(Duration::from_secs(20)).ok()
    }

    #[test]
    fn a_save_is_told_however_it_is_done_and_what_is_no_save_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path();
        let told = watched(folder);
        let Some(Err(_)) = next(&told) else { panic!("how is told first") };
        let changes: [(&str, &dyn Fn()); 6] = [
            ("written", &|| fs::write(folder.join("src/lib.rs"), "new one").unwrap()),
            ("written in the tick of the save before", &|| {
                let time = fs::metadata(folder.join("src/lib.rs")).unwrap().modified().unwrap();
                fs::write(folder.join("src/lib.rs"), "new two").unwrap();
                fs::File::options().write(true).open(folder.join("src/lib.rs")).unwrap().set_modified(time).unwrap();
            }),
            ("renamed over", &|| {
                fs::write(folder.join("src/.lib.rs.swp"), "newer still").unwrap();
                fs::rename(folder.join("src/.lib.rs.swp"), folder.join("src/lib.rs")).unwrap();
            }),
            ("made below", &|| fs::write(folder.join("src/bin/writer.rs"), "").unwrap()),
            ("removed", &|| fs::remove_file(folder.join("src/bin/writer.rs")).unwrap()),
            ("manifest", &|| fs::write(folder.join("Cargo.toml"), "").unwrap()),
        ];
        for (what, change) in changes {
            change();
            assert_eq!(next(&told), Some(Ok(())), "{what}");
        }
        fs::write(folder.join("src/.lib.rs.swp"), "an editor's").unwrap();
        fs::write(folder.join("src/notes.txt"), "mine").unwrap();
        fs::read(folder.join("src/lib.rs")).unwrap();
        assert_eq!(told.recv_timeout(Duration::from_millis(300)), Err(RecvTimeoutError::Timeout));
    }

    /// Reading them once a second would cost a processor something for as long as the runner is at rest.
    #[test]
    fn a_file_that_did_not_change_is_not_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("src/lib.rs");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "old").unwrap();
        let folders = [dir.path().to_path_buf()];
        let fresh = look(&folders, &Stamp::new());
        let another = |settled| {
            // As if its bytes had been others then.
            let (mut known, seen) = (fresh.clone(), fresh[&path]);
            known.insert(path.clone(), Seen { save: (seen.save.0, seen.save.1, 0), settled, ..seen });
            known
        };
        assert!(look(&folders, &another(true)) == another(true), "it is known");
        assert!(!fresh[&path].settled && look(&folders, &another(false)) == fresh, "too young to be known by its time");
        fs::write(&path, "older").unwrap();
        assert!(look(&folders, &another(true)) != another(true));
    }

    #[test]
    fn many_saves_at_once_are_few() {
        let dir = tempfile::tempdir().unwrap();
        let told = watched(dir.path());
        next(&told);
        for number in 0..50 {
            fs::write(dir.path().join("src/lib.rs"), format!("{number}")).unwrap();
        }
        assert_eq!(next(&told), Some(Ok(())));
        let more = std::iter::from_fn(|| told.recv_timeout(Duration::from_millis(300)).ok()).count();
        assert!(more < 10, "{more} more");
    }
}
