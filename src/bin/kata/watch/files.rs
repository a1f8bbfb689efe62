//! The learner's files: said to have been saved when they were.
//!
//! The kernel's file events say it at once. They do not come from every file system (NFS, the shared folders of some
//! containers), nor when inotify's limits are used up; so the files' times are looked at as well, rarely while the
//! events do their work and often when they do not. What decides is always the look: an event is only a reason for one.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

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
const SETTLED: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_millis(100);

/// What a file was when it was looked at.
type Stamp = BTreeMap<PathBuf, (SystemTime, u64, u64)>;

/// Watches over the lessons in `folders` until `changed` no longer wants to know. It is told how saves are noticed
/// ([`Err`]), at first and when that changes, and of each save.
pub fn watch(folders: &[PathBuf], changed: impl Fn(Result<(), How>) -> bool) {
    let (sender, events) = mpsc::channel();
    let watcher = if std::env::var_os("KATA_POLL").is_some() {
        Err("KATA_POLL is set".to_owned())
    } else {
        listen(folders, sender).map_err(|error| error.to_string())
    };
    let mut how = match &watcher {
        Ok(_) => How::Events,
        Err(reason) => How::Looks(reason.clone()),
    };
    let mut known = look(folders);
    if !changed(Err(how.clone())) {
        return;
    }
    loop {
        let announced = match wait(&events, if how == How::Events { RARELY } else { OFTEN }) {
            Some(announced) => announced,
            // Without a watcher there is no sender either.
            None => {
                std::thread::sleep(OFTEN);
                false
            }
        };
        let now = look(folders);
        let saved = now != known;
        known = now;
        // An event may be on its way; one that never comes says that none will.
        if saved && !announced && how == How::Events && wait(&events, PATIENCE) != Some(true) {
            how = How::Looks("file events do not arrive here".to_owned());
            if !changed(Err(how.clone())) {
                return;
            }
        }
        if saved && !changed(Ok(())) {
            return;
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

/// The manifests and the Rust files of the lessons in `folders`.
fn look(folders: &[PathBuf]) -> Stamp {
    let mut stamp = Stamp::new();
    for folder in folders {
        add(&mut stamp, &folder.join("Cargo.toml"));
        for part in ["src", "tests"] {
            descend(&mut stamp, &folder.join(part));
        }
    }
    stamp
}

fn descend(stamp: &mut Stamp, folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // An editor's own files begin with a dot.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            descend(stamp, &path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            add(stamp, &path);
        }
    }
}

fn add(stamp: &mut Stamp, path: &Path) {
    if let Ok(file) = fs::metadata(path) {
        stamp.insert(path.to_path_buf(), (file.modified().unwrap_or(SystemTime::UNIX_EPOCH), file.len(), file.ino()));
    }
}
