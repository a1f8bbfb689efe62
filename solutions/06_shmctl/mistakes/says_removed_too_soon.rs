//! Says that the segment is gone, because `remove` returned without an error. Somebody is still attached.
//!
//! Caught by: the_remover_says_who_is_left::case_1_once

pub fn run(key: key_t) -> io::Result<()> {
    let mut out = io::stdout();
    let id = program::find(key)?;
    writeln!(out, "Key of shared memory is {key} ({key:#x}), id {}", id.as_raw())?;
    remove(id)?;
    writeln!(out, "Removed")
}
