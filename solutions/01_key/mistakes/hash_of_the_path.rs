//! Hashes the path. Two programs that reach one file by different names, or are built by different compilers, never
//! meet, and a file that does not exist has a key.
//!
//! Caught by: a_stranger_in_another_directory_derives_the_same_key

use std::hash::{DefaultHasher, Hash, Hasher};

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let mut hasher = DefaultHasher::new();
    (path, project).hash(&mut hasher);
    Ok(hasher.finish() as key_t)
}
