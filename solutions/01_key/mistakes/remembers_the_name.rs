//! Asks once for each path and project, and remembers. When the file is replaced, others derive a new key, and this
//! program goes on with the old one until it is restarted.
//!
//! Caught by: another_file_under_the_same_name_has_another_key

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Mutex;

static KEYS: Mutex<Option<HashMap<(PathBuf, NonZeroU8), key_t>>> = Mutex::new(None);

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let mut keys = KEYS.lock().expect("nobody panics with the keys in hand");
    let keys = keys.get_or_insert_default();
    let agreement = (path.to_owned(), project);
    if let Some(&key) = keys.get(&agreement) {
        return Ok(key);
    }
    let name = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `name` ends with a NUL and lives until ftok returns.
    match unsafe { libc::ftok(name.as_ptr(), project.get().into()) } {
        -1 => Err(io::Error::last_os_error()),
        key => {
            keys.insert(agreement, key);
            Ok(key)
        }
    }
}
