//! What a check found.

/// How it stands with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Fine,
    /// The kata works; something is worth knowing.
    Note,
    /// This wants to be mended.
    Mend,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at. Scripts know it by this name.
    pub name: &'static str,
    pub health: Health,
    /// What was found, in a line.
    pub says: String,
    /// What follows and what to do; nothing where all is said.
    pub advice: String,
}

impl Finding {
    pub fn fine(name: &'static str, says: impl Into<String>) -> Self {
        Self { name, health: Health::Fine, says: says.into(), advice: String::new() }
    }

    pub fn note(name: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, health: Health::Note, says: says.into(), advice: advice.into() }
    }

    pub fn mend(name: &'static str, says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, health: Health::Mend, says: says.into(), advice: advice.into() }
    }
}

/// How many things there are to mend.
pub fn to_mend(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.health == Health::Mend).count()
}
