//! The scratch workspace below `target/`: one package per starter, solution, mistake and variant, so that the
//! learner's files are neither read nor written, and one call of cargo builds them all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::manifest;
use crate::overlay::{self, Head};
use shm_kata::check::cargo::{self, Build, Diagnostic};
use shm_kata::check::verdict::Report;
use shm_kata::check::{self, Following};
use shm_kata::course::starter::{self, Files, Reading};
use shm_kata::course::store;
use shm_kata::course::{Course, Lesson};
use shm_kata::process::child::Follow;
use shm_kata::trouble::{self, Trouble, cannot};

/// The sandbox's numbers in a mistake's run, so that its failure reads the same each time.
const SEED: &str = "0x6b617461";

/// What a package is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Solution,
    Starter,
    Mistake,
    Variant,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Solution => "solution",
            Self::Starter => "starter",
            Self::Mistake => "mistake",
            Self::Variant => "variant",
        }
    }
}

/// One package of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    pub kind: Kind,
    pub lesson: Lesson,
    /// The package's name.
    pub name: String,
    /// Its folder, on disk and from the workspace's root.
    pub dir: PathBuf,
    pub folder: String,
    /// The mistake's or variant's file; for the others, the solution's folder.
    pub origin: PathBuf,
    pub head: Head,
    programs: Vec<String>,
}

/// The workspace.
pub struct Scratch<'a> {
    course: &'a Course,
    root: PathBuf,
    target: PathBuf,
    pub packages: Vec<Package>,
}

impl<'a> Scratch<'a> {
    /// Writes the workspace, every file only where it differs: cargo goes by the times of files.
    pub fn write(course: &'a Course) -> Result<Self, Trouble> {
        let target = match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => std::path::absolute(&dir).map_err(|error| trouble::file("find", Path::new(&dir), &error))?,
            None => course.root.join("target"),
        };
        let root = target.join("kata-verify");
        let mut scratch = Self { course, root, target, packages: Vec::new() };
        let mut programs = BTreeSet::new();
        for lesson in &course.lessons {
            programs.append(&mut scratch.write_lesson(lesson)?);
        }
        // env!("CARGO_BIN_EXE_writer") in a test: a link in each package's folder, in which its tests run.
        let links: String =
            programs.iter().map(|name| format!("CARGO_BIN_EXE_{name} = \"programs/{name}\"\n")).collect();
        store::update(
            &scratch.root.join(".cargo/config.toml"),
            format!("[env]\n{links}\n[build]\nincremental = false\n"),
        )?;
        scratch.write_workspace()?;
        scratch.sweep()?;
        Ok(scratch)
    }

    fn write_workspace(&self) -> Result<(), Trouble> {
        let read = |name: &str| {
            let path = self.course.root.join("solutions").join(name);
            fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))
        };
        let members: Vec<_> = self.packages.iter().map(|package| package.folder.as_str()).collect();
        let manifest = manifest::workspace(&read("Cargo.toml")?, &self.course.root, &members);
        let manifest = manifest.map_err(|wrong| cannot(wrong, ""))?;
        store::update(&self.root.join("Cargo.toml"), &manifest)?;
        // The solutions' lock file says which versions; cargo adds this workspace's own packages to the copy.
        if let Ok(lock) = read("Cargo.lock")
            && store::update(&self.root.join("solutions.lock"), &lock)?
        {
            store::update(&self.root.join("Cargo.lock"), &lock)?;
        }
        // The tests' paths lead through here, and so read as they do for the learner.
        let link = self.root.join("lessons");
        if fs::read_link(&link).ok().as_ref() != Some(&self.course.root.join("lessons")) {
            relink(&self.course.root.join("lessons"), &link)?;
        }
        Ok(())
    }

    /// Writes the lesson's packages; returns the names of its programs.
    fn write_lesson(&mut self, lesson: &Lesson) -> Result<BTreeSet<String>, Trouble> {
        let solution = self.course.solution(lesson);
        let path = solution.join("Cargo.toml");
        let manifest = fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))?;
        let programs: Vec<_> = manifest::programs(&manifest).into_iter().map(str::to_owned).collect();
        let files = starter::read_files(&solution.join("src"))?;

        let starter = starter::generate(&self.course.root, &solution, Reading::Starter)?;
        self.add(Kind::Solution, lesson, None, &manifest, &programs, &files)?;
        self.add(Kind::Starter, lesson, None, &manifest, &programs, &starter)?;
        for (kind, folder) in [(Kind::Mistake, "mistakes"), (Kind::Variant, "variants")] {
            for origin in rust_files(&solution.join(folder))? {
                let patch = fs::read_to_string(&origin).map_err(|error| trouble::file("read", &origin, &error))?;
                let mut files = files.clone();
                for (_, bytes) in files.iter_mut().filter(|(path, _)| path.as_path() == Path::new("lib.rs")) {
                    *bytes = overlay::apply(&String::from_utf8_lossy(bytes), &patch).into_bytes();
                }
                self.add(kind, lesson, Some((origin, overlay::head(&patch))), &manifest, &programs, &files)?;
            }
        }
        Ok(programs.into_iter().collect())
    }

    fn add(
        &mut self,
        kind: Kind,
        lesson: &Lesson,
        origin: Option<(PathBuf, Head)>,
        manifest: &str,
        programs: &[String],
        files: &Files,
    ) -> Result<(), Trouble> {
        let (suffix, origin, head) = match origin {
            Some((path, head)) => (format!("--{}", stem(&path)), path, head),
            None => (String::new(), self.course.solution(lesson), Head { about: String::new(), caught_by: None }),
        };
        let name = match kind {
            Kind::Solution => lesson.name.clone(),
            _ => format!("{}--{}{suffix}", lesson.name, kind.word()),
        };
        let folder = format!("{}/{}{suffix}", kind.word(), lesson.folder);
        let dir = self.root.join(&folder);
        let manifest =
            manifest::package(manifest, &name).map_err(|wrong| cannot(format!("{}: {wrong}", lesson.folder), ""))?;
        store::update(&dir.join("Cargo.toml"), &manifest)?;
        fs::create_dir_all(dir.join("src")).map_err(|error| trouble::file("create", &dir, &error))?;
        store::mirror(&dir.join("src"), files)?;
        let lesson = lesson.clone();
        self.packages.push(Package { kind, lesson, name, dir, folder, origin, head, programs: programs.to_vec() });
        Ok(())
    }

    /// Removes the packages of mistakes and variants that are no more.
    fn sweep(&self) -> Result<(), Trouble> {
        for kind in [Kind::Solution, Kind::Starter, Kind::Mistake, Kind::Variant] {
            let folder = self.root.join(kind.word());
            fs::create_dir_all(&folder).map_err(|error| trouble::file("create", &folder, &error))?;
            for entry in fs::read_dir(&folder).map_err(|error| trouble::file("read", &folder, &error))?.flatten() {
                if !self.packages.iter().any(|package| package.dir == entry.path()) {
                    fs::remove_dir_all(entry.path()).map_err(|error| trouble::file("remove", &entry.path(), &error))?;
                }
            }
        }
        Ok(())
    }

    /// Builds the packages given and all that they rest on; what does not compile is in the diagnostics.
    pub fn build(&self, packages: &[&Package]) -> Result<Build, Trouble> {
        let target = self.target.display().to_string();
        // `cargo test --no-run` would stop at the first package that does not compile.
        let mut arguments = vec!["build", "--tests", "--keep-going", "--target-dir", &target];
        if packages.len() == self.packages.len() {
            arguments.push("--workspace");
        } else {
            packages.iter().for_each(|package| arguments.extend(["--package", &package.name]));
        }
        let build = cargo::build(&self.root, &arguments, false, Follow::default())?;
        for built in build.executables.iter().filter(|built| built.kind == "bin") {
            let link = built.package.join("programs").join(manifest::plain_program(&built.name));
            if fs::read_link(&link).ok().as_ref() != Some(&built.path) {
                relink(&built.path, &link)?;
            }
        }
        Ok(build)
    }

    /// Runs the package's tests as cargo would: all of them, or of a mistake the one that it names, with its cases.
    pub fn run(&self, package: &Package, build: &Build) -> Result<Option<Report>, Trouble> {
        let binary = build.executables.iter().find(|built| built.kind == "test" && built.package == package.dir);
        let Some(binary) = binary else { return Ok(None) };
        let programs = package.programs.iter().map(|name| (name.clone(), package.dir.join("programs").join(name)));
        let only = package.head.caught_by.as_deref();
        let run = |seed| {
            check::Run {
                binary: &binary.path,
                dir: &package.dir,
                lesson: &package.lesson,
                source: &self.course.root.join(package.lesson.test_file()),
                programs: programs.clone().collect(),
                seed,
                only,
                following: Following::default(),
            }
            .report()
        };
        let report = run((package.kind == Kind::Mistake).then_some(SEED))?;
        // Tests that share the machine's table must not share their keys too.
        if report.fallback.is_some() && package.kind == Kind::Mistake { run(None).map(Some) } else { Ok(Some(report)) }
    }

    /// `text` with this workspace's paths as the learner knows them.
    pub fn as_the_learner_sees(&self, package: &Package, text: &str) -> String {
        let root = |root: &Path| format!("{}/", root.display());
        // The tests' path, as cargo joins it from the package's folder and `../../lessons`.
        let text = text.replace(&root(&self.root), "").replace(&format!("{}/../../", package.folder), "");
        let text = text.replace(&format!("{}/", package.folder), &format!("lessons/{}/", package.lesson.folder));
        text.replace(&root(&self.course.root), "")
    }
}

impl Package {
    /// What the compiler said about the package.
    pub fn diagnostics<'b>(&self, build: &'b Build) -> Vec<&'b Diagnostic> {
        build.diagnostics.iter().filter(|diagnostic| diagnostic.package == self.dir).collect()
    }

    /// How the author knows it: `02_shmget/mistakes/no_excl`.
    pub fn label(&self) -> String {
        match self.kind {
            Kind::Solution | Kind::Starter => format!("{} of {}", self.kind.word(), self.lesson.folder),
            Kind::Mistake | Kind::Variant => {
                format!("{}/{}s/{}", self.lesson.folder, self.kind.word(), stem(&self.origin))
            }
        }
    }
}

/// The `.rs` files of a folder, by name; none when there is no folder.
pub fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(|error| trouble::file("read", folder, &error))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    Ok(files)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn relink(target: &Path, link: &Path) -> Result<(), Trouble> {
    let folder = link.parent().unwrap_or(link);
    _ = fs::remove_file(link);
    fs::create_dir_all(folder)
        .and_then(|()| std::os::unix::fs::symlink(target, link))
        .map_err(|error| trouble::file("link", link, &error))
}
