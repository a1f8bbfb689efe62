//! The calls whose error numbers are explained, and the form of an explanation.

use std::fmt;

/// A call whose error numbers are explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// ftok(3): a path and a number become a key.
    Ftok,
    /// shmget(2): a key becomes an id.
    Shmget,
    /// shmat(2): an id becomes an address.
    Shmat,
    /// shmdt(2): an address is given back.
    Shmdt,
    /// shmctl(2): ask, change, remove.
    Shmctl,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::Ftok => "ftok",
            Call::Shmget => "shmget",
            Call::Shmat => "shmat",
            Call::Shmdt => "shmdt",
            Call::Shmctl => "shmctl",
        })
    }
}

/// What an error number means when a call returned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// What the kernel refused, in a sentence.
    pub meaning: &'static str,
    /// What it usually comes from, and where to look.
    pub look: &'static str,
}
