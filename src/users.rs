//! Users by name.

use std::ffi::{CStr, c_char};

use libc::uid_t;

/// Who runs this.
pub fn own() -> uid_t {
    // SAFETY: geteuid has no conditions.
    unsafe { libc::geteuid() }
}

/// `ada`, and the bare number where the machine has no name for it.
pub fn name(uid: uid_t) -> String {
    find(uid).unwrap_or_else(|| uid.to_string())
}

/// Source: getpwuid_r(3).
fn find(uid: uid_t) -> Option<String> {
    // Larger entries exist in theory; their users are shown by number.
    let mut buffer = [0 as c_char; 16 << 10];
    // SAFETY: an all-zero passwd (null pointers) is valid, and ours to fill.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    let mut found = std::ptr::null_mut();
    // SAFETY: all three are ours and live through the call; the buffer's length is its own.
    let status = unsafe { libc::getpwuid_r(uid, &mut entry, buffer.as_mut_ptr(), buffer.len(), &mut found) };
    if status != 0 || found.is_null() || entry.pw_name.is_null() {
        return None;
    }
    // SAFETY: getpwuid_r found an entry: its name is NUL-terminated and lies in `buffer`, which still lives.
    Some(unsafe { CStr::from_ptr(entry.pw_name) }.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn root_has_a_name_and_nobody_is_a_number() {
        assert_eq!(super::name(0), "root");
        assert_eq!(super::name(3_999_999_999), "3999999999");
    }
}
