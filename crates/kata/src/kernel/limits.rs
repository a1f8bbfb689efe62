//! How many segments there may be, and how large.

use super::error::{Result, format_error, read_proc};

/// The limits of the caller's IPC namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest segment, in bytes (`SHMMAX`).
    pub shmmax: u64,
    /// All segments together, in pages (`SHMALL`).
    pub shmall: u64,
    /// How many segments (`SHMMNI`).
    pub shmmni: u64,
}

/// Reads the limits.
///
/// # Errors
/// [`Error::Io`](crate::kernel::Error::Io) if `/proc/sys/kernel` cannot be read,
/// [`Error::Format`](crate::kernel::Error::Format) if a limit is not a number.
///
/// Source: shmget(2), "Shared memory limits"; proc(5).
pub fn limits() -> Result<Limits> {
    Ok(Limits {
        shmmax: limit("/proc/sys/kernel/shmmax")?,
        shmall: limit("/proc/sys/kernel/shmall")?,
        shmmni: limit("/proc/sys/kernel/shmmni")?,
    })
}

fn limit(path: &str) -> Result<u64> {
    let text = read_proc(path)?;
    text.trim().parse().map_err(|_| format_error(path, &text, "a number"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_kernel_has_limits() {
        let limits = super::limits().unwrap();
        assert!(limits.shmmni > 0 && limits.shmmax > 0 && limits.shmall > 0);
    }
}
