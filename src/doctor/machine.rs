//! What kind of machine this is: a container, WSL, neither.

use std::fs;
use std::path::Path;

use super::finding::Finding;

/// What gives a machine away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signs {
    /// `/proc/sys/kernel/osrelease`
    release: String,
    /// `/.dockerenv` is there.
    docker: bool,
    /// `/run/.containerenv` is there.
    podman: bool,
    /// The variable `KUBERNETES_SERVICE_HOST` is set.
    kubernetes: bool,
    /// What a container's manager calls itself: the variable `container`, or `/run/systemd/container`.
    manager: Option<String>,
}

impl Signs {
    /// Looks for them.
    pub fn read() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let manager = || fs::read_to_string("/run/systemd/container").ok();
        Self {
            release: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
            docker: Path::new("/.dockerenv").exists(),
            podman: Path::new("/run/.containerenv").exists(),
            kubernetes: set("KUBERNETES_SERVICE_HOST").is_some(),
            manager: set("container").or_else(manager).map(|name| name.trim().to_owned()),
        }
    }

    fn container(&self) -> Option<String> {
        let known = [(self.kubernetes, "Kubernetes"), (self.podman, "Podman"), (self.docker, "Docker")];
        let known = known.into_iter().find(|(sign, _)| *sign).map(|(_, name)| name.to_owned());
        known.or_else(|| self.manager.clone())
    }

    /// What follows for the kata.
    pub fn machine(&self) -> Finding {
        const NAME: &str = "machine";
        let release = self.release.to_lowercase();
        if release.contains("microsoft") && !release.contains("wsl2") && !release.contains("microsoft-standard") {
            let advice = "It translates system calls, and has no System V table to ask. In PowerShell:\n\
                          wsl --set-version DISTRIBUTION 2";
            return Finding::mend(NAME, "WSL 1, which is not Linux", advice);
        }
        match self.container() {
            Some(name) => Finding::note(
                NAME,
                format!("a container ({name})"),
                "Its table of segments is its own unless it was started with --ipc=host.\n\
                 Whether it allows namespaces is shown below.",
            ),
            None if release.contains("microsoft") => Finding::fine(NAME, "WSL 2, which is Linux"),
            None => Finding::fine(NAME, "no container, not WSL"),
        }
    }

    /// The kernel's version against the oldest that will do.
    pub fn kernel(&self) -> Finding {
        const NAME: &str = "kernel";
        const OLDEST: (u32, u32) = (5, 4);
        let says = format!("Linux {}; {}.{} or newer is needed", self.release, OLDEST.0, OLDEST.1);
        match version(&self.release) {
            Some(version) if version >= OLDEST => Finding::fine(NAME, says),
            Some(_) => {
                Finding::mend(NAME, says, "Older ones were not tried: a newer system, or a virtual machine with one.")
            }
            None => Finding::note(NAME, says, "Its version is not understood."),
        }
    }
}

/// Major and minor of `6.1.0-13-amd64`, `1.95.0-nightly` or `1.95`.
pub fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::finding::Health;
    use super::*;
    use rstest::rstest;

    fn signs(release: &str) -> Signs {
        Signs { release: release.to_owned(), ..Signs::default() }
    }

    #[rstest]
    #[case::bare_metal(signs("6.1.0-13-amd64"), Health::Fine, "no container, not WSL")]
    #[case::wsl_2(signs("5.15.90.1-microsoft-standard-WSL2"), Health::Fine, "WSL 2, which is Linux")]
    #[case::wsl_1(signs("4.4.0-19041-Microsoft"), Health::Mend, "WSL 1, which is not Linux")]
    #[case::docker(Signs { docker: true, ..signs("6.1") }, Health::Note, "a container (Docker)")]
    #[case::docker_on_wsl(Signs { docker: true, ..signs("5.15-microsoft-WSL2") }, Health::Note, "a container (Docker)")]
    #[case::podman(Signs { podman: true, manager: Some("oci".into()), ..signs("6.1") }, Health::Note, "a container (Podman)")]
    #[case::kubernetes(Signs { kubernetes: true, docker: true, ..signs("6.1") }, Health::Note, "a container (Kubernetes)")]
    #[case::lxc(Signs { manager: Some("lxc".into()), ..signs("6.1") }, Health::Note, "a container (lxc)")]
    fn machines(#[case] signs: Signs, #[case] health: Health, #[case] says: &str) {
        let found = signs.machine();
        assert_eq!((found.health, found.says.as_str()), (health, says));
    }

    #[rstest]
    #[case("6.1.0-13-amd64", Health::Fine)]
    #[case("5.4.0", Health::Fine)]
    #[case("5.3.18", Health::Mend)]
    #[case("4.19", Health::Mend)]
    #[case("", Health::Note)]
    fn kernels(#[case] release: &str, #[case] health: Health) {
        assert_eq!(signs(release).kernel().health, health);
    }
}
