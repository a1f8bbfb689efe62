//! Asks once for each path and remembers. The second project of a file gets the key of the first, and whoever shares
//! that file shares the segment too.
//!
//! Caught by: each_project_has_a_key_of_its_own

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Mutex;

static KEYS: Mutex<Option<HashMap<PathBuf, key_t>>> = Mutex::new(None);

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let mut keys = KEYS.lock().expect("nobody panics with the keys in hand");
    let keys = keys.get_or_insert_default();
    if let Some(&key) = keys.get(path) {
        return Ok(key);
    }
    let name = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `name` ends with a NUL and lives until ftok returns.
    match unsafe { libc::ftok(name.as_ptr(), project.get().into()) } {
        -1 => Err(io::Error::last_os_error()),
        key => {
            keys.insert(path.to_owned(), key);
            Ok(key)
        }
    }
}
