//! Opens the file to learn its numbers. That takes a permission which ftok does not need, waits for ever at a FIFO,
//! and others have a key where this program has an error.
//!
//! Caught by: any_file_will_do

use std::os::unix::fs::MetadataExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let file = std::fs::File::open(path)?.metadata()?;
    let project = i32::from(project.get());
    Ok(project << 24 | (file.dev() as i32 & 0xff) << 16 | file.ino() as i32 & 0xffff)
}
