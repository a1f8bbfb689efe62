//! Asks about a symbolic link itself, where ftok follows it: everybody else gets the key of the file behind the link.
//!
//! Caught by: a_link_is_the_same_file

use std::os::unix::fs::MetadataExt;

pub fn key_for(path: &Path, project: NonZeroU8) -> io::Result<key_t> {
    let file = path.symlink_metadata()?;
    let project = i32::from(project.get());
    Ok(project << 24 | (file.dev() as i32 & 0xff) << 16 | file.ino() as i32 & 0xffff)
}
