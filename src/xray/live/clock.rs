//! The time of day, as a clock on the wall shows it.

use std::time::{SystemTime, UNIX_EPOCH};

/// `12:03:07`, in the zone of this machine.
///
/// Source: localtime_r(3).
pub fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let seconds = libc::time_t::try_from(seconds).unwrap_or_default();
    // SAFETY: an all-zero tm (a null pointer for the zone's name) is valid, and ours to fill.
    let mut time: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both are ours and live through the call. It reads TZ, which nothing in this program changes.
    unsafe { libc::localtime_r(&seconds, &mut time) };
    format!("{:02}:{:02}:{:02}", time.tm_hour, time.tm_min, time.tm_sec)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    #[test]
    fn it_is_what_date_says() {
        let date = || String::from_utf8(Command::new("date").arg("+%T").output().unwrap().stdout).unwrap();
        // A second may end between the two.
        assert!((0..9).any(|_| date().trim_end() == super::now()), "{} is not {}", date(), super::now());
    }
}
